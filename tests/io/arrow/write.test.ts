import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as Arrow from 'apache-arrow';
import { type RecordBatch, type Table, tableFromArrays, tableFromIPC, tableToIPC } from 'apache-arrow';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import * as T from '../../../lib/core/types/data-type.js';
import { count, DataError, Engine, Session, sum, type DataFrame, type Row } from '../../../lib/index.js';
import { anyTypes, shown, valuesOf } from '../../support/nested.js';
import { projectPath } from '../../support/paths.js';
import { defaultSeed } from '../../support/random.js';
import { suite } from '../../support/suite.js';
import { withTempFolder } from '../../support/temp-folder.js';

const test = suite('writing Arrow');
const seed = defaultSeed();
console.log(`  QUERN_SEED=${seed}`);

let session: Session;
test.before(async () => {
  session = await Session.create();
});
test.after(() => session.close());

const various = (): DataFrame =>
  session.sql(`SELECT id, CAST(id AS TINYINT) AS t, CAST(id AS SMALLINT) AS h, CAST(id AS INT) AS i, id % 3 = 0 AS b, id * 1.5D AS d, CAST(id * 0.1 AS FLOAT) AS f,
    CAST(id * 0.25 AS DECIMAL(30,4)) AS wide, CAST(id AS DECIMAL(9,2)) AS narrow, CASE WHEN id % 5 = 0 THEN NULL ELSE concat('text ', CAST(id % 7 AS STRING)) END AS s,
    concat('a longer text without end ', CAST(id AS STRING)) AS l, date_add(DATE '2024-01-01', CAST(id AS INT)) AS day, TIMESTAMP '2024-01-01 00:00:00' AS moment,
    CAST('2024-01-01 00:00:00' AS TIMESTAMP_NTZ) AS local, CAST(NULL AS BIGINT) AS missing, NULL AS nothing FROM range(100)`);

async function bytesOf(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces);
}

test('apache-arrow reads what is written, file and stream', () =>
  withTempFolder(async (folder) => {
    for (const name of ['a.arrow', 'b.arrows']) {
      const path = join(folder, name);
      assert.is(await various().write.save(path), 100);
      checkVarious(tableFromIPC(readFileSync(path)));
    }
    checkVarious(tableFromIPC(await bytesOf(various().toArrowStream())));
    checkVarious(await various().toArrow());
  }));

function checkVarious(table: Table): void {
  assert.equal(
    table.schema.fields.map(({ name, type }) => `${name} ${String(type)}`),
    [
      'id Int64', 't Int8', 'h Int16', 'i Int32', 'b Bool', 'd Float64', 'f Float32', 'wide Decimal[30e+4]', 'narrow Decimal[9e+2]', 's Utf8', 'l Utf8', 'day Date32<DAY>',
      'moment Timestamp<MICROSECOND, UTC>', 'local Timestamp<MICROSECOND>', 'missing Int64', 'nothing Null',
    ], // prettier-ignore
  );
  assert.is(table.numRows, 100);
  for (let row = 0; row < 100; row++) {
    const cells = table.get(row)!.toJSON() as Record<string, unknown>;
    assert.is(cells['id'], BigInt(row));
    assert.equal([cells['t'], cells['h'], cells['i'], cells['b'], cells['d']], [row, row, row, row % 3 === 0, row * 1.5]);
    assert.is(cells['f'], Math.fround(row * 0.1));
    assert.is(String(cells['wide']), String(row * 2500));
    assert.is(cells['s'], row % 5 === 0 ? null : `text ${row % 7}`);
    assert.is(cells['l'], `a longer text without end ${row}`);
    assert.is(Number(cells['day']), Date.UTC(2024, 0, 1 + row));
    assert.is(Number(cells['moment']), Date.UTC(2024, 0, 1));
    assert.equal([cells['missing'], cells['nothing']], [null, null]);
  }
}

const tables = fc
  .array(anyTypes, { minLength: 1, maxLength: 4 })
  .chain((types) =>
    fc.record({ types: fc.constant(types), rows: fc.array(fc.tuple(...types.map((type) => valuesOf(type))), { maxLength: 60 }) }),
  );

