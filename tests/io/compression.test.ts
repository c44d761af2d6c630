import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as zlib from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import * as assert from 'uvu/assert';
import { DataError, Engine } from '../../lib/index.js';
import { seededRandom } from '../support/random.js';
import { withSessionOf } from '../support/session.js';
import { suite } from '../support/suite.js';
import { withTempFolder } from '../support/temp-folder.js';
import { zstdFrame } from './block-files.js';

const test = suite('compression');
let engine: Engine;
test.before(async () => {
  engine = await Engine.create({ workers: 2 });
});
test.after(() => engine.close());

/** The same byte over and over: a block of four bytes for 128 KiB of text. */
function zstdRun(blocks: number): Buffer {
  const head = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58]);
  const size = 128 * 1024;
  const block = (last: number): Buffer => {
    const word = (size << 3) | 2 | last;
    return Buffer.from([word & 255, (word >> 8) & 255, word >> 16, 0x61]);
  };
  return Buffer.concat([head, ...Array.from({ length: blocks }, (_, i) => block(i === blocks - 1 ? 1 : 0))]);
}

const CODECS: readonly { readonly ending: string; readonly name: string; readonly compress: (data: Uint8Array) => Buffer }[] = [
  { ending: 'gz', name: 'gzip', compress: (data) => zlib.gzipSync(data) },
  {
    ending: 'br',
    name: 'brotli',
    compress: (data) => zlib.brotliCompressSync(data, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 4 } }),
  },
  { ending: 'zst', name: 'zstd', compress: zstdFrame },
];

async function errorOf(work: () => Promise<unknown>): Promise<Error> {
  try {
    await work();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}

/** Rows as CSV with quotes and line ends in fields, and as JSON lines. */
function table(rows: number): { readonly csv: string; readonly json: string; readonly values: object[] } {
  const random = seededRandom('table');
  const values = Array.from({ length: rows }, (_, id) => ({
    id,
    text: random.pick(['x', 'a "quoted" one', 'two\nlines', 'é€😀', 'comma, comma', 'z'.repeat(random.below(300))]),
    number: random.below(1000) / 8,
  }));
  const cell = (value: unknown): string => (typeof value === 'string' ? `"${value.replaceAll('"', '""')}"` : String(value));
  return {
    csv: `id,text,number\n${values.map(({ id, text, number }) => `${id},${cell(text)},${number}\n`).join('')}`,
    json: values.map((row) => `${JSON.stringify(row)}\n`).join(''),
    values,
  };
}

test(
  'compressed files have the rows of what they were made of, in pieces of every size',
  () =>
    withTempFolder(async (folder) => {
      const { csv, json, values } = table(3000);
      for (const { ending, compress } of CODECS) {
        writeFileSync(join(folder, `x.csv.${ending}`), compress(Buffer.from(csv)));
        writeFileSync(join(folder, `x.jsonl.${ending}`), compress(Buffer.from(json)));
        for (const sizes of [{}, { splitBytes: 100, batchRows: 16 }, { splitBytes: 20_000 }]) {
          await withSessionOf(engine, sizes, async (session) => {
            for (const path of [join(folder, `x.csv.${ending}`), join(folder, `x.jsonl.${ending}`)]) {
              const df = session.read.load(path).select('id', 'text', 'number');
              assert.equal(await df.collect(), values, path);
              assert.is(await df.count(), values.length, path);
              assert.is(await session.sql(`SELECT id FROM '${path}' LIMIT 5`).count(), 5);
              assert.equal(await session.sql(`SELECT sum(id) AS s FROM '${path}' WHERE number > 100`).collect(), [
                {
                  s: values.reduce(
                    (sum, row) => sum + ((row as { number: number }).number > 100 ? (row as { id: number }).id : 0),
                    0,
                  ),
                },
              ]);
            }
          });
        }
      }
    }),
  { timeoutMs: 100_000 },
);

test('several members, several files, the option instead of the name', () =>
  withTempFolder(async (folder) => {
    const line = (id: number): Buffer => Buffer.from(`{"id":${id}}\n`);
    const members = Array.from({ length: 200 }, (_, id) => zlib.gzipSync(line(id)));
    // Zeros at the end are padding, as on tapes.
    writeFileSync(join(folder, 'a.jsonl.gz'), Buffer.concat([...members, Buffer.alloc(1000)]));
    writeFileSync(join(folder, 'b.jsonl.zst'), Buffer.concat([zstdFrame(line(200)), zstdFrame(line(201))]));
    writeFileSync(join(folder, 'c.jsonl'), line(202));
    const odd = join(folder, 'odd.bin');
    writeFileSync(odd, zlib.gzipSync('a;b\n1;2\n'));
    await withSessionOf(engine, {}, async (session) => {
      const rows = await session.read.json(`${folder}/*.jsonl*`).collect();
      assert.equal(
        rows.map(({ id }) => id),
        Array.from({ length: 203 }, (_, id) => id),
      );
      assert.equal(await session.read.csv(odd, { compression: 'gzip' }).collect(), [{ a: 1, b: 2 }]);
      assert.is(
        (await errorOf(() => session.read.csv(odd, { compression: 'lzo' }).collect())).message,
        "Option compression must be one of AUTO, NONE, UNCOMPRESSED, GZIP, ZSTD, BROTLI, not 'lzo'.",
      );
      assert.equal(
        await session.read
          .schema('a string')
          .json(`${folder}/a.jsonl.gz`, { compression: 'none', mode: 'DROPMALFORMED' })
          .collect(),
        [],
      );
    });
  }));

test('documents, header only, nothing at all', () =>
  withTempFolder(async (folder) => {
    await withSessionOf(engine, { splitBytes: 50 }, async (session) => {
      for (const { ending, compress } of CODECS) {
        const path = (name: string, text: string): string => {
          writeFileSync(join(folder, `${name}.${ending}`), compress(Buffer.from(text)));
          return join(folder, `${name}.${ending}`);
        };
        const rows = Array.from({ length: 100 }, (_, a) => ({ a }));
        assert.equal(await session.read.json(path('x.json', JSON.stringify(rows, null, 1))).collect(), rows);
        assert.equal(await session.read.schema('a int').json(path('e.json', '')).collect(), []);
        assert.equal(await session.read.csv(path('h.csv', 'a,b')).collect(), []);
        assert.equal(await session.read.csv(path('l.csv', 'a,b\n1,2')).collect(), [{ a: 1, b: 2 }]);
        assert.equal(await session.read.csv(path('r.csv', 'a,b\r\n1,2\r\n\r\n3,4\r\n')).collect(), [
          { a: 1, b: 2 },
          { a: 3, b: 4 },
        ]);
      }
    });
  }));

test(
  'damaged files are errors that name them, wherever they are cut',
  () =>
    withTempFolder(async (folder) => {
      const { csv } = table(2000);
      for (const { ending, name, compress } of CODECS) {
        const whole = compress(Buffer.from(csv));
        const path = join(folder, `x.csv.${ending}`);
        const check = async (bytes: Buffer, what: string): Promise<void> => {
          writeFileSync(path, bytes);
          await withSessionOf(engine, {}, async (session) => {
            const error = (await errorOf(() =>
              session.read.schema('id bigint, text string, number double').csv(path, { header: true }).collect(),
            )) as DataError;
            assert.instance(error, DataError, `${what}: ${error.stack}`);
            assert.is(error.code, 'DAMAGED_COMPRESSED_FILE', what);
            assert.match(error.message, `'${path}' is no whole ${name} file: `);
          });
        };
        for (const part of [0.001, 0.1, 0.5, 0.9, 0.999])
          await check(whole.subarray(0, Math.floor(whole.length * part) + 1), `cut at ${part}`);
        await check(Buffer.concat([whole, Buffer.from('garbage behind it')]), 'garbage behind it');
        await check(Buffer.from(csv), 'not compressed');
        assert.ok(name.length > 0);
      }
    }),
  { timeoutMs: 100_000 },
);

test('an error in the text tells line and byte of the text', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'x.jsonl.gz');
    writeFileSync(path, zlib.gzipSync('{"a":1}\n{"a":2}\n{"a":\n'));
    await withSessionOf(engine, {}, async (session) => {
      assert.is(
        (await errorOf(() => session.read.schema('a int').json(path, { mode: 'FAILFAST' }).collect())).message,
        `Malformed JSON record in '${path}', line 3, byte 16: a value was expected at character 6 of it. The record is '{"a":'.`,
      );
    });
  }));

