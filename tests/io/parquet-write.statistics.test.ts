import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import * as assert from 'uvu/assert';
import * as T from '../../lib/core/types/data-type.js';
import { ThriftTree, type ThriftList, type ThriftStruct } from '../../lib/io/parquet/write/thrift-tree.js';
import { suite } from '../support/suite.js';
import { withTempFolder } from '../support/temp-folder.js';
import { cellText } from './parquet-cells.js';
import { withDuckDB } from '../support/duckdb.js';
import { encodeParquet, writeParquet } from './parquet-files.js';

const test = suite('parquet writing: statistics');

async function query(connection: DuckDBConnection, sql: string): Promise<string[][]> {
  const reader = await connection.runAndReadAll(sql);
  return reader.getRows().map((row) => row.map(cellText));
}

test('least and greatest values, whether they are exact, and how many are null', () =>
  withTempFolder((folder) =>
    withDuckDB(async (connection) => {
      const long = 'x'.repeat(63);
      const columns: readonly (readonly [string, T.DataType, readonly unknown[]])[] = [
        ['boolean', T.BOOLEAN, [true, true, null]],
        ['tiny', T.TINYINT, [-128, 127, 0]],
        ['int', T.INT, [-5, 3, null]],
        ['bigint', T.BIGINT, [-(2n ** 63n), 2n ** 63n - 1n, 0n]],
        ['zeros', T.DOUBLE, [-0, 0, 0]],
        ['nan', T.DOUBLE, [Number.NaN, 1.5, -2.5]],
        ['all nan', T.DOUBLE, [Number.NaN, Number.NaN, null]],
        ['float', T.FLOAT, [Number.NaN, Infinity, -0.5]],
        ['small decimal', T.decimal(4, 2), [-125n, 5n, 0n]],
        ['decimal', T.decimal(18, 2), [-12345678901n, 5n, 0n]],
        ['large decimal', T.decimal(30, 1), [-(10n ** 25n), 10n ** 25n, null]],
        ['date', T.DATE, [-1, 20_000, 0]],
        ['timestamp', T.TIMESTAMP, [-1n, 1_700_000_000_000_001n, null]],
        ['nothing', T.STRING, [null, null, null]],
        ['text', T.STRING, ['b', 'ü', 'a']],
        ['unsigned', T.BINARY, [Buffer.from([0x7f]), Buffer.from([0x80]), null]],
        ['cut', T.STRING, [`${long}b1`, `${long}c1`, null]],
        // The last character does not fit whole, and of the highest one there is no next.
        ['cut text', T.STRING, [`${long}ü`, `${long.slice(1)}\u{10ffff}z`, null]],
        ['highest', T.BINARY, [Buffer.alloc(100, 255), Buffer.alloc(65, 255), Buffer.alloc(70, 1)]],
      ];
      const path = join(folder, 'a.parquet');
      writeParquet(
        path,
        T.schema(columns.map(([name, type]) => T.field(name, type))),
        [0, 1, 2].map((row) => columns.map(([, , values]) => values[row])),
      );
      const rows = await query(
        connection,
        `SELECT path_in_schema, stats_min_value::VARCHAR, stats_max_value::VARCHAR, stats_null_count, min_is_exact, max_is_exact
         FROM parquet_metadata('${path}') ORDER BY column_id`,
      );
      const cut = `${long.slice(1)}`;
      assert.equal(
        rows.map((row) => row.join(' ')),
        [
          '"boolean" "true" "true" 1 true true',
          '"tiny" "-128" "127" 0 true true',
          '"int" "-5" "3" 1 true true',
          '"bigint" "-9223372036854775808" "9223372036854775807" 0 true true',
          '"zeros" "-0.0" "0.0" 0 true true',
          '"nan" "-2.5" "1.5" 0 true true',
          '"all nan" null null 1 null null',
          // DuckDB shows no infinite ones.
          '"float" "-0.5" null 0 true true',
          '"small decimal" "-1.25" "0.05" 0 true true',
          '"decimal" "-123456789.01" "0.05" 0 true true',
          '"large decimal" "-1000000000000000000000000.0" "1000000000000000000000000.0" 1 true true',
          '"date" "1969-12-31" "2024-10-04" 0 true true',
          '"timestamp" "1969-12-31 23:59:59.999999+00" "2023-11-14 22:13:20.000001+00" 1 true true',
          '"nothing" null null 3 null null',
          '"text" "a" "ü" 0 true true',
          `"unsigned" ${JSON.stringify('\\x7F')} ${JSON.stringify('\\x80')} 1 true true`,
          `"cut" "${long}b" "${long}d" 1 false false`,
          `"cut text" "${long}" "${cut.slice(0, -1)}y" 1 false false`,
          `"highest" ${JSON.stringify('\\x01'.repeat(64))} ${JSON.stringify('\\xFF'.repeat(100))} 0 false true`,
        ],
      );
    }),
  ));

