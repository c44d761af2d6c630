import { readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { Engine, Session } from '../../lib/index.js';
import { projectPath } from '../support/paths.js';
import { suite } from '../support/suite.js';
import { casesFolder, GROUPS, readCases } from './expression-cases.js';
import { runCase } from './run-case.js';

/**
 * Small statements and what Spark gives for them. Of what is not refused, nearly all must be right; each that is not
 * is in the list of exceptions with its reason, and each of the list must still be wrong. QUERN_GOLDEN=1 prints all wrong answers, =2 the refused too.
 */
const test = suite('Spark expressions');
const RIGHT_SHARE = 0.97;
const NOT_ENFORCED = new Set<string>(['math', 'try_cast']);

interface Exception {
  readonly sql: string;
  readonly reason: string;
}

const exceptions = new Set(
  (JSON.parse(readFileSync(projectPath('tests/golden/spark-expressions.exceptions.json'), 'utf8')) as Exception[]).map(
    ({ sql }) => sql,
  ),
);
/** Exceptions no statement was seen for yet. */
const listed = new Set(exceptions);
const verbosity = Number(process.env['QUERN_GOLDEN'] ?? 0);

let engine: Engine;
let session: Session;
test.before(async () => {
  engine = await Engine.create({ workers: 0 });
  session = await Session.create({ engine });
});
test.after(async () => {
  await session.close();
  await engine.close();
});

for (const group of GROUPS) {
  test.when(casesFolder !== undefined)(
    group,
    async () => {
      const counts = { right: 0, wrong: 0, refused: 0 };
      const surprises: string[] = [];
      for (const one of readCases(casesFolder!, group)) {
        const { outcome, why } = await runCase(session, one);
        counts[outcome]++;
        if ((outcome === 'wrong' && verbosity > 0) || (outcome === 'refused' && verbosity > 1))
          console.log(`${outcome.toUpperCase()} ${one.sql}\n    ${why}`);
        if (outcome === 'wrong' && !exceptions.has(one.sql)) surprises.push(`${one.sql}: ${why}`);
        if (outcome !== 'wrong' && exceptions.has(one.sql)) surprises.push(`${one.sql}: is ${outcome} now; take it off the list`);
        listed.delete(one.sql);
      }
      const share = counts.right / Math.max(1, counts.right + counts.wrong);
      console.log(
        `  ${group}: ${counts.right} right, ${counts.wrong} wrong, ${counts.refused} refused, ${(share * 100).toFixed(1)} % right`,
      );
      assert.equal(surprises, []);
      if (!NOT_ENFORCED.has(group)) assert.ok(share >= RIGHT_SHARE, `only ${share}`);
    },
    { timeoutMs: 120_000 },
  );
}

test.when(casesFolder !== undefined)('the list of exceptions names statements of the corpus', () => {
  assert.equal([...listed], []);
});

test.run();
