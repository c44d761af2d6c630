import { atMost, median, type Measurement, type Timing } from '../report/measurement.js';
import { EngineProcess } from '../rivals/engine-process.js';
import { Q1 } from './lineitem.js';

const RSS_BYTES_MAX = 400 * 2 ** 20;
const TIMES_MAX = 10.5;

/** Q1 over a CSV and over one of ten times the size, each in a fresh process so that the peak RSS is its own. */
export async function measureSize(small: string, large: string, runs: number): Promise<Measurement> {
  const timings = [await timeQ1('quern', small, runs), await timeQ1('10 times the size', large, runs)];
  const [once, tenfold] = timings as [Timing, Timing];
  return {
    workload: 'size Q1',
    timings,
    verdicts: [
      atMost('times the time for 10 times the size', tenfold.medianMs / once.medianMs, TIMES_MAX),
      atMost('peak RSS, MiB', Math.max(once.peakRssBytes, tenfold.peakRssBytes) / 2 ** 20, RSS_BYTES_MAX / 2 ** 20),
    ],
    notes: [],
  };
}

async function timeQ1(label: string, file: string, runs: number): Promise<Timing> {
  const engine = await EngineProcess.start('quern');
  const sql = Q1.sql.replaceAll('$t', `'${file}'`);
  const cold = await engine.run(sql, 'rows');
  const warm = [];
  for (let run = 0; run < runs; run++) warm.push(await engine.run(sql, 'rows'));
  await engine.stop();
  const warmMs = warm.map((answer) => answer.ms);
  const peakRssBytes = warm.at(-1)?.peakRssBytes ?? cold.peakRssBytes;
  return { engine: label, coldMs: cold.ms, warmMs, medianMs: median(warmMs), peakRssBytes };
}
