// npm run bench [-- kernels] [--filter TEXT] [--runs N] [--rows N] [--scale N] [--json FILE]
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { runSuites } from './suites.js';
import { runKernels } from './kernels/run.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    filter: { type: 'string', default: '' },
    runs: { type: 'string', default: '5' },
    rows: { type: 'string', default: '1e7' },
    scale: { type: 'string', default: '1' },
    json: { type: 'string' },
  },
});

if (positionals.includes('kernels')) {
  await runKernels(values.filter);
} else {
  const report = await runSuites({
    filter: values.filter,
    runs: Number(values.runs),
    rows: Number(values.rows),
    scale: Number(values.scale),
  });
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
}
