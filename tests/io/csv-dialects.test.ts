import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { DataError, Engine, Session } from '../../lib/index.js';
import { sampleRows, type Dialect } from '../../lib/io/csv/sample.js';
import { seededRandom, type Random } from '../support/random.js';
import { suite } from '../support/suite.js';
import { withTempFolder } from '../support/temp-folder.js';

const test = suite('csv dialects');
let engine: Engine;
test.before(async () => {
  engine = await Engine.create({ workers: 2 });
});
test.after(() => engine.close());

const DIALECTS: readonly Dialect[] = [
  { sep: ',', quote: '"', escape: '"', comment: '' },
  { sep: ',', quote: '', escape: '', comment: '' },
  { sep: ';', quote: "'", escape: "'", comment: '' },
  { sep: ',', quote: '"', escape: '\\', comment: '' },
  { sep: '|', quote: '"', escape: '"', comment: '#' },
  { sep: '\t', quote: '"', escape: '\\', comment: '%' },
];

/** Text without any order: quotes, escapes and comments where they should not be. */
function randomText(random: Random, { sep, quote, escape, comment }: Dialect): string {
  const tidy = [
    sep,
    '\n',
    'a',
    'bc ',
    '12',
    `${quote}x${sep}y${quote}`,
    `${sep}${quote}two\nlines${quote}${sep}`,
    'some longer text é😀',
  ];
  const rare = [
    quote,
    escape,
    `${quote}${quote}`,
    `${escape}${quote}`,
    '\r\n',
    '\r',
    '\n\n',
    '\r\n\r\n',
    `\n${comment}note${sep}${quote}\n`,
    ' ',
  ];
  const rareShare = random.pick([0, 0.02, 0.3]);
  let text = '';
  for (let n = random.below(300); n > 0; n--) text += random.pick(random.bool(rareShare) ? rare : tidy);
  return text;
}

test(
  'any text is cut into the same rows, whatever the ranges',
  () =>
    withTempFolder(async (folder) => {
      const random = seededRandom('csv texts');
      let refused = 0;
      for (let round = 0; round < 90; round++) {
        const dialect = DIALECTS[round % DIALECTS.length]!;
        const text = randomText(random, dialect);
        if (text === '') continue;
        const path = join(folder, `${round}.csv`);
        writeFileSync(path, text);
        // A last line end closes every row but one inside quotes.
        const isClosed =
          JSON.stringify(sampleRows(`${text}\n`, dialect, false, 1e6)) === JSON.stringify(sampleRows(text, dialect, true, 1e6));
        const expected = sampleRows(text, dialect, true, 1e6).map((row) =>
          [0, 1, 2].map((c) => (row[c] === undefined || (row[c].text === '' && !row[c].quoted) ? null : row[c].text)),
        );
        for (const splitBytes of [64, 128, 1 << 20]) {
          const session = await Session.create({ engine, splitBytes, batchRows: 16 });
          const df = session.read.schema('a string, b string, c string').csv(path, { header: false, ...dialect });
          const label = `round ${round}, ${JSON.stringify(dialect)}, ranges of ${splitBytes} bytes`;
          if (isClosed) {
            assert.equal(
              (await df.collect()).map(({ a, b, c }) => [a, b, c]),
              expected,
              label,
            );
            assert.is(await df.count(), expected.length, `count, ${label}`);
          } else {
            refused++;
            for (const action of [() => df.collect(), () => df.count()])
              assert.is(await codeOf(action()), 'MALFORMED_CSV_RECORD', label);
          }
          await session.close();
        }
      }
      assert.ok(refused < 270, 'some texts are read');
    }),
  { timeoutMs: 100_000 },
);

