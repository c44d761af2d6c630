import * as assert from 'uvu/assert';
import { defaultSeed } from '../support/random.js';
import { suite } from '../support/suite.js';
import { FORMATS } from './formats.js';
import { runFuzz } from './run-fuzz.js';

const MUTANTS = 20_000;
const test = suite('fuzz');

for (const { name } of FORMATS) {
  test(
    `${MUTANTS} damaged ${name} files are rows or typed errors, in bounded time and memory`,
    async () => {
      const seed = defaultSeed();
      console.log(`  ${name}: QUERN_SEED=${seed}`);
      const failures = await runFuzz({ format: name, seed, mutants: MUTANTS, failuresMax: 5 });
      const told = failures.map(({ mutant, why }) => `npm run fuzz -- --format ${name} --seed ${seed} --show ${mutant}\n${why}`);
      assert.is(told.join('\n\n'), '');
    },
    { timeoutMs: 230_000 },
  );
}

test.run();
