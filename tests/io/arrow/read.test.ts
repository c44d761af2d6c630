import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  Dictionary,
  Field,
  FixedSizeList,
  Int32,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Table,
  tableToIPC,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';
import * as assert from 'uvu/assert';
import { Session } from '../../../lib/index.js';
import { projectPath } from '../../support/paths.js';
import { suite } from '../../support/suite.js';
import { withTempFolder } from '../../support/temp-folder.js';

// Files of pyarrow 26, and what pyarrow says is in their first seven rows.

const test = suite('reading Arrow');
const folder = projectPath('tests/golden/arrow');
const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Record<string, readonly object[]>;

let session: Session;
test.before(async () => {
  session = await Session.create();
});
test.after(() => session.close());

for (const [name, rows] of Object.entries(expected)) {
  test(`${name} has the values that pyarrow wrote`, () =>
    withTempFolder(async (temp) => {
      const path = join(temp, 'out.json');
      await session.read.arrow(join(folder, name)).limit(rows.length).write.json(path);
      const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
      assert.equal(
        lines.map((line) => JSON.parse(line) as object),
        rows,
      );
    }));
}

test('types become those of the engine', () => {
  const types = session.read
    .arrow(join(folder, 'flat.arrow'))
    .schema.fields.map(
      ({ name, type }) => `${name} ${'precision' in type ? `${type.kind}(${type.precision},${type.scale})` : type.kind}`,
    );
  assert.equal(types, [
    'b boolean', 'i8 tinyint', 'i16 smallint', 'i32 int', 'i64 bigint', 'u8 smallint', 'u16 int', 'u32 bigint', 'u64 decimal(20,0)', 'f16 float', 'f32 float', 'f64 double',
    'd32 decimal(9,2)', 'd64 decimal(11,2)', 'd128 decimal(12,2)', 'd128w decimal(30,3)', 'd256 decimal(38,3)', 's string', 'ls string', 'sv string', 'bin binary', 'lbin binary',
    'binv binary', 'fb binary', 'date32 date', 'date64 date', 'ts_s timestamp_ntz', 'tz_s timestamp', 'du_s day_time_interval', 'ts_ms timestamp_ntz', 'tz_ms timestamp',
    'du_ms day_time_interval', 'ts_us timestamp_ntz', 'tz_us timestamp', 'du_us day_time_interval', 'ts_ns timestamp_ntz', 'tz_ns timestamp', 'du_ns day_time_interval',
    't32s bigint', 't32ms bigint', 't64us bigint', 't64ns bigint', 'nul null',
  ]); // prettier-ignore
});

test('exact 64-bit numbers stay exact', async () => {
  const [low, high] = await session.read.arrow(join(folder, 'flat.arrow')).select('i64', 'u64').take(2, { int64: 'bigint' });
  assert.is(low!['i64'], -(2n ** 63n));
  assert.is(high!['i64'], 2n ** 63n - 1n);
  assert.is(String(high!['u64']), '18446744073709551615');
});

test('rows are counted by the metadata, and filters see compressed bodies', async () => {
  for (const name of ['lz4.arrow', 'zstd.arrow']) {
    const read = session.read.arrow(join(folder, name));
    assert.is(await read.count(), 600);
    assert.is(await read.filter("s = 'text number 5 of a few' AND v IS NOT NULL").count(), 11);
  }
});

