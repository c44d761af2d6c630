import fc from 'fast-check';
import { BOOLEAN, STRING } from '../../lib/core/types/data-type.js';
import { STRING_FUNCTIONS } from '../../lib/kernels/reference/strings.js';
import { call } from '../codegen/world.js';
import { suite } from '../support/suite.js';
import { checkTwin, type Parameter, type Twin } from './vectors.js';

const test = suite('kernels: like');

const text: Parameter = {
  type: STRING,
  values: fc.oneof(
    fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 50 }),
    fc.string({ unit: fc.constantFrom('a', 'b', 'A', 'é', 'É', '字', '😀', '\n', '%', '_', '\\', '.'), maxLength: 30 }),
  ),
};
const pattern = (unit: readonly string[]): fc.Arbitrary<string> => fc.string({ unit: fc.constantFrom(...unit), maxLength: 10 });
const UNITS = ['a', 'b', 'A', '%', '%', '_', 'é', '字', '.', '\\%', '\\_', '\\\\'];
const good: Parameter = { type: STRING, values: fc.oneof(pattern(UNITS), pattern(['a', 'b', '%', 'ab', '%'])), as: 'column' };
const any: Parameter = { type: STRING, values: pattern([...UNITS, '\\', '\\a']) };
const escape: Parameter = { type: STRING, values: fc.constantFrom('\\', '%', '_', 'a', '字', '/') };

for (const name of ['like', 'ilike'] as const) {
  const make = (...args: Parameters<typeof call>[2][]): ReturnType<typeof call> => call(name, BOOLEAN, ...args);
  const twin = STRING_FUNCTIONS[name] as Twin;
  test(`${name} by patterns of a column`, () => checkTwin({ name, parameters: [text, good], make, twin }));
  test(`${name} by patterns with misplaced escapes`, () =>
    checkTwin({ name, parameters: [text, { ...any, as: 'column' }], make, twin }, [0, 1, 9, 1023]));
  test(`${name} with an escape`, () => checkTwin({ name, parameters: [text, any, escape], make, twin }, [1, 8, 1023]));
  test(`${name} by literal patterns`, () => {
    for (let i = 0; i < 60; i++) {
      const one = { ...any, as: 'literal' as const, values: fc.constant(fc.sample(good.values, { numRuns: 1, seed: i })[0]!) };
      checkTwin({ name, parameters: [text, one], make, twin }, [300]);
    }
  });
}

test.run();
