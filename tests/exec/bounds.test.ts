import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { Engine, Session } from '../../lib/index.js';
import { suite } from '../support/suite.js';
import { seededRandom } from '../support/random.js';
import { withTempFolder } from '../support/temp-folder.js';

const test = suite('sums of small and huge decimals');

const ROWS = 30_000;

/** Unscaled, as the SQL below makes them. */
interface Row {
  readonly key: number;
  readonly price: bigint;
  readonly few: bigint;
  readonly huge: bigint | null;
  readonly large: bigint;
}

function decimalText(unscaled: bigint, scale: number): string {
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

const SUMS: Readonly<Record<string, string>> = {
  prices: 'sum(price)',
  sold: 'sum(price * (1 - few))',
  huge: 'sum(huge)',
  product: 'sum(huge * few)',
  large: 'sum(large * price)',
  n: 'count(*)',
};

const sum = (rows: readonly Row[], of: (row: Row) => bigint | null): bigint =>
  rows.reduce((total, row) => total + (of(row) ?? 0n), 0n);

for (const keys of [1, 4, 3000]) {
  test(`${keys} groups, from a range, from cached blocks and from Parquet`, () =>
    withTempFolder(async (folder) => {
      const random = seededRandom('huge among small');
      const every = random.between(2, 6000);
      const factor = random.between(1, 9999);
      const most = '99999999999999999999.99';
      const sql = `
      SELECT id % ${keys} AS key, CAST(id * ${factor} % 10000019 - 3000 AS DECIMAL(15,2)) AS price, CAST(id % 11 AS DECIMAL(4,2)) AS few,
        CASE WHEN id % ${every} = 1 THEN CAST('${most}' AS DECIMAL(22,2)) WHEN id % 7 = 3 THEN NULL ELSE CAST(-(id % 100) AS DECIMAL(22,2)) END AS huge,
        CASE WHEN id % ${every} = 1 THEN 9999999999999999.99 ELSE CAST(id % 100 AS DECIMAL(18,2)) END AS large, id
      FROM range(0, ${ROWS})`;
      const rowOf = (id: number): Row => ({
        key: id % keys,
        price: BigInt(((id * factor) % 10000019) - 3000) * 100n,
        few: BigInt(id % 11) * 100n,
        huge: id % every === 1 ? 10n ** 22n - 1n : id % 7 === 3 ? null : BigInt(-(id % 100)) * 100n,
        large: id % every === 1 ? 10n ** 18n - 1n : BigInt(id % 100) * 100n,
      });
      const engine = await Engine.create({ workers: 0 });
      const session = await Session.create({ engine });
      const cached = session.sql(sql).cache();
      await cached.count();
      const path = join(folder, 'rows.parquet');
      // Of some columns the small numbers make a dictionary, and when the first huge one comes it is given up.
      await session.sql(`${sql} ORDER BY id DESC`).write.parquet(path, {
        'parquet.dictionary.page.size': random.pick([64, 800, 807, 1600, 1_048_576]),
        'parquet.page.row.count.limit': random.between(40, 3000),
      });
      const read = session.read.parquet(path);
      for (const [where, keeps] of [
        ['true', () => true],
        ['id % 10 <> 3', (id: number) => id % 10 !== 3],
        ['id % 97 = 5', (id: number) => id % 97 === 5],
      ] as const) {
        const rows = Array.from({ length: ROWS }, (_, id) => id)
          .filter(keeps)
          .map(rowOf);
        const groups = grouped(rows);
        const expected = [...groups.keys()]
          .sort((a, b) => a - b)
          .map((key) => {
            const of = groups.get(key)!;
            return {
              key,
              prices: decimalText(
                sum(of, ({ price }) => price),
                2,
              ),
              sold: decimalText(
                sum(of, ({ price, few }) => price * (100n - few)),
                4,
              ),
              huge: of.some(({ huge }) => huge !== null)
                ? decimalText(
                    sum(of, ({ huge }) => huge),
                    2,
                  )
                : null,
              product: of.some(({ huge }) => huge !== null)
                ? decimalText(
                    sum(of, ({ huge, few }) => (huge === null ? null : huge * few)),
                    4,
                  )
                : null,
              large: decimalText(
                sum(of, ({ large, price }) => large * price),
                4,
              ),
              n: of.length,
            };
          });
        for (const frame of [session.sql(sql), cached, read]) {
          frame.createOrReplaceTempView('rows');
          // Together what one of them does not fit in is computed in 128 bits for all; alone each for itself.
          for (const names of [Object.keys(SUMS), ...Object.keys(SUMS).map((name) => [name])]) {
            const list = names.map((name) => `${SUMS[name]} AS ${name}`).join();
            const found = await session.sql(`SELECT key, ${list} FROM rows WHERE ${where} GROUP BY key ORDER BY key`).collect();
            assert.equal(
              found,
              expected.map((row) =>
                Object.fromEntries(Object.entries(row).filter(([name]) => name === 'key' || names.includes(name))),
              ),
              `${list} where ${where}`,
            );
          }
        }
      }
      await session.close();
      await engine.close();
    }));
}

function grouped(rows: readonly Row[]): Map<number, Row[]> {
  const groups = new Map<number, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.key);
    if (group === undefined) groups.set(row.key, [row]);
    else group.push(row);
  }
  return groups;
}

test.run();
