import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from '../data/data-files.js';
import { atMost, median, type Measurement, type Timing } from '../report/measurement.js';

// "Under 150 ms where `node -e 0` takes 65": the machine's own start of Node is the yardstick.
const TIMES_MAX = 150 / 65;
const RSS_MIB_MAX = 90;
const RSS_LINE = 'benchmark peak RSS KiB: ';
const TELL_RSS = `process.on("exit",()=>console.error("${RSS_LINE}"+process.resourceUsage().maxRSS))`;

/** Whole processes: the command on a three-row file against Node doing nothing. */
export function measureCommandLine(file: string, runs: number): Measurement {
  const command = [
    join(projectRoot, 'dist/package/quern.js'),
    `SELECT region, sum(amount) AS total FROM '${file}' GROUP BY region`,
  ];
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['quern', command],
    ['node -e 0', ['-e', '0']],
  ];
  const times = cases.map((): number[] => []);
  for (let run = 0; run <= runs; run++) cases.forEach(([, args], index) => times[index]!.push(wallMs(args)));
  const timings = cases.map(([engine, args], index): Timing => {
    const [coldMs = NaN, ...warmMs] = times[index]!;
    return { engine, coldMs, warmMs, medianMs: median(warmMs), peakRssBytes: peakRss(args) };
  });
  const [ours, node] = timings as [Timing, Timing];
  return {
    workload: 'command line, 3 rows',
    timings,
    verdicts: [
      atMost('times the time of node -e 0', ours.medianMs / node.medianMs, TIMES_MAX),
      atMost('peak RSS, MiB', ours.peakRssBytes / 2 ** 20, RSS_MIB_MAX),
    ],
    notes: [],
  };
}

function wallMs(args: readonly string[]): number {
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`node ${args[0]} ended with ${status}: ${stderr}`);
  return performance.now() - start;
}

/** A run of its own, since the listener costs time. */
function peakRss(args: readonly string[]): number {
  const listener = `data:text/javascript,${encodeURIComponent(TELL_RSS)}`;
  const { stderr } = spawnSync(process.execPath, ['--import', listener, ...args], { encoding: 'utf8' });
  return Number(stderr.split(RSS_LINE)[1]) * 1024;
}
