import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { Engine, Session, type Row } from '../../lib/index.js';
import { doubleText } from '../../lib/core/types/double-text.js';
import { zstdDecompress } from '../../lib/io/zstd.js';
import { withDuckDB } from '../support/duckdb.js';
import { defaultSeed } from '../support/random.js';
import { withSessionAndFolder } from '../support/session.js';
import { suite } from '../support/suite.js';
import { withTempFolder } from '../support/temp-folder.js';

/** CSV, JSON and text as they are written: every byte, and what comes back. */

const test = suite('write text');
const seed = defaultSeed();
console.log(`  QUERN_SEED=${seed}`);
let engine: Engine;
test.before(async () => {
  engine = await Engine.create({ workers: 2 });
});
test.after(() => engine.close());

const withSession = (body: (session: Session, folder: string) => Promise<void>): Promise<void> =>
  withSessionAndFolder(engine, body);

const ALL_TYPES = `SELECT * FROM VALUES
  (true, 1, -9223372036854775808, 1.5D, -12.30BD, 'plain', DATE '2024-02-29', TIMESTAMP '2024-02-29 10:11:12.25', INTERVAL '1' DAY, 12345678901234567890.12BD),
  (false, -2147483648, 0, -0.0D, 0.05BD, 'a,"b"', DATE '0001-01-01', TIMESTAMP '1969-12-31 23:59:59.999999', INTERVAL '-3' HOUR, -1.00BD),
  (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (true, 7, 9223372036854775807, double('NaN'), 99999999.99BD, '', DATE '9999-12-31', TIMESTAMP '2024-01-01 00:00:00', INTERVAL '0' DAY, 0.01BD)
  AS t(b, i, l, d, c, s, dt, ts, iv, big)`;

test('every flat type as CSV', () =>
  withSession(async (session, folder) => {
    const path = join(folder, 'all.csv');
    assert.is(await session.sql(ALL_TYPES).write.csv(path), 4);
    assert.is(
      readFileSync(path, 'utf8'),
      [
        'b,i,l,d,c,s,dt,ts,iv,big',
        `true,1,-9223372036854775808,1.5,-12.30,plain,2024-02-29,2024-02-29 10:11:12.25,INTERVAL '1 00:00:00' DAY TO SECOND,12345678901234567890.12`,
        `false,-2147483648,0,-0.0,0.05,"a,""b""",0001-01-01,1969-12-31 23:59:59.999999,INTERVAL '-0 03:00:00' DAY TO SECOND,-1.00`,
        ',,,,,,,,,',
        `true,7,9223372036854775807,NaN,99999999.99,"",9999-12-31,2024-01-01 00:00:00,INTERVAL '0 00:00:00' DAY TO SECOND,0.01`,
        '',
      ].join('\n'),
    );
  }));

test('every flat type as JSON, which JavaScript reads', () =>
  withSession(async (session, folder) => {
    const path = join(folder, 'all.json');
    await session.sql(ALL_TYPES).write.json(path);
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    assert.is(
      lines[1],
      `{"b":false,"i":-2147483648,"l":0,"d":-0.0,"c":0.05,"s":"a,\\"b\\"","dt":"0001-01-01","ts":"1969-12-31T23:59:59.999999Z","iv":"INTERVAL '-0 03:00:00' DAY TO SECOND","big":-1.00}`,
    );
    assert.is(lines[2], '{"b":null,"i":null,"l":null,"d":null,"c":null,"s":null,"dt":null,"ts":null,"iv":null,"big":null}');
    assert.is((JSON.parse(lines[3]!) as Row)['d'], 'NaN');
    await session.sql(ALL_TYPES).write.mode('overwrite').json(path, { ignoreNullFields: true });
    assert.is(readFileSync(path, 'utf8').split('\n')[2], '{}');
  }));

test('arrays, structs and maps are JSON inside of JSON', () =>
  withSession(async (session, folder) => {
    const path = join(folder, 'nested.json');
    const df = session.sql(`
      SELECT array(1, NULL, 3) AS a, struct(12345678901234567890.5BD AS d, DATE '2024-01-31' AS day, 'q"' AS s) AS b,
        map('x', 9007199254740993, 'y', NULL) AS c, array(struct(double('NaN') AS n), struct(1.0D AS n)) AS e, map(1, TIMESTAMP '2024-01-01 00:00:00') AS f
      UNION ALL SELECT NULL, NULL, NULL, NULL, NULL`);
    assert.is(await df.write.json(path), 2);
    assert.is(
      readFileSync(path, 'utf8'),
      '{"a":[1,null,3],"b":{"d":12345678901234567890.5,"day":"2024-01-31","s":"q\\""},"c":{"x":9007199254740993,"y":null},"e":[{"n":"NaN"},{"n":1.0}],"f":{"1":"2024-01-01T00:00:00Z"}}\n' +
        '{"a":null,"b":null,"c":null,"e":null,"f":null}\n',
    );
    await df.write.mode('overwrite').json(path, { ignoreNullFields: true });
    assert.is(readFileSync(path, 'utf8').split('\n')[1], '{}');
    const error = await df.write.csv(join(folder, 'n.csv')).then(
      () => 'no error',
      ({ message }: Error) => message,
    );
    assert.is(
      error,
      'CSV has no form for column "a" of type array<int>. Take its parts as columns of their own, explode it, or cast it to string.',
    );
  }));

