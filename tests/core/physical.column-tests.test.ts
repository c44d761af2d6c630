import * as assert from 'uvu/assert';
import { Engine, Session } from '../../lib/index.js';
import { projectPath } from '../support/paths.js';
import { suite } from '../support/suite.js';

/** What conditions say of single columns, for whoever can tell without reading rows that none passes. */
const test = suite('column tests');
let engine: Engine;
let session: Session;
test.before(async () => {
  engine = await Engine.create({ workers: 0 });
  session = await Session.create({ engine });
  session.read.parquet(projectPath('tests/plans/stored.parquet')).createOrReplaceTempView('stored');
});
test.after(async () => {
  await session.close();
  await engine.close();
});

/** Columns of the file: 0 day, 1 region, 2 amount, 3 price, 4 paid. */
function testsOf(condition: string): unknown {
  const { plan } = session.sql(`SELECT day, region, amount, price, paid FROM stored WHERE ${condition}`);
  const { source } = session.physical(session.optimized(session.analyze(plan))).stages[0]!.pipelines[0]!;
  return source.kind === 'scan' ? source.tests : undefined;
}

const CASES: readonly (readonly [string, readonly unknown[]])[] = [
  ['amount > 5', [{ column: 2, op: '>', value: 5 }]],
  ['5 > amount', [{ column: 2, op: '<', value: 5 }]],
  [
    '5 <= amount AND amount = 7',
    [
      { column: 2, op: '>=', value: 5 },
      { column: 2, op: '=', value: 7 },
    ],
  ],
  [
    "day BETWEEN DATE '2024-01-01' AND DATE '2024-01-31'",
    [
      { column: 0, op: '>=', value: 19_723 },
      { column: 0, op: '<=', value: 19_753 },
    ],
  ],
  ["region = 'north'", [{ column: 1, op: '=', value: 'north' }]],
  ["region IN ('north', NULL, 'south')", [{ column: 1, op: 'in', values: ['north', 'south'] }]],
  ["region LIKE 'no%h'", [{ column: 1, op: 'starts_with', value: 'no' }]],
  ["region LIKE '%no'", []],
  ["startswith(region, 'so')", [{ column: 1, op: 'starts_with', value: 'so' }]],
  ['price < 1.5D', [{ column: 3, op: '<', value: 1.5 }]],
  ['paid = CAST(12.5 AS decimal(8,2))', [{ column: 4, op: '=', value: '1250' }]],
  [
    'amount IS NULL AND price IS NOT NULL',
    [
      { column: 2, op: 'is_null' },
      { column: 3, op: 'is_not_null' },
    ],
  ],
  ['amount > 5 OR amount < 2', []],
  ['amount + 1 > 5', []],
  ['amount > price', []],
  ['amount <> 5', []],
];

for (const [condition, expected] of CASES) test(condition, () => assert.equal(testsOf(condition), expected));

test.run();
