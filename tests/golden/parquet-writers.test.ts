import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { Engine, Session, type DataFrame } from '../../lib/index.js';
import { projectPath } from '../support/paths.js';
import { suite } from '../support/suite.js';
import { sameValue, timestampText } from './written-values.js';

/** What DuckDB, Polars, pyarrow and Spark wrote, beside what they read from it: parquet-writers/README.md. */
const folder = projectPath('tests/golden/parquet-writers');
const test = suite('files of other writers');

interface Expected {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

/** Columns that are read otherwise here, and why. */
const OTHERWISE: ReadonlyMap<string, { readonly columns: readonly string[]; readonly reason: string }> = new Map([
  ['spark/flat.csv', { columns: ['s'], reason: 'Spark writes an empty text as "" and reads null from it' }],
  ['spark/flat-gzip.csv.gz', { columns: ['s'], reason: 'Spark writes an empty text as "" and reads null from it' }],
]);

const reader = (session: Session, path: string): DataFrame => {
  // Spark writes a quote within quotes behind a backslash.
  const escape = path.includes('/spark/') ? '\\' : '"';
  const options = { header: true, sep: path.includes('flat-gzip') ? ';' : ',', escape };
  if (/\.csv(\.gz)?$/.test(path)) return session.read.csv(path, options);
  return path.endsWith('.ndjson') ? session.read.json(path) : session.read.parquet(path);
};

const engines: Engine[] = [];
test.before(async () => {
  engines.push(await Engine.create({ workers: 0 }), await Engine.create({ workers: 2 }));
});
test.after(async () => {
  for (const engine of engines) await engine.close();
});

for (const writer of readdirSync(folder).filter((name) => existsSync(join(folder, name, 'empty.parquet')))) {
  const names = readdirSync(join(folder, writer)).filter((name) => name.endsWith('.json'));
  for (const json of names) {
    const name = json.slice(0, -'.json'.length);
    test(`${writer}: ${name}`, async () => {
      const path = join(folder, writer, name);
      const expected = JSON.parse(readFileSync(`${path}.json`, 'utf8')) as Expected;
      const { columns: otherwise = [] } = OTHERWISE.get(`${writer}/${name}`) ?? {};
      for (const engine of engines) {
        const session = await Session.create({ engine });
        await compare(reader(session, path), expected, name, otherwise);
        await session.close();
      }
    });
  }
}

async function compare(
  df: DataFrame,
  { columns, rows: wanted }: Expected,
  name: string,
  otherwise: readonly string[],
): Promise<void> {
  const { fields: all } = df.schema;
  assert.equal(all.map((field) => field.name).sort(), [...columns].sort());
  const fields = all.filter((field) => !otherwise.includes(field.name));
  const isTree = name === 'partitioned';
  const rows = await (isTree ? df.orderBy('n') : df).collect();
  assert.is(rows.length, wanted.length);
  for (const field of fields) {
    const c = columns.indexOf(field.name);
    rows.forEach((row, i) => {
      if (!sameValue(row[field.name], wanted[i]![c], field.type))
        assert.unreachable(`${field.name}, row ${i}: ${show(row[field.name])} and not ${show(wanted[i]![c])}`);
    });
  }
  // Dates of JavaScript have milliseconds: their texts have the rest.
  const times = fields.filter(({ type }) => type.kind === 'timestamp' || type.kind === 'timestamp_ntz');
  if (times.length === 0 || isTree) return;
  const texts = await df.selectExpr(...times.map((field) => `CAST(\`${field.name}\` AS STRING) AS \`${field.name}\``)).collect();
  for (const { name: column } of times) {
    const c = columns.indexOf(column);
    texts.forEach((row, i) => assert.is(row[column], timestampText(wanted[i]![c]), `${column}, row ${i}`));
  }
}

function show(value: unknown): string {
  return JSON.stringify(value, (_, v: unknown) => (typeof v === 'bigint' ? String(v) : v)) ?? 'undefined';
}

test.run();
