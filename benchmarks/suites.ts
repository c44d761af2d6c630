import { groupbyFile, lineitemFile, lineitemFiles, tinyFile } from './data/data-files.js';
import { measureCommandLine } from './queries/command-line.js';
import { lineitemArrow, lineitemJson, lineitemParquet, lineitemWrites, type LineitemFiles } from './queries/files.js';
import { collectRows, groupbyCached, sortCached } from './queries/groupby.js';
import { lineitemCached, lineitemCsv, lineitemScaling } from './queries/lineitem.js';
import { measureSize } from './queries/size.js';
import { tinyQuery } from './queries/tiny.js';
import type { Workload } from './queries/workload.js';
import { RIVALS } from './queries/workload.js';
import { describeMachine } from './report/machine.js';
import { measure } from './report/measure.js';
import { atLeast, type BenchReport, type Measurement } from './report/measurement.js';
import { HEADINGS, printHeader, printTable, printVerdicts, rowsOf } from './report/table.js';
import { EngineProcess, isInstalled, type EngineName } from './rivals/engine-process.js';

export interface BenchOptions {
  /** Only workloads whose name contains it. */
  readonly filter: string;
  readonly runs: number;
  /** Rows of the groupby table. */
  readonly rows: number;
  /** TPC-H scale factor of lineitem. */
  readonly scale: number;
}

const GROUPBY_RATIO_SUM = 1.5;
const COLLECT_ROWS = 1e6;
/** What takes no time is run often, so that its median means something. */
const SMALL_RUNS = 40;

export async function runSuites(options: BenchOptions): Promise<BenchReport> {
  const wanted = (name: string): boolean => name.includes(options.filter);
  const machine = describeMachine();
  const versions: Record<string, string> = {};
  const measurements: Measurement[] = [];
  const add = (measurement: Measurement): void => {
    measurements.push(measurement);
    printTable([HEADINGS, ...rowsOf(measurement)].slice(measurements.length === 1 ? 0 : 1).map(fixedWidths));
  };

  for (const group of workloadGroups(options, wanted)) await runGroup(group, options.runs, versions, add);
  if (wanted('size Q1')) await orSay('size Q1', () => addSize(options, add));
  if (wanted('command line')) await orSay('command line', () => add(measureCommandLine(tinyFile(), SMALL_RUNS)));

  const report = { machine, versions, measurements: [...measurements, ...groupbySum(measurements)] };
  console.log();
  printHeader(report);
  printVerdicts(report.measurements);
  return report;
}

/** One measurement that fails does not take the others with it. */
async function orSay(name: string, work: () => void | Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    console.error(`${name} left out: ${(error as Error).message}`);
  }
}

async function addSize({ scale, runs }: BenchOptions, add: (measurement: Measurement) => void): Promise<void> {
  const [small, large] = [lineitemFile(scale / 10), lineitemFile(scale)];
  if (small !== undefined && large !== undefined) add(await measureSize(small, large, runs));
}

/** Measurements are printed as they come, so the widths cannot wait for the last one. */
const WIDTHS = [26, 18, 9, 9, 6, 9];
const fixedWidths = (row: readonly string[]): string[] =>
  row.map((text, column) => (column < 2 ? text.padEnd(WIDTHS[column]!) : text.padStart(WIDTHS[column]!)));

/** Workloads that share processes: what one loads the next finds. */
function workloadGroups({ rows, scale }: BenchOptions, wanted: (name: string) => boolean): Workload[][] {
  // Data is made only where something of the group is wanted; names are asked for without.
  const group = <Data>(data: () => Data | undefined, none: Data, workloads: (data: Data) => Workload[]): Workload[] => {
    if (!workloads(none).some(({ name }) => wanted(name))) return [];
    const made = data();
    return made === undefined ? [] : workloads(made).filter(({ name }) => wanted(name));
  };
  const csv = (workloads: (file: string) => Workload[]): Workload[] => group(() => lineitemOrWhyNot(scale), '', workloads);
  const files = (workloads: (files: LineitemFiles) => Workload[]): Workload[] =>
    group(() => lineitemFiles(scale), { csv: '', parquet: '', json: '', arrow: '' }, workloads);
  return [
    ...[lineitemCsv, lineitemScaling, lineitemCached].map(csv),
    ...[lineitemParquet, lineitemArrow, lineitemJson, lineitemWrites].map(files),
    group(
      () => groupbyFile(rows),
      '',
      (file) => [...groupbyCached(file), ...sortCached(file)],
    ),
    group(
      () => groupbyFile(COLLECT_ROWS),
      '',
      (file) => [collectRows(file)],
    ),
    group(tinyFile, '', (file) => [tinyQuery(file)]),
  ].filter(({ length }) => length > 0);
}

function lineitemOrWhyNot(scale: number): string | undefined {
  const file = lineitemFile(scale);
  if (file === undefined) console.log('lineitem left out: tpchgen-cli is not installed (pip install tpchgen-cli)');
  return file;
}

async function runGroup(
  group: readonly Workload[],
  runs: number,
  versions: Record<string, string>,
  add: (measurement: Measurement) => void,
): Promise<void> {
  const names = [...new Set(group.flatMap((workload) => workload.engines))].filter(isInstalled);
  const engines = await startAll(names, versions);
  if (engines.length === 0) return;
  const [first] = group;
  if (first!.cached) for (const engine of engines) await engine.load('t', first!.file);
  for (const workload of group) add(await measure(workload, engines, workload.name.startsWith('tiny') ? SMALL_RUNS : runs));
  for (const engine of engines) await engine.stop();
}

async function startAll(names: readonly EngineName[], versions: Record<string, string>): Promise<EngineProcess[]> {
  const engines: EngineProcess[] = [];
  for (const name of names) {
    try {
      const engine = await EngineProcess.start(name);
      versions[name] = engine.version;
      engines.push(engine);
    } catch (error) {
      console.error(`${name} left out: ${(error as Error).message}`);
    }
  }
  return engines;
}

/** The questions together, against the rival that is better over all of them. */
function groupbySum(measurements: readonly Measurement[]): Measurement[] {
  const questions = measurements.filter(({ workload }) => workload.startsWith('groupby '));
  const sum = (engine: string): number =>
    questions.reduce((total, { timings }) => total + (timings.find((timing) => timing.engine === engine)?.medianMs ?? NaN), 0);
  const rivals = RIVALS.map(sum).filter((total) => !Number.isNaN(total));
  if (questions.length < 2 || rivals.length === 0) return [];
  const verdict = atLeast('sum, times as fast as the better rival', Math.min(...rivals) / sum('quern'), GROUPBY_RATIO_SUM);
  return [{ workload: 'groupby sum', timings: [], verdicts: [verdict], notes: [] }];
}