test('generated tables come back from files, streams and memory', () =>
  withTempFolder(async (folder) => {
    let file = 0;
    await fc.assert(
      fc.asyncProperty(
        tables,
        fc.constantFrom<'none' | 'lz4' | 'zstd'>('none', 'lz4', 'zstd'),
        async ({ types, rows }, compression) => {
          const schema = T.schema(types.map((type, c) => T.field(`c${c}`, type)));
          const data = rows.map((cells): Row => Object.fromEntries(cells.map((cell, c) => [`c${c}`, cell])));
          const df = session.createDataFrame(data, schema);
          const expected = (await df.collect()).map(shown);
          const path = join(folder, `${file++}`);
          await df.write.arrow(`${path}.arrow`, { compression });
          await df.write.format('arrows').option('compression', compression).save(`${path}.arrows`);
          const stream = await bytesOf(df.toArrowStream({ compression }));
          for (const back of [
            session.read.arrow(`${path}.arrow`),
            session.read.arrow(`${path}.arrows`),
            session.read.arrow(stream),
            session.read.arrow(readFileSync(`${path}.arrow`)),
          ]) {
            assert.equal(back.schema, df.schema);
            assert.equal((await back.collect()).map(shown), expected);
          }
        },
      ),
      { seed, numRuns: 60, interruptAfterTimeLimit: 15_000 },
    );
  }));

test('tables of apache-arrow are read, and streams of bytes and batches', async () => {
  const table = tableFromArrays({ n: Int32Array.of(1, 2, 3), x: Float64Array.of(0.5, 1.5, 2.5), s: ['a', 'b', 'a'] });
  const expected = [
    { n: 1, x: 0.5, s: 'a' },
    { n: 2, x: 1.5, s: 'b' },
    { n: 3, x: 2.5, s: 'a' },
  ];
  assert.equal(await (await session.read.arrow(table)).collect(), expected);
  const bytes = tableToIPC(table, 'file');
  assert.equal(await session.read.arrow(bytes).collect(), expected);
  async function* pieces(): AsyncGenerator<Uint8Array> {
    const stream = tableToIPC(table, 'stream');
    for (let at = 0; at < stream.length; at += 100) yield stream.subarray(at, at + 100);
  }
  assert.equal(await (await session.read.arrow(pieces())).collect(), expected);
  async function* batches(): AsyncGenerator<RecordBatch> {
    for (const batch of table.batches) yield batch;
  }
  assert.equal(await (await session.read.arrow(batches())).collect(), expected);
});

test('parts of a file become one, of as many rows', () =>
  withTempFolder(async (folder) => {
    const parts = await Session.create({ splitRows: 1000 });
    const path = join(folder, 'joined.arrow');
    await parts.sql('SELECT id, CAST(id AS STRING) AS s FROM range(10000)').write.arrow(path);
    assert.equal(
      (await session.read.arrow(path).collect()).map(({ id, s }) => `${String(id)} ${String(s)}`),
      Array.from({ length: 10_000 }, (_, i) => `${i} ${i}`),
    );
    assert.is(tableFromIPC(readFileSync(path)).numRows, 10_000);
    await parts.close();
  }));

test('what lies where a boolean is null does not change its neighbours', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'booleans.arrow');
    const df = session.sql('SELECT id, CASE WHEN id % 3 = 0 THEN NULL ELSE id % 2 = 0 END AS b FROM range(3000)');
    await df.write.arrow(path);
    assert.equal(await session.read.arrow(path).collect(), await df.collect());
    const wrong = tableFromIPC(readFileSync(path))
      .toArray()
      .filter((row) => row.b !== (Number(row.id) % 3 === 0 ? null : Number(row.id) % 2 === 0));
    assert.is(wrong.length, 0);
  }));

