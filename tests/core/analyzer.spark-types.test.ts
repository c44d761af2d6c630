import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { analyze } from '../../lib/core/analyzer/index.js';
import { QueryError } from '../../lib/core/errors.js';
import { typeName } from '../../lib/core/types/data-type.js';
import { parseStatement } from '../../lib/sql/index.js';
import { sharedPath } from '../support/paths.js';
import { suite } from '../support/suite.js';
import { CATALOG } from './analyzer-support.js';

/** What Apache Spark 4.3 says about types, column names and errors of analysis, statement by statement. */

const CORPUS = sharedPath('corpora/spark-expressions');
const test = suite('analyzer against Spark');

/** The least share of statements that must agree, of those whose functions exist. */
const LEAST = 0.97;

interface Recorded {
  readonly sql: string;
  readonly schema?: readonly (readonly [name: string, type: string])[];
  readonly error?: string;
}

interface Outcome {
  readonly columns?: readonly (readonly [name: string, type: string])[];
  readonly error?: string;
}

function outcomeOf(sql: string): Outcome {
  try {
    const statement = parseStatement(sql);
    if (statement.kind !== 'query') {
      return { error: `a ${statement.kind}` };
    }
    const plan = analyze(statement.plan, CATALOG, { ansi: true, timeZone: 'UTC', sql });
    return { columns: plan.output.map((a) => [a.name, typeName(a.type)] as const) };
  } catch (error) {
    if (error instanceof QueryError) {
      return { error: error.code };
    }
    return { error: `CRASH ${error instanceof Error ? error.stack : String(error)}` };
  }
}

function text(outcome: Outcome): string {
  return outcome.error ?? (outcome.columns ?? []).map(([name, type]) => `${name} ${type}`).join(', ');
}

/** Statements that fail when they run have a schema: analysis accepts them. Ours may also find the error while it reads constants. */
function agrees(recorded: Recorded, ours: Outcome): boolean {
  if (recorded.schema === undefined) {
    return ours.error === recorded.error;
  }
  return text(ours) === text({ columns: recorded.schema }) || (recorded.error !== undefined && ours.error === recorded.error);
}

test.when(CORPUS !== undefined)('types, names and errors are those of Spark', () => {
  const folder = CORPUS ?? '';
  const disagreements: string[] = [];
  let agreed = 0;
  let unbuilt = 0;
  for (const file of readdirSync(folder).filter((f) => f.endsWith('.jsonl'))) {
    for (const line of readFileSync(join(folder, file), 'utf8').trim().split('\n')) {
      const recorded = JSON.parse(line) as Recorded;
      const ours = outcomeOf(recorded.sql);
      if (ours.error === 'UNSUPPORTED_FEATURE') {
        unbuilt++;
      } else if (agrees(recorded, ours)) {
        agreed++;
      } else {
        disagreements.push(
          `  ${file}: ${recorded.sql}\n    Spark: ${recorded.schema === undefined ? recorded.error : text({ columns: recorded.schema })}\n    quern: ${text(ours)}`,
        );
      }
    }
  }
  const compared = agreed + disagreements.length;
  console.log(
    `spark-expressions: ${agreed} of ${compared} agree (${((100 * agreed) / compared).toFixed(2)} %), ${unbuilt} not built yet`,
  );
  for (const disagreement of disagreements) {
    console.log(disagreement);
  }
  assert.ok(agreed / compared >= LEAST);
});

test.run();
