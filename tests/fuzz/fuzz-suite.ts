import * as assert from 'uvu/assert';
import { suite, type Suite } from '../support/suite.js';
import { runFuzz } from './run-fuzz.js';

const MUTANTS = 20_000;
/** The same mutants every time, so that a change is judged by what it changed; `npm run fuzz` looks for others. */
const SEED = Number(process.env['QUERN_SEED'] ?? 1);

/** The suite of a format. Each is a file of its own: they take a minute or two. */
export function fuzzSuite(format: string): Suite {
  const test = suite(`fuzz ${format}`);
  test(
    `${MUTANTS} damaged ${format} files are rows or typed errors, in bounded time and memory`,
    async () => {
      console.log(`  ${format}: QUERN_SEED=${SEED}`);
      const failures = await runFuzz({ format, seed: SEED, mutants: MUTANTS, failuresMax: 5 });
      const told = failures.map(
        ({ mutant, why }) => `npm run fuzz -- --format ${format} --seed ${SEED} --show ${mutant}\n${why}`,
      );
      assert.is(told.join('\n\n'), '');
    },
    { timeoutMs: 400_000 },
  );
  return test;
}
