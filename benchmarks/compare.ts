// node dist/benchmarks/compare.js BEFORE.json AFTER.json: what changed between two reports of `npm run bench -- --json`.
import { readFileSync } from 'node:fs';
import type { BenchReport, Measurement } from './report/measurement.js';
import { printTable } from './report/table.js';

/** Ratios below this are the machine's noise. */
const NOISE = 0.05;

const [beforePath, afterPath] = process.argv.slice(2);
if (beforePath === undefined || afterPath === undefined) {
  console.error('usage: node dist/benchmarks/compare.js BEFORE.json AFTER.json');
  process.exit(2);
}
const [before, after] = [beforePath, afterPath].map((path) => JSON.parse(readFileSync(path, 'utf8')) as BenchReport) as [
  BenchReport,
  BenchReport,
];

const ours = ({ timings }: Measurement): number => timings.find((timing) => timing.engine === 'quern')?.medianMs ?? NaN;
const rows = after.measurements.flatMap((measurement) => {
  const earlier = before.measurements.find(({ workload }) => workload === measurement.workload);
  const [was, is] = [earlier === undefined ? NaN : ours(earlier), ours(measurement)];
  if (Number.isNaN(was) || Number.isNaN(is)) return [];
  const change = is / was - 1;
  const word = Math.abs(change) < NOISE ? 'same' : change < 0 ? 'faster' : 'SLOWER';
  return [[measurement.workload, word, was.toFixed(2), is.toFixed(2), `${(100 * change).toFixed(0)} %`]];
});
console.log(`quern, warm median ms: ${before.machine.commit} → ${after.machine.commit}`);
printTable([['work', '', 'before', 'after', 'change'], ...rows]);