test('latin1, trimming, null texts and quoted nothing', () =>
  withTempFolder(async (folder) => {
    const session = await Session.create({ engine });
    const latin = join(folder, 'latin1.csv');
    writeFileSync(latin, Buffer.from('name,n\nGenève,1\nüber alles in der Welt,2\n', 'latin1'));
    assert.equal(await session.read.csv(latin, { encoding: 'ISO-8859-1' }).collect(), [
      { name: 'Genève', n: 1 },
      { name: 'über alles in der Welt', n: 2 },
    ]);
    const spaced = join(folder, 'spaced.csv');
    writeFileSync(spaced, 'a,b,c\n 1 , x ," y "\n NA,"NA",""\n');
    const read = session.read.csv(spaced, { ignoreLeadingWhiteSpace: true, ignoreTrailingWhiteSpace: true, nullValue: 'NA' });
    assert.equal(
      read.schema.fields.map(({ type }) => type.kind),
      ['int', 'string', 'string'],
    );
    assert.equal(await read.collect(), [
      { a: 1, b: 'x', c: ' y ' },
      { a: null, b: null, c: '' },
    ]);
    await session.close();
  }));

test('a null text that looks like a value is null', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'n.csv');
    writeFileSync(path, 'i,d,t,x\n-1,1970-01-01,a,1.25\n5,2020-02-29,-1,-1\n');
    const session = await Session.create({ engine });
    const read = (nullValue: string) =>
      session.read.schema('i int, d date, t string, x decimal(10,2)').csv(path, { header: true, nullValue }).collect();
    assert.equal(await read('-1'), [
      { i: null, d: '1970-01-01', t: 'a', x: '1.25' },
      { i: 5, d: '2020-02-29', t: null, x: null },
    ]);
    assert.equal((await read('1970-01-01'))[0], { i: -1, d: null, t: 'a', x: '1.25' });
    await session.close();
  }));

test('ten thousand columns', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'wide.csv');
    const columns = Array.from({ length: 10_000 }, (_, c) => c);
    const lines = [
      columns.map((c) => `c${c}`).join(','),
      ...Array.from({ length: 50 }, (_, r) => columns.map((c) => r * c).join(',')),
    ];
    writeFileSync(path, `${lines.join('\n')}\n`);
    const session = await Session.create({ engine });
    const df = session.read.csv(path);
    assert.is(df.columns.length, 10_000);
    assert.equal(await df.select('c1', 'c9999').limit(3).collect(), [
      { c1: 0, c9999: 0 },
      { c1: 1, c9999: 9999 },
      { c1: 2, c9999: 19_998 },
    ]);
    const rows = await df.collect();
    assert.is(rows.length, 50);
    assert.is(Object.keys(rows[49]!).length, 10_000);
    assert.is(rows[49]!['c9999'], 49 * 9999);
    await session.close();
  }));

test('a field of 100 MB', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'long.csv');
    writeFileSync(path, 'id,text\n1,short\n2,"');
    const piece = Buffer.alloc(10_000_000, 'many words, and\nline ends ""quoted"" ');
    for (let i = 0; i < 10; i++) appendFileSync(path, piece);
    appendFileSync(path, '"\n3,end\n');
    const session = await Session.create({ engine });
    const df = session.read.schema('id int, text string').csv(path, { header: true });
    assert.is(await df.count(), 3);
    const raw = piece.toString('latin1').repeat(10);
    df.createOrReplaceTempView('long');
    assert.equal(await session.sql('SELECT id, length(text) AS n FROM long').collect(), [
      { id: 1, n: 5 },
      { id: 2, n: raw.replaceAll('""', '"').length },
      { id: 3, n: 3 },
    ]);
    await session.close();
  }));

test('a file that changes before it is read', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'changing.csv');
    writeFileSync(path, 'a,b\n1,2\n');
    const session = await Session.create({ engine });
    const df = session.read.csv(path);
    appendFileSync(path, '3,4\n');
    const error = await df.collect().then(
      () => assert.unreachable('no error'),
      (e: unknown) => e as DataError,
    );
    assert.instance(error, DataError);
    assert.is(
      (error as DataError).message,
      `'${path}' changed while it was read: its size or time is not what it was when the query began. Run the query again.`,
    );
    await session.close();
  }));

