import fc from 'fast-check';

/** A generated table `t`: its rows for quern, and statements that make it in DuckDB. */
export interface Table {
  readonly rows: readonly (readonly (string | number | boolean | bigint | null)[])[];
}

/** k is a key; x has NaN and infinities, y has not. */
export const COLUMNS = [
  { name: 'k', type: 'int', duck: 'INTEGER' },
  { name: 'i', type: 'int', duck: 'INTEGER' },
  { name: 'l', type: 'bigint', duck: 'BIGINT' },
  { name: 'x', type: 'double', duck: 'DOUBLE' },
  { name: 'y', type: 'double', duck: 'DOUBLE' },
  { name: 'm', type: 'decimal(12,2)', duck: 'DECIMAL(12,2)' },
  { name: 's', type: 'string', duck: 'VARCHAR' },
  { name: 'd', type: 'date', duck: 'DATE' },
  { name: 'b', type: 'boolean', duck: 'BOOLEAN' },
] as const;

export const SCHEMA = COLUMNS.map(({ name, type }) => `${name} ${type}`).join(', ');
const NULL_SHARE = 6;
const ROWS_MAX = 60;

const nullable = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(values, { freq: NULL_SHARE });
const day = (from: number, to: number): fc.Arbitrary<string> =>
  fc.integer({ min: from, max: to }).map((days) => new Date(days * 86_400_000).toISOString().slice(0, 10));

const TEXTS = [
  '',
  'a',
  'ab',
  'abc',
  'B',
  'banana',
  ' pad ',
  "it's",
  'say "x"',
  'two\nlines',
  'naïve',
  '日本語テキスト',
  '😀 and a longer text',
  '100%',
  'a_b',
];

const row = fc.tuple(
  nullable(fc.oneof(fc.integer({ min: -5, max: 5 }), fc.integer({ min: -1_000_000, max: 1_000_000 }))),
  nullable(fc.oneof(fc.bigInt({ min: -9n, max: 9n }), fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }))),
  nullable(fc.constantFrom(0, -0, 1, -1.5, 0.1, 1e300, -1e-300, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY)),
  nullable(
    fc.oneof(
      fc.constantFrom(0, 0.5, -0.25, 100),
      fc.integer({ min: -1e6, max: 1e6 }).map((n) => n / 8),
    ),
  ),
  nullable(fc.integer({ min: -99_999, max: 99_999 }).map((n) => (n / 100).toFixed(2))),
  nullable(fc.oneof(fc.constantFrom(...TEXTS), fc.string({ maxLength: 20, unit: 'grapheme-ascii' }))),
  nullable(fc.oneof(day(0, 40), day(-20_000, 30_000))),
  nullable(fc.boolean()),
);

export const table: fc.Arbitrary<Table> = fc
  .array(row, { maxLength: ROWS_MAX })
  .map((rows) => ({ rows: rows.map((values, k) => [k, ...values]) }));

/** Rows as objects, for createDataFrame. */
export function objectsOf({ rows }: Table): Record<string, unknown>[] {
  return rows.map((row) => Object.fromEntries(row.map((value, c) => [COLUMNS[c]!.name, value])));
}

export function statementsOf({ rows }: Table): string[] {
  const create = `CREATE OR REPLACE TABLE t (${COLUMNS.map(({ name, duck }) => `${name} ${duck}`).join(', ')})`;
  if (rows.length === 0) return [create];
  const values = rows.map((row) => `(${row.map((value, c) => literal(value, COLUMNS[c]!.duck)).join(', ')})`);
  return [create, `INSERT INTO t VALUES ${values.join(', ')}`];
}

function literal(value: Table['rows'][number][number], type: string): string {
  if (value === null) return 'NULL';
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'::${type}`;
  if (typeof value === 'number' && type === 'DOUBLE') return `'${Object.is(value, -0) ? '-0.0' : String(value)}'::DOUBLE`;
  return String(value);
}
