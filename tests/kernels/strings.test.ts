import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { BINARY, BOOLEAN, INT, STRING, type DataType } from '../../lib/core/types/data-type.js';
import { STRING_FUNCTIONS } from '../../lib/kernels/reference/strings.js';
import { call, cast, literal, project, slot } from '../codegen/world.js';
import { suite } from '../support/suite.js';
import { checkTwin, type Parameter, type Twin } from './vectors.js';

const test = suite('kernels: strings');

/** Few different characters, so that searches find; of one byte to four, cases whose letters change their width, and texts around 12, 16 and 32 bytes. */
const CHARACTERS = ['a', 'b', 'A', 'B', 'z', ' ', ' ', 'é', 'É', 'ß', 'ı', '字', '😀', '\u0301', '%', '_', '\\', '.', '\0'];
const ASCII = ['a', 'b', 'A', 'Z', 'z', ' ', '@', '[', '`', '{', '%', '_'];
const text: Parameter = {
  type: STRING,
  values: fc.oneof(
    fc.string({ unit: fc.constantFrom(...ASCII), maxLength: 40 }),
    fc.string({ unit: fc.constantFrom(...CHARACTERS), maxLength: 40 }),
    fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 70 }),
    fc.string({ unit: 'grapheme', maxLength: 20 }),
  ),
};
const short: Parameter = {
  type: STRING,
  values: fc.oneof(
    fc.string({ unit: fc.constantFrom('a', 'b', ' '), maxLength: 3 }),
    fc.string({ unit: fc.constantFrom(...CHARACTERS), maxLength: 4 }),
    fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 10, maxLength: 20 }),
  ),
};
const position: Parameter = {
  type: INT,
  values: fc.oneof(fc.integer({ min: -45, max: 45 }), fc.constantFrom(0, 1, -1, 2147483647, -2147483648)),
};
const size: Parameter = { type: INT, values: fc.oneof(fc.integer({ min: -2, max: 70 }), fc.constantFrom(0, 1, -2147483648)) };
const part: Parameter = { type: INT, values: fc.constantFrom(1, 2, 3, 4, -1, -2, -3, 2147483647, -2147483648) };

const CASES: readonly (readonly [name: keyof typeof STRING_FUNCTIONS, type: DataType, parameters: readonly Parameter[]])[] = [
  ['upper', STRING, [text]],
  ['lower', STRING, [text]],
  ['initcap', STRING, [text]],
  ['reverse', STRING, [text]],
  ['length', INT, [text]],
  ['octet_length', INT, [text]],
  ['bit_length', INT, [text]],
  ['ascii', INT, [text]],
  ['btrim', STRING, [text]],
  ['ltrim', STRING, [text]],
  ['rtrim', STRING, [text]],
  ['btrim', STRING, [text, short]],
  ['ltrim', STRING, [text, short]],
  ['rtrim', STRING, [text, short]],
  ['concat', STRING, [text, text]],
  ['concat', STRING, [text, short, text]],
  ['substring', STRING, [text, position]],
  ['substring', STRING, [text, position, position]],
  ['left', STRING, [text, position]],
  ['right', STRING, [text, position]],
  ['repeat', STRING, [short, size]],
  ['replace', STRING, [text, short, short]],
  ['translate', STRING, [text, short, short]],
  ['lpad', STRING, [text, size, short]],
  ['rpad', STRING, [text, size, short]],
  ['split_part', STRING, [text, short, part]],
  ['contains', BOOLEAN, [text, short]],
  ['startswith', BOOLEAN, [text, short]],
  ['endswith', BOOLEAN, [text, short]],
  ['locate', INT, [short, text, position]],
];

for (const [name, type, parameters] of CASES) {
  const twin = STRING_FUNCTIONS[name] as Twin;
  if (name === 'locate') {
    test('locate', () =>
      checkTwin({ name, parameters, make: (...args) => call(name, type, ...args), twin: locate, seesNulls: true }));
  } else {
    test(`${name} of ${parameters.length}`, () =>
      checkTwin({ name, parameters, make: (...args) => call(name, type, ...args), twin }));
  }
}

/** A null position finds nothing. */
function locate(needle: string | null, view: string | null, from: number | null): number | null {
  return needle === null || view === null ? null : from === null ? 0 : STRING_FUNCTIONS.locate(needle, view, from);
}

test('concat_ws leaves nulls out', () => {
  const twin = (separator: string | null, ...parts: (string | null)[]): string | null =>
    separator === null ? null : STRING_FUNCTIONS.concat_ws(separator, ...parts);
  for (const parameters of [[short], [short, text], [short, text, text, short]]) {
    checkTwin({ name: 'concat_ws', parameters, make: (...args) => call('concat_ws', STRING, ...args), twin, seesNulls: true });
  }
});

test('more arguments than a list of addresses holds', () => {
  const parts = Array.from({ length: 2500 }, (_, i) => `p${i}`);
  const column = { type: STRING, values: ['x', null, 'twelve bytes and more'] };
  const args = [slot(0, STRING), ...parts.map((p) => literal(STRING, p))];
  const joined = call('concat_ws', STRING, literal(STRING, '-'), ...args);
  const [all, withSeparator] = project([call('concat', STRING, ...args), joined], [column]);
  assert.equal(
    all,
    column.values.map((v) => (v === null ? null : v + parts.join(''))),
  );
  assert.equal(
    withSeparator,
    column.values.map((v) => [v, ...parts].filter((p) => p !== null).join('-')),
  );
});

test('binary values are measured and cut by bytes', () => {
  const bytes = Buffer.from('aé字😀 and some more');
  const column = { type: BINARY, values: [bytes, Buffer.from([0xff, 0xfe]), Buffer.alloc(0), null] };
  const view = slot(0, BINARY);
  const two = literal(INT, 2);
  const [lengths, parts, heads] = project(
    [call('length', INT, view), call('substring', BINARY, view, two, literal(INT, 3)), call('left', BINARY, view, two)],
    [column],
  );
  assert.equal(
    lengths,
    column.values.map((v) => v?.length ?? null),
  );
  const hex = (values: readonly unknown[]): unknown[] =>
    values.map((v) => (v === null ? null : Buffer.from(v as Uint8Array).toString('hex')));
  assert.equal(hex(parts!), hex(column.values.map((v) => v?.subarray(1, 4) ?? null)));
  assert.equal(hex(heads!), hex(column.values.map((v) => v?.subarray(0, 2) ?? null)));
});

test('results of results: temporaries do not overwrite each other', () => {
  const upper = (a: Parameters<typeof call>[2]): ReturnType<typeof call> => call('upper', STRING, a);
  checkTwin({
    name: 'nested',
    parameters: [text, text],
    make: (a, b) =>
      call(
        'concat',
        STRING,
        upper(a),
        call('replace', STRING, b, upper(a), a),
        call('reverse', STRING, upper(b)),
        cast(a, STRING),
      ),
    twin: (a: string, b: string) =>
      a.toUpperCase() + STRING_FUNCTIONS.replace(b, a.toUpperCase(), a) + STRING_FUNCTIONS.reverse(b.toUpperCase()) + a,
  });
});

test.run();