test('numbers, dates and times as people write them', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'values.csv');
    const rows: readonly (readonly [string, string, string, string, string, string])[] = [
      ['0', '9223372036854775807', '3.25', '2024-02-29', '2024-02-29 23:59:59.123456', '12345678901234567890.12345'],
      ['-2147483648', '-9223372036854775808', '-0.0', '0001-01-01', '1969-12-31T23:59:59Z', '-0.00001'],
      ['+7', '"12"', '1e300', '9999-12-31', '2000-01-01 00:00:00', '99999999999999999999.99999'],
      ['2147483647', '+1', '.5', '1582-10-15', '1970-01-01 00:00:00.1', '0.000005'],
      ['', '', '-12345678901.25', '', '', ''],
      ['00012', '1234567890123456', '0.1234567890123456', '1970-01-01', '2038-01-19 03:14:08', '1'],
      ['12', '0', '123456789012345678901234567890', '2000-12-31', '1900-03-01 00:00:00', '-1.5'],
      ['8', '99999999', '1234567.8', '2100-02-28', '2024-02-29 00:00:00.000001', '2'],
      ['9', '100000000', '5.', '2000-02-29', '2000-01-01 12:30:00', '3'],
    ];
    writeFileSync(path, `${rows.map((row) => row.join(',')).join('\r\n')}\r\n`);
    const session = await Session.create({ engine });
    const df = session.read
      .schema('i int, l bigint, x double, d date, t timestamp, m decimal(25,5)')
      .csv(path, { header: false });
    df.createOrReplaceTempView('v');
    const got = await session.sql('SELECT i, l, x, d, CAST(t AS string) AS t, m FROM v').collect();
    assert.equal(
      got.map((row) => Object.values(row)),
      [
        [0, 9223372036854775807n, 3.25, '2024-02-29', '2024-02-29 23:59:59.123456', '12345678901234567890.12345'],
        [-2147483648, -9223372036854775808n, -0, '0001-01-01', '1969-12-31 23:59:59', '-0.00001'],
        [7, 12, 1e300, '9999-12-31', '2000-01-01 00:00:00', '99999999999999999999.99999'],
        [2147483647, 1, 0.5, '1582-10-15', '1970-01-01 00:00:00.1', '0.00001'],
        [null, null, -12345678901.25, null, null, null],
        [12, 1234567890123456, 0.1234567890123456, '1970-01-01', '2038-01-19 03:14:08', '1.00000'],
        [12, 0, 1.2345678901234568e29, '2000-12-31', '1900-03-01 00:00:00', '-1.50000'],
        [8, 99999999, 1234567.8, '2100-02-28', '2024-02-29 00:00:00.000001', '2.00000'],
        [9, 100000000, 5, '2000-02-29', '2000-01-01 12:30:00', '3.00000'],
      ],
    );
    await session.close();
  }));

test('every week of ten thousand years', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'days.csv');
    const days: string[] = [];
    for (let day = -719_528; day < 2_932_897; day += 7) days.push(new Date(day * 86_400_000).toISOString().slice(0, 10));
    writeFileSync(path, `d,n\n${days.map((day, i) => `${day},${i}`).join('\n')}\n`);
    const session = await Session.create({ engine });
    const rows = await session.read.schema('d date, n int').csv(path, { header: true }).collect();
    assert.is(rows.length, days.length);
    assert.is(
      rows.findIndex(({ d, n }, i) => d !== days[i] || n !== i),
      -1,
    );
    await session.close();
  }));

async function codeOf(promise: Promise<unknown>): Promise<string | undefined> {
  return promise.then(
    () => undefined,
    (error: unknown) => (error as { code: string }).code,
  );
}

test.run();
