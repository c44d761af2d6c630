import * as assert from 'uvu/assert';
import { Engine, Session } from '../../../lib/index.js';
import { projectPath, sharedPath } from '../../support/paths.js';
import { suite } from '../../support/suite.js';
import { join } from 'node:path';
import { readdirSync } from 'node:fs';

const test = suite('parquet facts');
const corpora = sharedPath('corpora/parquet');
let engine: Engine;
test.before(async () => {
  engine = await Engine.create({ workers: 0 });
});
test.after(() => engine.close());

/** Of a file: some have hundreds. */
const COLUMNS_MAX = 6;
const RULE = 'answer-from-statistics';

test('what footers say is what the rows say', async () => {
  const paths = [projectPath('tests/plans/stored.parquet')];
  if (corpora !== undefined)
    for (const name of readdirSync(corpora)) if (name.endsWith('.parquet')) paths.push(join(corpora, name));
  const asked = await Session.create({ engine });
  const computed = await Session.create({ engine, disabledRules: [RULE] });
  for (const path of paths) {
    const flat = asked.read
      .parquet(path)
      .schema.fields.filter(({ type }) => !['array', 'map', 'struct', 'binary'].includes(type.kind))
      .slice(0, COLUMNS_MAX)
      .map(({ name }) => `\`${name}\``);
    const items = [
      'count(*) AS n',
      ...flat.flatMap((name, i) => [`count(${name}) AS c${i}`, `min(${name}) AS a${i}`, `max(${name}) AS b${i}`]),
    ];
    // One by one, so that what one column does not say does not hide the others.
    for (const item of items) {
      const sql = `SELECT ${item} FROM parquet.\`${path}\``;
      assert.equal(await asked.sql(sql).collect(), await computed.sql(sql).collect(), sql);
    }
  }
  await asked.close();
  await computed.close();
});

test('counts and bounds need no scan', async () => {
  const session = await Session.create({ engine });
  const sql = `SELECT count(*) AS n, count(amount) AS c, min(day) AS a, max(paid) AS b FROM parquet.\`${projectPath('tests/plans/stored.parquet')}\``;
  assert.equal(await session.sql(sql).collect(), [{ n: 3, c: 2, a: '2024-01-01', b: '12.50' }]);
  assert.not.match(session.sql(sql).explainText(), /== Optimized ==[^]*Scan/);
  await session.close();
});

test.run();
