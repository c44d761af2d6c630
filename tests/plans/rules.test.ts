import { existsSync, readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { RULES } from '../../lib/core/optimizer/rules.js';
import { Engine, Session } from '../../lib/index.js';
import { projectPath } from '../support/paths.js';
import { suite } from '../support/suite.js';
import { formatCase, parsePlans, renumber, type PlanCase } from './plan-file.js';

/**
 * What each rule does to plans, as text: tests/plans/<rule>.plans. With QUERN_PRINT=1 the plans as they are now are printed, to be read and then copied by hand.
 */
const test = suite('rules');
const NAMES = [...new Set(RULES.map(({ name }) => name))];

let engine: Engine;
test.before(async () => {
  engine = await Engine.create({ workers: 0 });
});
test.after(() => engine.close());

/** The plan of a query with one rule and no other. */
async function plansOf(rule: string, sql: string): Promise<Pick<PlanCase, 'before' | 'after'>> {
  const session = await Session.create({ engine, disabledRules: NAMES.filter((name) => name !== rule) });
  try {
    const rows = [{ a: 1, b: 'x', c: 1.5, d: '2024-01-01' }];
    session.createDataFrame(rows, 'a int not null, b string, c double, d date').createOrReplaceTempView('t');
    session.read.csv(projectPath('tests/plans/sales.csv')).createOrReplaceTempView('sales');
    session.read.parquet(projectPath('tests/plans/stored.parquet')).createOrReplaceTempView('stored');
    session.read.parquet(projectPath('tests/plans/people.parquet')).createOrReplaceTempView('people');
    const text = session.sql(sql).explainText().replaceAll(projectPath('tests/plans/'), '');
    const [, before = '', after = ''] = /== Analyzed ==\n([^]*)\n\n== Optimized ==\n([^]*)\n\n== Stages/.exec(text) ?? [];
    const numbers = new Map<string, number>();
    return { before: renumber(before, numbers), after: before === after ? 'unchanged' : renumber(after, numbers) };
  } finally {
    await session.close();
  }
}

for (const rule of NAMES) {
  const path = projectPath(`tests/plans/${rule}.plans`);
  test(rule, async () => {
    assert.ok(existsSync(path), `${path} is missing`);
    const cases = parsePlans(readFileSync(path, 'utf8'));
    for (const { title, sql, before, after } of cases) {
      const now = await plansOf(rule, sql);
      if (process.env['QUERN_PRINT'] !== undefined) console.log(formatCase({ title, sql, ...now }));
      else assert.equal(now, { before, after }, `${rule}: ${title}`);
    }
    if (process.env['QUERN_PRINT'] !== undefined) return;
    assert.ok(
      cases.some(({ after }) => after !== 'unchanged'),
      'a case where it fires',
    );
    assert.ok(
      cases.some(({ after }) => after === 'unchanged'),
      'a case where it must not',
    );
  });
}

test.run();