test('decimals of few rows and of many, with nulls and negative ones', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'd.arrow');
    const df =
      session.sql(`SELECT id, CASE WHEN id % 5 = 0 THEN NULL ELSE CAST((id * 7919 % 20011 - 10000) * 1.0e11 AS decimal(18, 2)) END AS d,
      CAST(id % 101 - 50 AS decimal(12, 4)) AS e FROM range(20000)`);
    await df.write.arrow(path);
    const read = session.read.arrow(path);
    for (const condition of ['id % 3 > 0', 'id % 2 = 0', 'id % 3 = 0', 'id % 97 = 1', 'id % 7 = 0 AND d > 0', 'id = 19999'])
      assert.equal(await read.filter(condition).collect(), await df.filter(condition).collect(), condition);
  }));

test('where memory is short, record batches are smaller', () =>
  withTempFolder(async (folder) => {
    const engine = await Engine.create({ workers: 2, memory: '96m' });
    const small = await Session.create({ engine });
    const path = join(folder, 'wide.arrow');
    const wide = small.sql("SELECT id, repeat('abcdefghij', 60) AS s FROM range(200000)");
    assert.is(await wide.write.arrow(path), 200_000);
    assert.equal(await small.read.arrow(path).agg(sum('id').as('i'), count('s').as('n')).collect(), [
      { i: 19_999_900_000, n: 200_000 },
    ]);
    await small.close();
    await engine.close();
  }));

test('large record batches are read in parts, by tasks that begin anywhere', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'large.arrow');
    const df =
      session.sql(`SELECT id, CASE WHEN id % 3 = 0 THEN NULL ELSE id % 2 = 0 END AS b, CASE WHEN id % 7 = 0 THEN NULL ELSE concat('a text of number ', CAST(id AS STRING)) END AS s,
      CAST(id AS DECIMAL(12,2)) AS d, array(id, NULL, id + 1) AS l, named_struct('x', id, 'y', CAST(id AS STRING)) AS t FROM range(70001)`);
    await df.coalesce(1).write.arrow(path);
    const expected = (await df.collect()).map(shown);
    for (const splitRows of [1000, 30_000]) {
      const parts = await Session.create({ splitRows });
      assert.equal((await parts.read.arrow(path).collect()).map(shown), expected);
      await parts.close();
    }
  }));

test('the event loop has turns while a table is made, a stream is written, and either is read', async () => {
  const df = session
    .sql("SELECT id, id * 2 AS a, concat('row ', id) AS t, CAST(id AS decimal(12, 2)) AS d FROM range(1500000)")
    .cache();
  await df.count();
  const turnsOf = async <T>(work: () => Promise<T>): Promise<T> => {
    let turns = 0;
    let isOver = false;
    const turn = (): void => void (isOver || (turns++, setImmediate(turn)));
    setImmediate(turn);
    const result = await work();
    isOver = true;
    assert.ok(turns >= 4, `${turns} turns`);
    return result;
  };
  const table = await turnsOf(() => df.toArrow());
  assert.is(table.numRows, 1_500_000);
  const bytes = await turnsOf(() => bytesOf(df.toArrowStream({ compression: 'lz4' })));
  const read = await turnsOf(() => session.read.arrow(table));
  assert.equal(await read.agg(sum('d'), count('t')).collect(), await df.agg(sum('d'), count('t')).collect());
  assert.is(await session.read.arrow(bytes).count(), 1_500_000);
});

test('tables and batches of the copy that require() loads, and of copies that nobody has', async () => {
  const required = createRequire(import.meta.url)('apache-arrow') as typeof Arrow;
  const table = required.tableFromArrays({ a: [1, 2, 3], b: ['x', 'y', null] });
  const rows = [
    { a: 1, b: 'x' },
    { a: 2, b: 'y' },
    { a: 3, b: null },
  ];
  assert.equal(await (await session.read.arrow(table)).collect(), rows);
  async function* batches(): AsyncGenerator<RecordBatch> {
    yield* table.batches;
  }
  assert.equal(await (await session.read.arrow(batches())).collect(), rows);
  const foreign = Object.create(Object.prototype, Object.getOwnPropertyDescriptors(table)) as Table;
  for (const symbol of Object.getOwnPropertySymbols(required.Table.prototype))
    Object.defineProperty(foreign, symbol, { value: (required.Table.prototype as unknown as Record<symbol, unknown>)[symbol] });
  assert.ok(foreign instanceof (await import('apache-arrow')).Table);
  const message = await session.read.arrow(foreign).then(
    () => 'no error',
    (error: Error) => error.message,
  );
  assert.is(
    message,
    'This table was made by another copy of apache-arrow than the one that quern has (npm ls apache-arrow shows them). Give its bytes to read.arrow(): session.read.arrow(tableToIPC(table)).',
  );
});