test('binary is base64 in JSON and its bytes in CSV', () =>
  withSession(async (session, folder) => {
    const df = session.createDataFrame(
      [{ x: Uint8Array.of(104, 105) }, { x: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14) }, { x: null }],
      'x binary',
    );
    await df.write.json(join(folder, 'x.json'));
    assert.is(readFileSync(join(folder, 'x.json'), 'utf8'), '{"x":"aGk="}\n{"x":"AQIDBAUGBwgJCgsMDQ4="}\n{"x":null}\n');
    await df.limit(1).write.csv(join(folder, 'x.csv'));
    assert.is(readFileSync(join(folder, 'x.csv'), 'utf8'), 'x\nhi\n');
  }));

test('doubles have the shortest text that reads back, as Java prints it', () =>
  withSession(async (session, folder) => {
    const numbers = [
      [0, -0, 1, -1, 0.1, 0.3, 1 / 3, 100, 123456.789, 9999999, 1e7, 12345678.9, 1e15, 1e16, 1.5e-5, 0.001, 0.00099],
      [
        5e-324,
        1.7976931348623157e308,
        2 ** 53,
        2 ** 53 + 2,
        1e22,
        1e23,
        4.35,
        0.5,
        173665.47,
        -38284.88,
        NaN,
        Infinity,
        -Infinity,
      ],
      fc.sample(fc.double(), { numRuns: 3000, seed }),
      fc.sample(
        fc
          .tuple(fc.integer({ min: -1e9, max: 1e9 }), fc.integer({ min: 0, max: 12 }))
          .map(([whole, scale]) => whole / 10 ** scale),
        { numRuns: 3000, seed },
      ),
    ].flat();
    for (const type of ['double', 'float'] as const) {
      const values = type === 'float' ? numbers.map(Math.fround) : numbers;
      const path = join(folder, `${type}.csv`);
      await session.createDataFrame({ x: values }, `x ${type}`).write.csv(path, { header: false });
      const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
      values.forEach((value, i) => assert.is(lines[i], doubleText(value, type === 'float'), `${type} ${value}`));
    }
  }));

const TEXTS = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', ';', '\\', '\t', 'é', '😀', '\u0001'), maxLength: 40 }),
  fc.constantFrom('', ' ', '""', 'NULL', '-', 'x'.repeat(5000)),
);

test('texts come back from CSV and JSON', () =>
  withSession(async (session, folder) => {
    const texts = fc.sample(fc.option(TEXTS), { numRuns: 2500, seed });
    const rows = texts.map((text, i) => ({ n: i, text }));
    const df = session.createDataFrame(rows, 'n int, text string');
    const styles: readonly Record<string, string | boolean>[] = [
      {},
      { sep: ';' },
      { sep: '\t', quoteAll: true },
      { nullValue: 'NULL' },
      { sep: '-', nullValue: '-' },
    ];
    for (const options of styles) {
      await df.write.mode('overwrite').csv(join(folder, 'texts.csv'), options);
      const { quoteAll: _, ...read } = options;
      const back = await session.read
        .schema('n int, text string')
        .csv(join(folder, 'texts.csv'), { ...read, header: true })
        .collect();
      // The reader takes null's text for null in quotes too.
      const expected = rows.map(({ n, text }) => ({ n, text: text !== '' && text === options['nullValue'] ? null : text }));
      back.forEach((row, i) => assert.equal(row, expected[i], `${JSON.stringify(options)}, row ${i}, seed ${seed}`));
      assert.is(back.length, rows.length);
    }
    await df.write.json(join(folder, 'texts.jsonl'));
    const parsed = readFileSync(join(folder, 'texts.jsonl'), 'utf8').trimEnd().split('\n');
    assert.equal(
      parsed.map((line) => JSON.parse(line) as Row),
      rows,
    );
  }));

test('a row larger than any buffer', () =>
  withSession(async (session, folder) => {
    const long = 'say "x"\n'.repeat(400_000);
    const df = session.createDataFrame(
      [
        { a: 'first', b: 1 },
        { a: long, b: 2 },
        { a: 'last', b: 3 },
      ],
      'a string, b int',
    );
    await df.write.csv(join(folder, 'long.csv'));
    const back = await session.read.schema('a string, b int').csv(join(folder, 'long.csv'), { header: true }).collect();
    assert.is(back[1]!['a'], long);
    assert.is(back[2]!['b'], 3);
  }));

