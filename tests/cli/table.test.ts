import * as assert from 'uvu/assert';
import { keepEnds, tableText } from '../../lib/cli/table.js';
import { layoutTable } from '../../lib/cli/table-layout.js';
import { byteText, fit, grouped, pad, printable, secondsText, textWidth } from '../../lib/cli/text.js';
import { suite } from '../support/suite.js';
import type { ResultColumn } from '../../lib/cli/cells.js';
import type { DataType, Row } from '../../lib/index.js';

const test = suite('table');

const column = (name: string, kind: 'string' | 'bigint' | 'double' | 'int'): ResultColumn => ({
  name,
  key: name,
  type: { kind } as DataType,
  nullable: true,
});
const PLAIN = { width: Infinity, color: false };

const table = (columns: readonly ResultColumn[], rows: readonly Row[], style = PLAIN): string =>
  tableText(columns, { first: rows, last: [], total: rows.length }, style);

async function* numbers(n: number): AsyncGenerator<Row> {
  for (let i = 1; i <= n; i++) yield { i };
}

test('numbers stand right, text left, null apart from the word', () => {
  const columns = [column('name', 'string'), column('n', 'bigint'), column('x', 'double')];
  const rows = [
    { name: 'a', n: '12', x: 3 },
    { name: 'NULL', n: null, x: -0.5 },
    { name: null, n: '1234567', x: 1e300 },
  ];
  assert.is(
    table(columns, rows),
    `┌────────┬─────────┬────────┐
│ name   │       n │      x │
│ string │  bigint │ double │
├────────┼─────────┼────────┤
│ a      │      12 │    3.0 │
│ "NULL" │    NULL │   -0.5 │
│ NULL   │ 1234567 │ 1e+300 │
└────────┴─────────┴────────┘
3 rows, 3 columns
`,
  );
});

test('no rows', () => {
  assert.is(table([column('a', 'int')], []), '┌─────┐\n│   a │\n│ int │\n├─────┤\n└─────┘\n0 rows, 1 column\n');
});

test('data cannot steer the terminal or break the box', () => {
  const hostile = '\x1b[2J\x1b]0;pwned\x07\r\n\t\u009b31m\u202egnp.exe\u2028';
  const text = table([column('\x1b[31mred', 'string')], [{ '\x1b[31mred': hostile }]);
  assert.not.match(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e]/);
  assert.is(text.split('\n').length, 8);
  assert.ok(text.includes('\\x1b[2J\\x1b]0;pwned\\x07\\r\\n\\t\\x9b31m\\u202egnp.exe\\u2028'), text);
});

test('lone surrogates are escaped', () => assert.is(printable('a\ud800b'), 'a\\ud800b'));

test('first and last rows of many', async () => {
  const kept = await keepEnds(numbers(100_000), 4);
  assert.equal(kept, { first: [{ i: 1 }, { i: 2 }], last: [{ i: 99_999 }, { i: 100_000 }], total: 100_000 });
  assert.is(
    tableText([column('i', 'int')], kept, PLAIN),
    `┌────────┐
│      i │
│    int │
├────────┤
│      1 │
│      2 │
│      ⋮ │
│  99999 │
│ 100000 │
└────────┘
100,000 rows (4 shown), 1 column
`,
  );
});

test('exactly as many rows as there is room for', async () => {
  const kept = await keepEnds(numbers(5), 5);
  assert.is(kept.first.length + kept.last.length, 5);
  assert.is((await keepEnds(numbers(5), Infinity)).first.length, 5);
});

test('a narrow terminal shrinks the widest columns', () => {
  const columns = [column('id', 'int'), column('text', 'string')];
  const text = table(columns, [{ id: 1, text: 'The quick brown fox jumps over the lazy dog' }], { width: 30, color: false });
  assert.is(
    text,
    `┌─────┬──────────────────────┐
│  id │ text                 │
│ int │ string               │
├─────┼──────────────────────┤
│   1 │ The quick brown fox… │
└─────┴──────────────────────┘
1 row, 2 columns
`,
  );
});

test('columns that do not fit are left out in the middle', () => {
  const columns = Array.from({ length: 19 }, (_, i) => column(`column${i}`, 'string'));
  const row = Object.fromEntries(columns.map(({ name }) => [name, `value of ${name}`]));
  const text = table(columns, [row], { width: 60, color: false });
  for (const line of text.split('\n')) assert.ok(textWidth(line) <= 60, line);
  assert.match(text, /│ … │/);
  assert.match(text, /column0 .*column18/);
  assert.match(text, /1 row, 19 columns \(5 shown\)\n$/);
});

test('every width fits, down to a column of one character', () => {
  for (let width = 8; width < 120; width++) {
    for (const natural of [[30], [5, 5], [40, 3, 60, 8, 20], Array.from({ length: 50 }, () => 12)]) {
      const { widths } = layoutTable(natural, width);
      const total = widths.reduce((sum, w) => sum + w + 3, 1);
      assert.ok(total <= Math.max(width, 9), `${natural.join()} in ${width}: ${total}`);
    }
  }
});

test('wide characters take two columns', () => {
  assert.is(textWidth('東京'), 4);
  assert.is(textWidth('São'), 3);
  assert.is(textWidth('e\u0301'), 1);
  assert.is(textWidth('👩‍👩‍👧'), 2);
  assert.is(fit('東京都', 5), '東京…');
  assert.is(fit('東京都', 4), '東…');
  assert.is(pad('東', 4, true), '  東');
});

test('colours are for a terminal only', () => {
  assert.not.match(table([column('a', 'int')], [{ a: null }]), /\x1b/);
  assert.match(table([column('a', 'int')], [{ a: null }], { width: 80, color: true }), /\x1b\[2mNULL/);
});

test('figures for people', () => {
  assert.is(grouped(1_234_567), '1,234,567');
  assert.equal([0, 7, 999, 1000, 4060, 765_900_000, 1.5e12].map(byteText), [
    '0 B',
    '7 B',
    '999 B',
    '1.00 kB',
    '4.06 kB',
    '766 MB',
    '1.50 TB',
  ]);
  assert.equal([0.0421, 3.24, 99.4, 125].map(secondsText), ['0.042 s', '3.2 s', '99.4 s', '2:05 min']);
});

test.run();
