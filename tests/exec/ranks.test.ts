import * as assert from 'uvu/assert';
import { Engine, Session } from '../../lib/index.js';
import { PHYSICAL_CODE } from '../../lib/memory/layout.js';
import { Space } from '../../lib/memory/block-space.js';
import { suite } from '../support/suite.js';
import { kernels, randomOf, resetMemory, testPages, views } from './harness.js';

const test = suite('ranks of cached numbers');

const KINDS = ['f64', 'i64'] as const;

function writeNumber(kind: 'f64' | 'i64', at: number, value: number): void {
  if (kind === 'f64') views.f64[at / 8] = value;
  else views.i64[at / 8] = BigInt(value);
}

for (const kind of KINDS) {
  for (const domain of [1, 2, 11, 256, 257]) {
    for (const n of [1, 15, 16, 17, 2048]) {
      test(`${n} of ${domain} ${kind}s are ranked, and ranges of ranks are comparisons`, () => {
        resetMemory();
        const random = randomOf(domain + n);
        const space = new Space(testPages);
        const scale = kind === 'f64' ? 0.25 : 1;
        const numbers = Array.from({ length: n }, () => (Math.floor(random() * domain) - 5) * scale);
        const values = space.allocate(n * 8);
        numbers.forEach((value, i) => writeNumber(kind, values + i * 8, value));
        const table = space.allocate(2048 + 256);
        kernels['memoryClear']!(table, 2048);
        const ranks = space.allocate(n + 16);
        const dictionary = space.allocate(16 + 256 * 8);
        const different = [...new Set(numbers)].sort((a, b) => a - b);
        const count = kernels['rankEncode']!(PHYSICAL_CODE[kind], values, n, 256, table, ranks, dictionary + 16) >>> 0;
        assert.is(count, different.length > 256 ? 0 : different.length);
        if (count === 0) return;
        assert.equal(
          numbers.map((_, i) => different[views.u8[ranks + i]!]),
          numbers,
        );
        views.u32[dictionary / 4] = count;
        const codes = space.allocate(8);
        views.u32[codes / 4] = ranks;
        views.u32[codes / 4 + 1] = dictionary + 16;
        const masks = space.allocate(n / 8 + 16);
        for (const bound of [-1e6, -5 * scale, 0, 3 * scale, 1e6]) {
          const found =
            kind === 'f64' ? kernels['rankOfF64']!(codes, bound) : kernels['rankOfI64']!(codes, BigInt(bound) as never);
          const below = different.filter((value) => value < bound).length;
          const notAbove = different.filter((value) => value <= bound).length;
          assert.is(found >>> 0, below * 65536 + notAbove);
          for (const [low, high] of [
            [0, below],
            [below, notAbove],
            [notAbove, 256],
            [0, 256],
            [5, 2],
          ] as const) {
            kernels['rankMask']!(codes, low, high, n, 1, masks);
            kernels['rankMask']!(codes, 0, 256, n, 0, masks);
            const bits = numbers.map((_, i) => (views.u8[masks + (i >>> 3)]! >>> (i & 7)) & 1);
            const expected = numbers.map((value) => {
              const rank = different.indexOf(value);
              return rank >= low && rank < high ? 1 : 0;
            });
            assert.equal(bits, expected);
          }
        }
      });
    }
  }
}

const ROWS = `
  SELECT id, CAST(id % 23 AS INT) AS small, CAST(id % 11 AS DOUBLE) / 100 AS few,
    CASE WHEN id % 13 = 0 THEN NULL ELSE CAST(id % 7 AS DOUBLE) END AS nullable, CAST(id % 5000 AS DOUBLE) AS many,
    CASE id % 5 WHEN 0 THEN -0.0D WHEN 1 THEN CAST('Infinity' AS DOUBLE) WHEN 2 THEN CAST('-Infinity' AS DOUBLE) ELSE CAST(id % 3 AS DOUBLE) END AS odd,
    CASE WHEN id % 9 = 4 THEN CAST('NaN' AS DOUBLE) ELSE CAST(id % 4 AS DOUBLE) END AS nans, id % 17 - 8 AS whole
  FROM range(0, 30000)`;

const CONSTANTS: Record<string, readonly string[]> = {
  few: ['0.05D', '0.0D', '0.1D', '0.055D', '-1D', '2D'],
  nullable: ['3D', '0D', '9D'],
  many: ['77D', '4999D', '-1D'],
  odd: ['0.0D', "CAST('Infinity' AS DOUBLE)", '1D'],
  nans: ['2D', '0D'],
  whole: ['CAST(0 AS BIGINT)', 'CAST(-8 AS BIGINT)', 'CAST(100 AS BIGINT)'],
};

test('filters over cached numbers', async () => {
  const engine = await Engine.create({ workers: 0 });
  const session = await Session.create({ engine });
  const [plain, cached] = [session.sql(ROWS), session.sql(ROWS).cache()];
  const conditions: string[] = [];
  for (const [column, constants] of Object.entries(CONSTANTS)) {
    for (const constant of constants) {
      for (const op of ['=', '<', '<=', '>', '>=']) conditions.push(`${column} ${op} ${constant}`);
      conditions.push(`${constant} > ${column} AND small < 9`);
    }
  }
  conditions.push(
    'few BETWEEN 0.05D AND 0.07D AND small < 20 AND whole >= CAST(-3 AS BIGINT)',
    'few > 0.08D AND few < 0.02D',
    'few >= 0.02D AND nans > 1D AND many < 2500D',
  );
  for (const condition of conditions) {
    const sql = `SELECT count(*) AS n, sum(id) AS s FROM rows WHERE ${condition}`;
    plain.createOrReplaceTempView('rows');
    const expected = await session.sql(sql).collect();
    cached.createOrReplaceTempView('rows');
    assert.equal(await session.sql(sql).collect(), expected, condition);
  }
  await session.close();
  await engine.close();
});

test.run();