test('text files hold one column of strings', () =>
  withSession(async (session, folder) => {
    await session
      .sql("SELECT * FROM VALUES ('a'), ('b,\"c'), (NULL), ('long enough for a heap') AS t(x)")
      .write.text(join(folder, 't.txt'));
    assert.is(readFileSync(join(folder, 't.txt'), 'utf8'), 'a\nb,"c\n\nlong enough for a heap\n');
    let message = '';
    await session
      .range(3)
      .write.text(join(folder, 'n.txt'))
      .catch((error: Error) => void (message = error.message));
    assert.is(message, 'Text files hold one column of strings, not (id bigint). Select one: concat_ws joins several.');
  }));

test('compressed text: the end of the path says how, pieces follow each other', () =>
  withTempFolder(async (folder) => {
    const session = await Session.create({ engine, splitRows: 1000 });
    const df = session.range(10_000);
    const text = `id\n${Array.from({ length: 10_000 }, (_, i) => `${i}\n`).join('')}`;
    await df.write.csv(join(folder, 'a.csv.gz'));
    assert.is(gunzipSync(readFileSync(join(folder, 'a.csv.gz'))).toString(), text);
    await df.write.json(join(folder, 'out'), { compression: 'gzip' });
    const [part] = readdirSync(join(folder, 'out')).filter((name) => name.startsWith('part-'));
    assert.match(part!, /\.json\.gz$/);
    await session.sql("SELECT 'x' AS t WHERE false").write.text(join(folder, 'none.txt.gz'));
    assert.is(gunzipSync(readFileSync(join(folder, 'none.txt.gz'))).length, 0);
    await df.write.csv(join(folder, 'a.csv.zst'));
    await withDuckDB(async (connection) => {
      const reader = await connection.runAndReadAll(`SELECT count(*), sum(id) FROM '${join(folder, 'a.csv.zst')}'`);
      assert.equal(reader.getRows(), [[10_000n, 49_995_000n]]);
    });
    await session.sql("SELECT 'x' AS t WHERE false").write.text(join(folder, 'none.txt.zst'));
    assert.is(zstdDecompress(readFileSync(join(folder, 'none.txt.zst')), 10).length, 0);
    const error = await df.write.csv(join(folder, 'a.csv.br')).then(
      () => 'no error',
      ({ message }: Error) => message,
    );
    assert.is(error, "Option compression must be one of none, gzip, zstd, not 'br'.");
    await session.close();
  }));

test('the end of a path says what separates fields, or no format at all', () =>
  withSession(async (session, folder) => {
    const df = session.sql("SELECT 1 AS a, 'b\tc|d' AS b");
    const written = async (name: string, options = {}): Promise<string> => {
      await df.write.csv(join(folder, name), options);
      return readFileSync(join(folder, name), 'utf8');
    };
    assert.is(await written('a.csv'), 'a,b\n1,b\tc|d\n');
    assert.is(await written('a.tsv'), 'a\tb\n1\t"b\tc|d"\n');
    assert.is(await written('a.psv'), 'a|b\n1|"b\tc|d"\n');
    assert.is(await written('b.tsv', { delimiter: ';' }), 'a;b\n1;b\tc|d\n');
    await df.write.save(join(folder, 'c.tsv.gz'));
    assert.is(gunzipSync(readFileSync(join(folder, 'c.tsv.gz'))).toString(), 'a\tb\n1\t"b\tc|d"\n');
    const failure = (): Promise<unknown> => df.write.save(join(folder, 'x.v2'));
    const message = await failure().then(
      () => 'no error',
      (error: Error) => error.message,
    );
    assert.is(
      message,
      `The end of '${join(folder, 'x.v2')}' tells no format. Ends that do: csv, tsv, psv, parquet, parq, pq, json, jsonl, ndjson, arrow, feather, ipc, arrows, txt, text. Or name the format: COPY … (FORMAT parquet), df.write.format('parquet'), quern convert … --option format=parquet.`,
    );
    assert.is(await df.write.parquet(join(folder, 'x.v2')), 1);
  }));

test('options that do not exist, or cannot be', async () => {
  const session = await Session.create({ engine });
  const failure = async (options: Record<string, string>): Promise<string> =>
    session
      .range(1)
      .write.csv('/nowhere/x.csv', options)
      .then(
        () => 'no error',
        (error: Error) => error.message,
      );
  assert.is(
    await failure({ seperator: ';' }),
    'Writing CSV files has no option "seperator". Options: header, sep, delimiter, quote, escape, nullValue, quoteAll, compression, encoding.',
  );
  assert.is(await failure({ sep: ';;' }), "Option sep must be one ASCII character, not ';;'.");
  assert.is(await failure({ header: 'maybe' }), "Option header must be true or false, not 'maybe'.");
  assert.is(await failure({ encoding: 'latin1' }), "Option encoding must be UTF-8, not 'latin1'.");
  await session.close();
});

test.run();
