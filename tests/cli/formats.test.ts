import * as assert from 'uvu/assert';
import { refuseUnwritable, writeRows, type StreamedFormat } from '../../lib/cli/formats.js';
import { suite } from '../support/suite.js';
import type { ResultColumn } from '../../lib/cli/cells.js';
import type { DataType, Row } from '../../lib/index.js';

const test = suite('formats');

async function* each(rows: readonly Row[]): AsyncGenerator<Row> {
  yield* rows;
}

async function written(
  format: StreamedFormat,
  columns: readonly ResultColumn[],
  rows: readonly Row[],
  isTerminal = false,
): Promise<string> {
  let text = '';
  const write = async (piece: string): Promise<void> => {
    text += piece;
  };
  const n = await writeRows(format, columns, each(rows), { isTerminal, write, commit: async () => {}, discard: () => {} });
  assert.is(n, rows.length);
  return text;
}

const column = (name: string, type: DataType, key = name): ResultColumn => ({ name, key, type, nullable: true });

const COLUMNS = [
  column('s', { kind: 'string' }),
  column('n', { kind: 'bigint' }),
  column('d', { kind: 'decimal', precision: 30, scale: 2 }),
  column('x', { kind: 'double' }),
  column('t', { kind: 'timestamp' }),
];
const ROWS: readonly Row[] = [
  { s: 'a "b", c\nd', n: '9007199254740993', d: '12345678901234567890.10', x: 2, t: '2025-01-02 03:04:05.000006' },
  { s: '', n: null, d: null, x: NaN, t: null },
];

test('csv', async () => {
  assert.is(
    await written('csv', COLUMNS, ROWS),
    's,n,d,x,t\n"a ""b"", c\nd",9007199254740993,12345678901234567890.10,2.0,2025-01-02 03:04:05.000006\n"",,,NaN,\n',
  );
});

const NESTED = [
  column('a', { kind: 'array', element: { kind: 'double' }, containsNull: true }),
  column('s', {
    kind: 'struct',
    fields: [
      { name: '__proto__', type: { kind: 'decimal', precision: 30, scale: 2 }, nullable: true },
      { name: 't', type: { kind: 'timestamp' }, nullable: true },
    ],
  }),
  column('m', { kind: 'map', key: { kind: 'string' }, value: { kind: 'binary' }, valueContainsNull: true }),
];
const NESTED_ROWS: readonly Row[] = [
  {
    a: [1, null, 2.5],
    s: JSON.parse('{"__proto__": "12345678901234567890.10", "t": "2025-01-02 03:04:05.000006"}') as unknown,
    m: new Map([
      ['k "1"', Uint8Array.of(255, 10)],
      ['j', null],
    ]),
  },
  { a: null, s: null, m: null },
];

test('nested values are JSON values, with all digits', async () => {
  assert.is(
    await written('jsonl', NESTED, NESTED_ROWS),
    '{"a":[1,null,2.5],"s":{"__proto__":12345678901234567890.10,"t":"2025-01-02T03:04:05.000006Z"},"m":{"k \\"1\\"":"/wo=","j":null}}\n' +
      '{"a":null,"s":null,"m":null}\n',
  );
});

test('nested values are text as Spark writes it in Markdown, and nothing in CSV', async () => {
  assert.is(
    (await written('markdown', NESTED, NESTED_ROWS)).split('\n')[2],
    '| \\[1.0, NULL, 2.5\\] | {12345678901234567890.10, 2025-01-02 03:04:05.000006} | {k "1" -\\> 0xff0a, j -\\> NULL} |',
  );
  refuseUnwritable('jsonl', NESTED);
  assert.throws(
    () => refuseUnwritable('csv', NESTED),
    (error: Error) =>
      error.message ===
      'CSV has no form for column "a" of type array<double>. Write JSON lines, or take its parts as columns of their own.',
  );
});

test('csv of one column has no empty lines', async () => {
  assert.is(await written('csv', [column('s', { kind: 'string' })], [{ s: null }, { s: 'a' }]), 's\n""\na\n');
});

test('csv on a terminal cannot steer it; elsewhere it is exact', async () => {
  const columns = [column('s', { kind: 'string' })];
  assert.is(await written('csv', columns, [{ s: '\x1b[2J' }], true), 's\n\\x1b[2J\n');
  assert.is(await written('csv', columns, [{ s: '\x1b[2J' }]), 's\n\x1b[2J\n');
});

test('json keeps all digits', async () => {
  const text = await written('json', COLUMNS, ROWS);
  assert.is(
    text,
    '[\n  {"s":"a \\"b\\", c\\nd","n":9007199254740993,"d":12345678901234567890.10,"x":2,"t":"2025-01-02T03:04:05.000006Z"},\n' +
      '  {"s":"","n":null,"d":null,"x":"NaN","t":null}\n]\n',
  );
  assert.is((JSON.parse(text) as unknown[]).length, 2);
  assert.is(await written('json', COLUMNS, []), '[]\n');
});

test('jsonl is a line a row, controls escaped', async () => {
  const text = await written('jsonl', [column('a', { kind: 'string' })], [{ a: '\u009b\u2028\n' }, { a: '\u202e' }]);
  assert.is(text, '{"a":"\\u009b\\u2028\\n"}\n{"a":"\\u202e"}\n');
});

test('columns of one name keep their values', async () => {
  const columns = [column('a', { kind: 'int' }, 'c0'), column('a', { kind: 'int' }, 'c1')];
  assert.is(await written('jsonl', columns, [{ c0: 1, c1: 2 }]), '{"a":1,"a_1":2}\n');
  assert.is(await written('csv', columns, [{ c0: 1, c1: 2 }]), 'a,a\n1,2\n');
});

test('markdown', async () => {
  const columns = [column('a|b', { kind: 'string' }), column('n', { kind: 'int' })];
  assert.is(
    await written('markdown', columns, [
      { 'a|b': 'x | y\n<b>', n: 1 },
      { 'a|b': null, n: null },
    ]),
    '| a\\|b | n |\n| --- | ---: |\n| x \\| y<br>\\<b\\> | 1 |\n| *NULL* | *NULL* |\n',
  );
});

test.run();
