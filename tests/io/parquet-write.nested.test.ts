import { join } from 'node:path';
import { DuckDBListValue, DuckDBMapValue, DuckDBStructValue } from '@duckdb/node-api';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import * as T from '../../lib/core/types/data-type.js';
import type { DataType } from '../../lib/core/types/data-type.js';
import { decimalText } from '../../lib/core/types/javascript-values.js';
import { nestedTypes, objectOf } from '../support/nested.js';
import { defaultSeed, seededRandom, type Random } from '../support/random.js';
import { suite } from '../support/suite.js';
import { withTempFolder } from '../support/temp-folder.js';
import { cellText, quietRandom, randomCell } from './parquet-cells.js';
import { withDuckDB } from '../support/duckdb.js';
import { writeParquet, type Options } from './parquet-files.js';

const test = suite('parquet writing: nested');

/** A value, and how it is written down to be compared. */
interface Cell {
  readonly value: unknown;
  readonly text: string;
}

const NONE: Cell = { value: null, text: 'null' };

function cellOf(type: DataType, random: Random, nullable = true): Cell {
  if (nullable && random.bool(0.25)) return NONE;
  switch (type.kind) {
    case 'array': {
      const items = cellsOf(type.element, random, random.pick([0, 1, 2, 3, 70]), type.containsNull);
      return { value: items.map(({ value }) => value), text: `[${items.map(({ text }) => text).join(',')}]` };
    }
    case 'map': {
      const keys = new Map(cellsOf(type.key, random, random.below(4), false).map((cell) => [cell.text, cell]));
      const entries = [...keys.values()].map((key) => [key, cellOf(type.value, random, type.valueContainsNull)] as const);
      return {
        value: new Map(entries.map(([key, value]) => [key.value, value.value])),
        text: `{${entries.map(([key, value]) => `${key.text}=>${value.text}`).join(',')}}`,
      };
    }
    case 'struct': {
      const members = type.fields.map((field) => cellOf(field.type, random, field.nullable));
      return {
        value: objectOf(
          type,
          members.map(({ value }) => value),
        ),
        text: `(${members.map(({ text }) => text).join(',')})`,
      };
    }
    default:
      return flatCell(type, random);
  }
}

function cellsOf(type: DataType, random: Random, count: number, nullable: boolean): Cell[] {
  return Array.from({ length: count }, () => cellOf(type, random, nullable));
}

function flatCell(type: DataType, random: Random): Cell {
  const literal = randomCell(type, random);
  const text = cellText(literal);
  if (type.kind === 'date') return { value: new Date((literal as number) * 86_400_000), text };
  if (type.kind === 'decimal') return { value: decimalText(literal as bigint, type.scale), text };
  if (type.kind === 'timestamp') {
    const millis = (literal as bigint) / 1000n;
    return { value: new Date(Number(millis)), text: String(millis * 1000n) };
  }
  return { value: literal, text };
}

/** A value as DuckDB gives it. */
function duckText(value: unknown): string {
  if (value instanceof DuckDBListValue) return `[${value.items.map(duckText).join(',')}]`;
  if (value instanceof DuckDBMapValue)
    return `{${value.entries.map((entry) => `${duckText(entry.key)}=>${duckText(entry.value)}`).join(',')}}`;
  if (value instanceof DuckDBStructValue) return `(${Object.values(value.entries).map(duckText).join(',')})`;
  return cellText(value);
}

/** The type with field names of which DuckDB's JavaScript objects keep the order, and which they have at all (`__proto__`). */
function plainNames(type: DataType): DataType {
  switch (type.kind) {
    case 'array':
      return T.array(plainNames(type.element), type.containsNull);
    case 'map':
      return T.map(plainNames(type.key), plainNames(type.value), type.valueContainsNull);
    case 'struct':
      return T.struct(type.fields.map((field, i) => T.field(`f${i}`, plainNames(field.type), field.nullable)));
    default:
      return type;
  }
}

const optionSets: fc.Arbitrary<Options> = fc.record(
  {
    rowGroupRows: fc.constantFrom('1000', '33'),
    'parquet.page.row.count.limit': fc.constantFrom('20000', '7'),
    'parquet.page.size': fc.constantFrom('1048576', '200'),
    'parquet.enable.dictionary': fc.constantFrom('true', 'false'),
    'parquet.dictionary.page.size': fc.constantFrom('1048576', '128'),
    'parquet.bloom.filter.enabled': fc.constantFrom('true', 'false'),
  },
  { requiredKeys: [] },
);

const tables = fc.record({
  types: fc.array(nestedTypes.map(plainNames), { minLength: 1, maxLength: 3 }),
  rows: fc.integer({ min: 0, max: 120 }),
  nullable: fc.boolean(),
  seed: fc.integer({ min: 0, max: 2 ** 31 }),
});

test(
  'DuckDB reads generated nested columns',
  () =>
    withTempFolder((folder) =>
      withDuckDB(async (connection) => {
        let file = 0;
        await fc.assert(
          fc.asyncProperty(tables, optionSets, async ({ types, rows, nullable, seed }, options) => {
            const random = quietRandom(seed);
            const columns = types.map((type) => cellsOf(type, random, rows, nullable));
            const path = join(folder, `${file++}.parquet`);
            const table = T.schema([T.field('n', T.INT), ...types.map((type, c) => T.field(`c${c}`, type, nullable))]);
            writeParquet(
              path,
              table,
              Array.from({ length: rows }, (_, row) => [row, ...columns.map((column) => column[row]!.value)]),
              options,
            );
            const reader = await connection.runAndReadAll(`SELECT * FROM read_parquet('${path}')`);
            const read = reader.getRows();
            assert.is(read.length, rows);
            read.forEach((cells, row) => {
              assert.equal(cells.map(duckText), [String(row), ...columns.map((column) => column[row]!.text)], `row ${row}`);
            });
          }),
          { seed: defaultSeed(), numRuns: 50, interruptAfterTimeLimit: 15_000 },
        );
      }),
    ),
  { timeoutMs: 90_000 },
);

test('field names may be anything', () =>
  withTempFolder((folder) =>
    withDuckDB(async (connection) => {
      const names = ['__proto__', '0', 'with space', 'a.b', 'naïve', '"'];
      const type = T.struct(names.map((name) => T.field(name, T.STRING)));
      const path = join(folder, 'a.parquet');
      writeParquet(path, T.schema([T.field('__proto__', type)]), [[objectOf(type, names)]]);
      const members = names.map((name) => `"__proto__"['${name}']`).join(', ');
      const reader = await connection.runAndReadAll(`SELECT ${members} FROM read_parquet('${path}')`);
      assert.equal(reader.getRows(), [names]);
    }),
  ));

test('values larger than the room for a piece, in pages that begin with a row', () =>
  withTempFolder((folder) =>
    withDuckDB(async (connection) => {
      const random = seededRandom('large');
      const type = T.array(T.struct([T.field('b', T.BOOLEAN), T.field('s', T.array(T.STRING))]));
      const cells = [3, 20_000, 0, 7, 9_000].map((count) => {
        const items = cellsOf(type.element, random, count, true);
        return { value: items.map(({ value }) => value), text: `[${items.map(({ text }) => text).join(',')}]` };
      });
      const path = join(folder, 'a.parquet');
      writeParquet(
        path,
        T.schema([T.field('a', type)]),
        cells.map(({ value }) => [value]),
      );
      const reader = await connection.runAndReadAll(`SELECT a FROM read_parquet('${path}')`);
      reader.getRows().forEach(([value], row) => assert.is(duckText(value), cells[row]!.text, `row ${row}`));
    }),
  ));

test.run();
