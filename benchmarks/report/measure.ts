import { outputPath } from '../data/data-files.js';
import { queryFor, type Target, type Workload } from '../queries/workload.js';
import type { EngineName, EngineProcess } from '../rivals/engine-process.js';
import type { RunAnswer } from '../rivals/protocol.js';
import { difference } from './answers.js';
import { atLeast, atMost, median, type Measurement, type Timing, type Verdict } from './measurement.js';

const BLOCKED_MS_MAX = 15;

interface Entry {
  readonly engine: EngineProcess;
  readonly answers: RunAnswer[];
  error?: string;
}

/** Runs between the cold one and those that count take this long: V8 compiles anew, and faster, what was called often. The same for every engine. */
const WARM_UP_MS = 1000;

/**
 * Runs the workload once cold, some times uncounted and `runs` times warm on every engine; what counts engine after engine within each round, so that a slow moment of
 * the machine touches all of them.
 */
export async function measure(workload: Workload, engines: readonly EngineProcess[], runs: number): Promise<Measurement> {
  const entries = engines
    .filter((engine) => workload.engines.includes(engine.name) && queryFor(engine.name, workload) !== undefined)
    .map((engine): Entry => ({ engine, answers: [] }));
  for (const entry of entries) await warmUp(entry, workload);
  for (let round = 0; round < runs; round++) {
    const turn = round % entries.length;
    for (const entry of [...entries.slice(turn), ...entries.slice(0, turn)]) await runOnce(entry, workload, entry.answers);
  }
  const timings = entries.map(timingOf);
  return { workload: workload.name, timings, verdicts: verdictsOf(workload, timings), notes: compareAnswers(workload, entries) };
}

async function warmUp(entry: Entry, workload: Workload): Promise<void> {
  await runOnce(entry, workload, entry.answers);
  const end = performance.now() + WARM_UP_MS;
  const uncounted: RunAnswer[] = [];
  while (entry.error === undefined && performance.now() < end) await runOnce(entry, workload, uncounted);
}

async function runOnce(entry: Entry, workload: Workload, answers: RunAnswer[]): Promise<void> {
  if (entry.error !== undefined) return;
  try {
    const remove = workload.sink === 'file' ? [`${outputPath(entry.engine.name)}.parquet`] : [];
    answers.push(await entry.engine.run(queryFor(entry.engine.name, workload)!, workload.sink, remove));
  } catch (error) {
    entry.error = (error as Error).message;
  }
}

function timingOf({ engine, answers, error }: Entry): Timing {
  const warm = answers.slice(1);
  const blocked = warm.map((answer) => answer.blockedMs ?? 0);
  return {
    engine: engine.name,
    coldMs: answers[0]?.ms ?? NaN,
    warmMs: warm.map((answer) => answer.ms),
    medianMs: warm.length === 0 ? NaN : median(warm.map((answer) => answer.ms)),
    peakRssBytes: answers.at(-1)?.peakRssBytes ?? NaN,
    ...(blocked.length > 0 && { blockedMs: Math.max(...blocked) }),
    ...(error !== undefined && { error }),
  };
}

function verdictsOf(workload: Workload, timings: readonly Timing[]): Verdict[] {
  const ours = timings.find((timing) => timing.engine === 'quern');
  if (ours === undefined || ours.error !== undefined) return [];
  const verdicts = workload.targets.flatMap((target) => ratioVerdict(target, ours, timings));
  if (workload.name.startsWith('collect')) verdicts.push(atMost('event loop blocked, ms', ours.blockedMs ?? 0, BLOCKED_MS_MAX));
  if (workload.name.startsWith('tiny')) verdicts.push(atMost('median ms', ours.medianMs, 1));
  return verdicts;
}

function ratioVerdict({ over, ratio }: Target, ours: Timing, timings: readonly Timing[]): Verdict[] {
  const rivals = timings.filter((timing) => timing.error === undefined && (over as readonly string[]).includes(timing.engine));
  if (rivals.length === 0) return [];
  const best = rivals.reduce((a, b) => (a.medianMs <= b.medianMs ? a : b));
  return [atLeast(`times as fast as ${best.engine}`, best.medianMs / ours.medianMs, ratio)];
}

function compareAnswers({ comparable }: Workload, entries: readonly Entry[]): string[] {
  const name = (entry: Entry): EngineName => entry.engine.name;
  const ours = entries.find((entry) => name(entry) === 'quern')?.answers[0];
  if (!comparable || ours === undefined) return [];
  return entries.flatMap((entry) => {
    const theirs = entry.answers[0];
    const found = theirs === undefined ? undefined : difference(ours, theirs);
    return found === undefined ? [] : [`answers differ from ${name(entry)}: ${found}`];
  });
}