test('row groups that a filter cannot match are not read', () =>
  withTempFolder((folder) =>
    withDuckDB(async (connection) => {
      const path = join(folder, 'a.parquet');
      writeParquet(
        path,
        T.schema([T.field('i', T.INT), T.field('s', T.STRING)]),
        Array.from({ length: 10_000 }, (_, i) => [i, `text ${String(i).padStart(6, '0')}`]),
        { rowGroupRows: '1000' },
      );
      for (const filter of ['i = 4321', "s = 'text 004321'"]) {
        const [[, plan]] = await query(connection, `EXPLAIN ANALYZE SELECT * FROM read_parquet('${path}') WHERE ${filter}`);
        assert.match(plan!, /Row Groups? Scanned|Total Files Read|READ_PARQUET/i);
        assert.equal(await query(connection, `SELECT count(*) FROM read_parquet('${path}') WHERE ${filter}`), [['1']]);
      }
    }),
  ));

test('Bloom filters exclude what is not there and nothing that is', () =>
  withTempFolder((folder) =>
    withDuckDB(async (connection) => {
      const path = join(folder, 'a.parquet');
      const columns: readonly (readonly [string, T.DataType, (i: number) => unknown, (i: number) => string])[] = [
        ['int', T.INT, (i) => i * 3, (i) => `${i * 3}`],
        ['bigint', T.BIGINT, (i) => BigInt(i) * 10n ** 12n, (i) => `${BigInt(i) * 10n ** 12n}::BIGINT`],
        ['double', T.DOUBLE, (i) => i / 8, (i) => `${i / 8}::DOUBLE`],
        ['float', T.FLOAT, (i) => i / 8, (i) => `${i / 8}::FLOAT`],
        ['short', T.STRING, (i) => `k${i}`, (i) => `'k${i}'`],
        [
          'long',
          T.STRING,
          (i) => `a key that is longer than a lane of 32 bytes ${i}`,
          (i) => `'a key that is longer than a lane of 32 bytes ${i}'`,
        ],
        ['coded', T.STRING, (i) => `c${i % 100}`, (i) => `'c${i % 100}'`],
      ];
      writeParquet(
        path,
        T.schema(columns.map(([name, type]) => T.field(name, type))),
        Array.from({ length: 3000 }, (_, i) => columns.map(([, , value]) => (i % 7 === 3 ? null : value(i)))),
        {
          rowGroupRows: '1500',
          bloomFilter: 'int, bigint,DOUBLE,float,short,long',
          'parquet.bloom.filter.enabled#coded': 'true',
        },
      );
      for (const [name, , , literal] of columns) {
        const probe = (value: string): Promise<string[][]> =>
          query(
            connection,
            `SELECT bloom_filter_excludes FROM parquet_bloom_probe('${path}', '${name}', ${value}) ORDER BY row_group_id`,
          );
        for (const i of [0, 1, 700, 1498, 1500, 2998]) {
          const excluded = await probe(literal(i));
          assert.is(excluded[i < 1500 ? 0 : 1]![0], 'false', `${name} ${i}`);
        }
        let wrong = 0;
        for (let i = 10_000; i < 10_050; i++) {
          if (name === 'coded') continue;
          for (const [excludes] of await probe(literal(i))) if (excludes === 'false') wrong++;
        }
        assert.ok(wrong < 10, `${name}: ${wrong} of 100 are not excluded`);
      }
      const sizes = await query(
        connection,
        `SELECT DISTINCT path_in_schema, bloom_filter_length FROM parquet_metadata('${path}') WHERE row_group_id = 0`,
      );
      // 1,285 values need 2 KiB for one wrong answer in a hundred; 100 need 128 bytes.
      assert.equal(Object.fromEntries(sizes.map(([name, bytes]) => [JSON.parse(name!) as string, Number(bytes) >>> 7])), {
        int: 16,
        bigint: 16,
        double: 16,
        float: 16,
        short: 16,
        long: 16,
        coded: 1,
      });
    }),
  ));

