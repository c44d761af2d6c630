import type { BenchReport, Measurement, Timing, Verdict } from './measurement.js';

export const HEADINGS = ['work', 'engine', 'cold ms', 'warm ms', 'ratio', 'peak MiB'] as const;

export function printHeader({ machine, versions }: Omit<BenchReport, 'measurements'>): void {
  const { cpu, cores, memoryGib, system, node, commit, date } = machine;
  console.log(`${cpu}, ${cores} cores, ${memoryGib} GiB, ${system}, Node ${node}; commit ${commit}, ${date}`);
  console.log(
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
  );
}

/** `ratio` is the engine's median over quern's: 2 means quern took half the time. */
export function rowsOf({ workload, timings }: Measurement): string[][] {
  const ours = timings.find((timing) => timing.engine === 'quern')?.medianMs ?? NaN;
  return timings.map((timing, index) => [index === 0 ? workload : '', timing.engine, ...cells(timing, ours)]);
}

function cells({ error, coldMs, medianMs, peakRssBytes }: Timing, ours: number): string[] {
  if (error !== undefined) return ['failed', '', '', ''];
  return [milliseconds(coldMs), milliseconds(medianMs), (medianMs / ours).toFixed(2), (peakRssBytes / 2 ** 20).toFixed(0)];
}

const milliseconds = (ms: number): string => (ms < 10 ? ms.toFixed(2) : ms.toFixed(0));

export function printTable(rows: readonly (readonly string[])[]): void {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  for (const row of rows) {
    const line = row.map((text, column) => (column < 2 ? text.padEnd(widths[column]!) : text.padStart(widths[column]!)));
    console.log(line.join('  ').trimEnd());
  }
}

const number = (value: number): string => (Math.abs(value) < 100 ? value.toFixed(2) : value.toFixed(0));

export function printVerdicts(measurements: readonly Measurement[]): void {
  const lines = measurements.flatMap(({ workload, verdicts, timings, notes }) => [
    ...verdicts.map((verdict: Verdict) => {
      const mark = verdict.met ? 'met   ' : 'MISSED';
      return `${mark} ${workload}: ${verdict.target}: ${number(verdict.reached)} (wanted ${number(verdict.wanted)})`;
    }),
    ...timings
      .filter((timing) => timing.error !== undefined)
      .map((timing) => `failed ${workload}: ${timing.engine}: ${timing.error}`),
    ...notes.map((note) => `note   ${workload}: ${note}`),
  ]);
  console.log(lines.join('\n'));
}
