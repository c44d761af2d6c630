import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { runSuites } from './suites.js';
import { runCodecs } from './kernels/codecs.js';
import { runKernels } from './kernels/run.js';

const HELP = `npm run bench [-- kernels] [OPTIONS]

  kernels         kernels beside plain loops, the memory's bandwidth and native decompressors, instead of queries beside other engines
  --filter TEXT   only workloads whose name contains it: "csv", "cached", "groupby q5", "size" …
  --runs N        warm runs of each (5)
  --rows N        rows of the groupby table (1e7)
  --scale N       TPC-H scale factor of lineitem (1)
  --json FILE     keep the figures; dist/benchmarks/compare.js sets two such files side by side`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    filter: { type: 'string', default: '' },
    runs: { type: 'string', default: '5' },
    rows: { type: 'string', default: '1e7' },
    scale: { type: 'string', default: '1' },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  console.log(HELP);
} else if (positionals.includes('kernels')) {
  await runKernels(values.filter);
  await runCodecs(values.filter);
} else {
  const report = await runSuites({
    filter: values.filter,
    runs: Number(values.runs),
    rows: Number(values.rows),
    scale: Number(values.scale),
  });
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
}