test('a session that is closed while a table is read says so, and keeps nothing', async () => {
  const engine = await Engine.create({ workers: 0 });
  const other = await Session.create({ engine });
  const reading = other.read.arrow(await session.range(300_000).toArrow());
  await other.close();
  assert.is(
    await reading.then(
      () => 'no error',
      ({ code }: { code: string }) => code,
    ),
    'SESSION_CLOSED',
  );
  const next = await Session.create({ engine });
  assert.is(next.memory().domains.find(({ kind }) => kind === 'cache')!.used, 0);
  await engine.close();
});

test('a session does not end while a table is read into its memory, which another engine may have then', async () => {
  const table = await session.range(3_000_000).toArrow();
  const engine = await Engine.create({ workers: 0 });
  const other = await Session.create({ engine });
  let end = '';
  const reading = other.read.arrow(table).then(
    () => void (end = 'read'),
    ({ code }: { code: string }) => void (end = code),
  );
  const cached = (): number => other.memory().domains.find(({ kind }) => kind === 'cache')!.used;
  while (cached() === 0) await new Promise((resolve) => setImmediate(resolve));
  assert.is(end, '');
  await other.close();
  assert.is(end, 'SESSION_CLOSED');
  assert.is(cached(), 0);
  await reading;
  await engine.close();
});

test('a stream that nobody reads on ends', async () => {
  for await (const piece of session.range(1_000_000).toArrowStream()) {
    assert.ok(piece.length > 0);
    break;
  }
});

test('options that do not exist are refused', async () => {
  const failure = async (run: () => Promise<unknown>): Promise<string> =>
    run().then(
      () => '',
      (error: Error) => error.message,
    );
  assert.match(
    await failure(() => session.range(1).write.arrow('/nowhere/x.arrow', { compression: 'snappy' })),
    /^Option compression must be none, lz4 or zstd, not 'snappy'\./,
  );
  assert.match(
    await failure(() => session.range(1).write.arrow('/nowhere/x.arrow', { rows: 3 })),
    /^Writing Arrow files has no option "rows"\. Options: compression\./,
  );
});

test('damage is told with its place', async () => {
  const flat = readFileSync(projectPath('tests/golden/arrow/flat.arrow'));
  const failure = (bytes: Uint8Array): Error => {
    try {
      session.read.arrow(bytes);
    } catch (error) {
      return error as Error;
    }
    return new Error('nothing was thrown');
  };
  const cut = failure(flat.subarray(0, flat.length - 6));
  assert.instance(cut, DataError);
  assert.is(
    cut.message,
    `'bytes in memory' is damaged at byte ${flat.length - 12}: its last bytes are not 'ARROW1': it was not written to its end. Fetch or write the file again.`,
  );
  const long = Buffer.from(flat);
  long.writeInt32LE(1_000_000, long.length - 10);
  assert.is(
    failure(long).message,
    `'bytes in memory' is damaged at byte ${flat.length - 10}: the footer should have 1000000 bytes and the file has ${flat.length}. Fetch or write the file again.`,
  );
  await withTempFolder(async (folder) => {
    const path = join(folder, 'offsets.arrow');
    await session.sql("SELECT 'some text' AS s, 'more' AS t").write.arrow(path);
    const bytes = readFileSync(path);
    const offsets = bytes.indexOf(Buffer.from([0, 0, 0, 0, 9, 0, 0, 0]));
    bytes.writeInt32LE(-5, offsets + 4);
    writeFileSync(path, bytes);
    const error = await session.read
      .arrow(path)
      .collect()
      .then(
        () => undefined,
        (reason: Error) => reason,
      );
    assert.instance(error, DataError);
    assert.match(error!.message, /damaged at byte \d+: /);
  });
});

test.run();
