import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { Engine, Session } from '../../../lib/index.js';
import { sharedPath } from '../../support/paths.js';
import { suite } from '../../support/suite.js';
import { matches } from './json-values.js';

const corpora = sharedPath('corpora/parquet');
const test = suite('parquet corpora');
let engine: Engine;
test.before(async () => {
  engine = await Engine.create({ workers: 0 });
});
test.after(() => engine.close());

interface Exception {
  /** Columns that are something else in the JSON. */
  readonly columns?: readonly string[];
  /** The JSON has null where the file has an empty list. */
  readonly emptyIsNull?: true;
  readonly reason: string;
}

const GEOMETRY: Exception = {
  columns: ['geometry'],
  reason: 'the JSON has GeoJSON; here it is the well-known binary that the file holds',
};
const VARIANT: Exception = { columns: ['var', 'v'], reason: 'the JSON has the variant; here it is the struct that stores it' };
const EMPTY_LISTS: Exception = {
  emptyIsNull: true,
  reason: 'a list that is required cannot be null: DuckDB and pyarrow read an empty one too',
};

/** Where the JSON says something else than the format's specification, and why. */
const EXCEPTIONS: ReadonlyMap<string, Exception> = new Map([
  ['geoparquet.parquet', GEOMETRY],
  ['geospatial.parquet', GEOMETRY],
  ['adam_genotypes.parquet', EMPTY_LISTS],
  ['duckdb2557.parquet', EMPTY_LISTS],
  ...[
    'shredded-array',
    'shredded-bool',
    'shredded-int',
    'shredded-nested-object',
    'shredded-object',
    'shredded-partial-object',
    'shredded-sparse-timestamp',
    'shredded-type-mismatch',
  ].map((name): [string, Exception] => [`${name}.parquet`, VARIANT]),
]);

const files = corpora === undefined ? [] : readdirSync(corpora).filter((name) => name.endsWith('.parquet'));
for (const name of files) {
  test(name, async () => {
    const session = await Session.create({ engine });
    const df = session.read.parquet(join(corpora!, name));
    const expected = JSON.parse(readFileSync(join(corpora!, name.replace(/parquet$/, 'json')), 'utf8')) as unknown[][];
    const rows = await df.collect();
    assert.is(rows.length, expected.length);
    const exception = EXCEPTIONS.get(name);
    const { fields } = df.schema;
    for (let i = 0; i < rows.length; i++) {
      fields.forEach(({ name: column, type }, c) => {
        if (exception?.columns?.includes(column) === true) return;
        const value = (rows[i] as Record<string, unknown>)[column];
        if (!matches(value, expected[i]![c], type, exception?.emptyIsNull === true))
          assert.unreachable(`row ${i}, ${column}: ${show(value)} and not ${show(expected[i]![c]).slice(0, 200)}`);
      });
    }
    await session.close();
  });
}

function show(value: unknown): string {
  return (JSON.stringify(value, (_, v: unknown) => (typeof v === 'bigint' ? String(v) : v)) ?? 'undefined').slice(0, 200);
}

test.run();
