import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection, type DuckDBInstance as Duck } from '@duckdb/node-api';
import * as assert from 'uvu/assert';
import { Engine, Session } from '../../lib/index.js';
import { seededRandom } from '../support/random.js';
import { suite } from '../support/suite.js';
import { withTempFolder } from '../support/temp-folder.js';

const test = suite('JSON beside DuckDB');
let engine: Engine;
let duck: Duck;
let connection: DuckDBConnection;
test.before(async () => {
  engine = await Engine.create({ workers: 2 });
  duck = await DuckDBInstance.create(':memory:', { threads: '1' });
  connection = await duck.connect();
});
test.after(async () => {
  await engine.close();
  connection.closeSync();
  duck.closeSync();
});

const duckRows = async (sql: string): Promise<unknown[]> => (await connection.runAndReadAll(sql)).getRowObjectsJson();

test('typed lines', () =>
  withTempFolder(async (folder) => {
    const random = seededRandom('rows');
    const path = join(folder, 'x.json');
    const maybe = (text: string): string => (random.below(8) === 0 ? 'null' : text);
    const two = (n: number): string => String(n).padStart(2, '0');
    const day = (): string => `${random.between(1900, 2100)}-${two(random.between(1, 12))}-${two(random.between(1, 28))}`;
    const lines = Array.from({ length: 5000 }, (_, id) => {
      const fields = [
        `"id":${id}`,
        `"i":${maybe(String(random.between(-1e9, 1e9)))}`,
        `"d":${maybe(String((random.next() - 0.5) * 10 ** random.between(-5, 15)))}`,
        `"s":${maybe(JSON.stringify(random.pick(['x', 'é"\\\n', '😀 and more than twelve bytes', '', 'null', '1'])))}`,
        `"b":${maybe(String(random.bool()))}`,
        `"day":${maybe(`"${day()}"`)}`,
        `"moment":${maybe(`"${day()} ${two(random.below(24))}:${two(random.below(60))}:${two(random.below(60))}.${String(random.below(1e6)).padStart(6, '0')}"`)}`,
        `"n":${maybe((random.next() * 1e6).toFixed(2))}`,
        `"list":${maybe(`[${Array.from({ length: random.below(5) }, () => maybe(String(random.below(100)))).join(', ')}]`)}`,
        `"o":${maybe(`{"x":${maybe(String(random.below(9)))},"y":${maybe('"t"')}}`)}`,
      ];
      return `{${fields.filter(() => random.below(10) > 0).join(', ')}}`;
    });
    writeFileSync(path, lines.join('\n'));
    const select = (lists: string): string => `
      SELECT id, i, d, s, b, CAST(day AS string) AS day, CAST(moment AS string) AS moment, CAST(n AS string) AS n,
        ${lists}, o.x AS x, o.y AS y
      FROM`;
    const expected =
      await duckRows(`${select('len(list) AS size, list[1] AS first').replaceAll('AS string', 'AS varchar')} read_json('${path}',
      format = 'newline_delimited', columns = { id: 'bigint', i: 'bigint', d: 'double', s: 'varchar', b: 'boolean', day: 'date', moment: 'timestamp', n: 'decimal(12,2)',
      list: 'integer[]', o: 'struct(x integer, y varchar)' })`);
    for (const options of [{}, { splitBytes: 1000, batchRows: 64 }]) {
      const session = await Session.create({ engine, ...options });
      session.read
        .schema(
          'id bigint, i bigint, d double, s string, b boolean, day date, moment timestamp, n decimal(12,2), list array<int>, o struct<x: int, y: string>',
        )
        .json(path)
        .createOrReplaceTempView('t');
      const rows = await session
        .sql(`${select('CASE WHEN list IS NULL THEN NULL ELSE size(list) END AS size, get(list, 0) AS first')} t`)
        .collect();
      // DuckDB's values as JSON: whole numbers of 64 bits are texts, and so are zeros at the end of a fraction left out.
      const long = (value: unknown): unknown => (typeof value === 'number' ? String(value) : value);
      const plain = (row: Record<string, unknown>): unknown => ({
        ...row,
        id: long(row['id']),
        i: long(row['i']),
        size: long(row['size']),
      });
      assert.equal(rows.map(plain), expected);
      await session.close();
    }
  }));

test.run();
