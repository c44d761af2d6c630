import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Report } from './child.js';

export interface FuzzRequest {
  readonly format: string;
  readonly seed: number;
  readonly mutants: number;
  /** Gives up after so many. */
  readonly failuresMax: number;
  readonly onProgress?: (done: number) => void;
}

export interface FuzzFailure {
  readonly mutant: number;
  readonly why: string;
}

/** A child reads so many: what engines keep of queries (plans, code, inspections) comes to its bounds and is no mutant's fault. */
const CHILD_MUTANTS = 4000;
/** Node 20's room for young objects: Node 24 lets garbage lie until there are 192 MiB of it, which no mutant is to blame for. */
const YOUNG = '--max-semi-space-size=16';
/** A child that says nothing for so long hangs. */
const SILENCE_MS = 60_000;

/** Reads mutants in child processes, a fresh one behind each that failed, died or hung. */
export async function runFuzz(request: FuzzRequest): Promise<readonly FuzzFailure[]> {
  const failures: FuzzFailure[] = [];
  for (let next = 0; next < request.mutants && failures.length < request.failuresMax;) {
    const end = await runChild(request, next);
    if (end.failure !== undefined) failures.push({ mutant: end.at, why: end.failure });
    next = end.at + 1;
  }
  return failures;
}

function runChild({ format, seed, mutants, onProgress }: FuzzRequest, first: number): Promise<Report> {
  const count = Math.min(CHILD_MUTANTS, mutants - first);
  const script = fileURLToPath(new URL('child.js', import.meta.url));
  return new Promise((resolve) => {
    const child = fork(script, [format, String(seed), String(first), String(count)], {
      execArgv: [YOUNG],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let last: Report = { at: first };
    let errors = '';
    let silent = false;
    const kill = (): void => {
      silent = true;
      child.kill('SIGKILL');
    };
    let timer = setTimeout(kill, SILENCE_MS);
    child.stderr!.setEncoding('utf8').on('data', (text: string) => (errors = (errors + text).slice(-4000)));
    child.on('message', (report: Report) => {
      last = report;
      clearTimeout(timer);
      timer = setTimeout(kill, SILENCE_MS);
      if (report.at % 1000 === 0) onProgress?.(report.at);
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (last.failure !== undefined || (code === 0 && !silent))
        return resolve(last.failure === undefined ? { at: first + count - 1 } : last);
      resolve({
        at: last.at,
        failure: silent ? `hangs for ${SILENCE_MS / 1000} s` : `died with ${signal ?? `exit code ${code}`}: ${errors}`,
      });
    });
  });
}