/** Metadata of a file by field ids. */
function footerOf(file: Buffer): ThriftStruct {
  const length = file.readUInt32LE(file.length - 8);
  return ThriftTree.parse(file.subarray(file.length - 8 - length, file.length - 8));
}

const structs = (of: ThriftStruct, id: number): ThriftStruct[] => (of.get(id)!.value as ThriftList).items as ThriftStruct[];
const items = <V>(of: ThriftStruct, id: number): V[] => (of.get(id)!.value as ThriftList).items as V[];
const number = (of: ThriftStruct, id: number): number => of.get(id)!.value as number;

test('the page index says where pages begin, with which row, and what is in them', () => {
  const values = Array.from({ length: 95 }, (_, i) =>
    i >= 20 && i < 30 ? null : i % 9 === 0 ? null : BigInt((i * 37) % 50) - 10n,
  );
  const file = encodeParquet(
    T.schema([T.field('up', T.INT, false), T.field('v', T.BIGINT), T.field('down', T.STRING)]),
    values.map((value, i) => [i, value, `s${199 - i}`]),
    {
      rowGroupRows: '50',
      'parquet.page.row.count.limit': '10',
      compression: 'uncompressed',
      'parquet.enable.dictionary': 'false',
    },
  );
  let groupRow = 0;
  for (const group of structs(footerOf(file), 4)) {
    const rows = number(group, 3);
    const orders: number[] = [];
    for (const [c, chunk] of structs(group, 1).entries()) {
      const pages = ThriftTree.parse(file.subarray(number(chunk, 4), number(chunk, 4) + number(chunk, 5)));
      const index = ThriftTree.parse(file.subarray(number(chunk, 6), number(chunk, 6) + number(chunk, 7)));
      const locations = structs(pages, 1);
      assert.equal(
        locations.map((page) => number(page, 3)),
        Array.from({ length: Math.ceil(rows / 10) }, (_, p) => p * 10),
      );
      orders.push(number(index, 4));
      let at = number(chunk.get(3)!.value as ThriftStruct, 9);
      for (const [p, page] of locations.entries()) {
        assert.is(number(page, 1), at);
        at += number(page, 2);
        if (c !== 1) continue;
        const inside = values.slice(groupRow + p * 10, groupRow + Math.min(rows, p * 10 + 10)).filter((value) => value !== null);
        const sorted = inside.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
        const nulls = Math.min(10, rows - p * 10) - inside.length;
        assert.is(items<number>(index, 5)[p], nulls);
        assert.is(items<boolean>(index, 1)[p], inside.length === 0);
        const [least, greatest] = [2, 3].map((id) => Buffer.from(items<Uint8Array>(index, id)[p]!));
        if (inside.length === 0) {
          assert.is(least!.length + greatest!.length, 0);
        } else {
          assert.is(least!.readBigInt64LE(), sorted[0]);
          assert.is(greatest!.readBigInt64LE(), sorted.at(-1));
        }
        // The page's last bytes are its values.
        const stored = file.subarray(at - inside.length * 8, at);
        assert.equal(
          inside.map((_, i) => stored.readBigInt64LE(i * 8)),
          inside,
        );
      }
    }
    assert.equal(orders, [1, 0, 2]);
    groupRow += rows;
  }
  assert.is(groupRow, 95);
});

test('a chunk with a page of NaN alone has no column index', () => {
  const file = encodeParquet(T.schema([T.field('d', T.DOUBLE)]), [[Number.NaN], [1]], { 'parquet.page.row.count.limit': '1' });
  const [group] = structs(footerOf(file), 4);
  const [chunk] = structs(group!, 1);
  assert.ok(chunk!.has(4));
  assert.not(chunk!.has(6));
});

test.run();