test('there may be anything in what is null', async () => {
  const codes = new Dictionary(new Utf8(), new Int32());
  const code = new Field('code', codes, true);
  const dictionary = vectorFromArray(['a'], new Utf8());
  const codesOf = (...data: number[]) =>
    makeData({ type: codes, length: data.length, nullCount: 0, data: Int32Array.from(data), dictionary });
  const [struct, list] = [new Struct([code]), new FixedSizeList(2, code)];
  const nulls = { length: 3, nullCount: 2, nullBitmap: Uint8Array.of(0b010) };
  const fields = [new Field('s', struct, true), new Field('l', list, true)];
  const data = makeData({
    type: new Struct(fields),
    length: 3,
    nullCount: 0,
    children: [
      makeData({ type: struct, ...nulls, children: [codesOf(7, 0, 9)] }),
      makeData({ type: list, ...nulls, child: codesOf(1, -1, 0, 0, 5, 2 ** 31 - 1) }),
    ],
  });
  const schema = new Schema(fields);
  const read = session.read.arrow(tableToIPC(new Table(schema, [new RecordBatch(schema, data)])));
  assert.equal(await read.collect(), [
    { s: null, l: null },
    { s: { code: 'a' }, l: ['a', 'a'] },
    { s: null, l: null },
  ]);
});

test('several files are one table, and their columns merge by name', async () => {
  const [flat, stream] = ['flat.arrow', 'stream.arrows'].map((name) => join(folder, name)) as [string, string];
  assert.is(await session.read.arrow([stream, flat]).filter('i32 IS NOT NULL').count(), 12);
  const merged = session.read.arrow([stream, join(folder, 'dictionary.arrow')], { mergeSchema: true });
  assert.is(await merged.filter("k8 = 'red'").count(), 3);
  assert.is(await merged.count(), 14);
});

test('what cannot be read is refused by name', () => {
  const failure = (name: string): string => {
    try {
      void session.read.arrow(join(folder, name)).schema;
      return '';
    } catch (error) {
      return (error as Error).message.replace(folder, '');
    }
  };
  assert.is(
    failure('run-end.arrow'),
    `Column "r" of '/run-end.arrow' cannot be read: it is run-end encoded. Write it in another way.`,
  );
  assert.is(failure('union.arrow'), `Column "u" of '/union.arrow' cannot be read: it is a union. Write it in another way.`);
  assert.is(
    failure('expected.json'),
    `'/expected.json' is neither an Arrow IPC file nor a stream: its first bytes are neither 'ARROW1' nor the length of a message.`,
  );
});

test('an option that does not exist is refused', () => {
  assert.throws(
    () => session.read.arrow(join(folder, 'flat.arrow'), { sep: ';' }).schema,
    /Reading Arrow has no option "sep"\. Options: mergeSchema\./,
  );
});

test('a schema that is given may be wider than the file, and nothing else', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'x.arrow');
    await session
      .sql(
        "SELECT 100000 AS i, CAST(5 AS BIGINT) AS b, 1.5D AS d, CAST(2.5 AS FLOAT) AS f, TIMESTAMP '2024-01-01 00:00:00' AS t, DATE '2024-01-01' AS day",
      )
      .write.arrow(path);
    const read = (schema: string): Promise<readonly object[]> => session.read.schema(schema).arrow(path).collect();
    assert.equal(await read('i bigint, b decimal(20,0), d double, f double, day timestamp'), [
      { i: 100000, b: '5', d: 1.5, f: 2.5, day: new Date('2024-01-01') },
    ]);
    assert.equal(await read('i decimal(12,2), b double'), [{ i: '100000.00', b: 5 }]);
    for (const [schema, name, found, wanted] of [
      ['i smallint', 'i', 'int', 'smallint'],
      ['i date', 'i', 'int', 'date'],
      ['i decimal(5,2)', 'i', 'int', 'decimal(5,2)'],
      ['b timestamp', 'b', 'bigint', 'timestamp'],
      ['d float', 'd', 'double', 'float'],
      ['t bigint', 't', 'timestamp', 'bigint'],
    ] as const) {
      const error = await read(schema).then(
        () => new Error('nothing was thrown'),
        (caught: Error) => caught,
      );
      assert.is(
        error.message,
        `Column "${name}" of '${path}' cannot be read: it is ${found} there, and ${wanted} is wanted. Write it in another way.`,
      );
    }
  }));

test.run();