test(
  'bombs end in an error',
  () =>
    withTempFolder(async (folder) => {
      const bombs: [string, Buffer][] = [
        ['x.csv.gz', zlib.gzipSync(Buffer.alloc(200 * 1024 * 1024, 'a'))],
        ['x.json.zst', zstdRun(5000)],
      ];
      for (const [name, bytes] of bombs) {
        const path = join(folder, name);
        writeFileSync(path, bytes);
        await withSessionOf(engine, {}, async (session) => {
          const error = (await errorOf(() => session.read.schema('a string').load(path).collect())) as DataError;
          assert.instance(error, DataError);
          assert.is(error.code, 'ROW_TOO_LARGE');
        });
      }
      const path = join(folder, 'y.csv.zst');
      const lines = zstdRun(5000);
      for (let i = 0; i < lines.length; i++) if (lines[i] === 0x61) lines[i] = 0x0a;
      writeFileSync(path, lines);
      await withSessionOf(engine, {}, async (session) => {
        const error = (await errorOf(() => session.read.schema('a string').csv(path).count())) as DataError;
        assert.instance(error, DataError);
        assert.is(error.code, 'DECOMPRESSION_BOMB');
      });
    }),
  { timeoutMs: 60_000 },
);

test(
  'what DuckDB compresses',
  () =>
    withTempFolder(async (folder) => {
      const duck = await DuckDBInstance.create(':memory:', { threads: '1' });
      const connection = await duck.connect();
      const select =
        "SELECT range AS id, 'row ' || range AS name, range % 7 = 0 AS flag, range * 1.5::double AS d FROM range(50000)";
      for (const name of ['x.csv.gz', 'x.csv.zst', 'x.json.gz', 'x.json.zst'])
        await connection.run(`COPY (${select}) TO '${join(folder, name)}' (FORMAT ${name.includes('csv') ? 'csv' : 'json'})`);
      connection.closeSync();
      duck.closeSync();
      await withSessionOf(engine, {}, async (session) => {
        for (const name of ['x.csv.gz', 'x.csv.zst', 'x.json.gz', 'x.json.zst']) {
          const path = join(folder, name);
          const sums = await session
            .sql(
              `SELECT count(*) AS n, sum(id) AS i, sum(d) AS d, max(name) AS m, sum(CASE WHEN flag THEN 1 ELSE 0 END) AS f FROM '${path}'`,
            )
            .collect();
          assert.equal(sums, [{ n: 50_000, i: 1_249_975_000, d: 1_874_962_500, m: 'row 9999', f: 7143 }], name);
        }
      });
    }),
  { timeoutMs: 60_000 },
);

test.run();
