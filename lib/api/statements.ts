import { unreachable } from '../core/errors.js';
import { bindParameters } from '../core/plan/bind-parameters.js';
import { STRING, field, schema, typeName } from '../core/types/data-type.js';
import { literalOf } from './column.js';
import { DataFrame } from './dataframe.js';
import { planNode } from './dataframe-plans.js';
import type { LiteralExpr } from '../core/expr/expr.js';
import type { Parameters } from '../core/analyzer/index.js';
import type { Statement } from '../core/plan/logical-plan.js';
import type { Session } from './session.js';

/** Values of `?` by position, or of `:name` by name. */
export type SqlParameters = readonly SqlValue[] | Readonly<Record<string, SqlValue>>;
export type SqlValue = string | number | bigint | boolean | Date | null;

export function parameterLiterals(parameters: SqlParameters | undefined): Parameters {
  const entries: [string | number, SqlValue][] = Array.isArray(parameters)
    ? parameters.map((value, i) => [i, value as SqlValue])
    : Object.entries(parameters ?? {});
  return new Map(entries.map(([name, value]) => [name, literalOf(value) as LiteralExpr]));
}

/** What one statement of SQL text is in this session: a DataFrame to act on, or something done at once that yields no rows. */
export function runStatement(
  session: Session,
  statement: Statement,
  text: string,
  parameters: SqlParameters | undefined,
): DataFrame {
  switch (statement.kind) {
    case 'query': {
      // Parameters become part of the plan, so that a DataFrame built on it needs none.
      const plan = planNode(bindParameters(statement.plan, parameterLiterals(parameters)));
      return new DataFrame(session, plan, session.analyze(plan, text));
    }
    case 'create_view': {
      const plan =
        statement.columns === undefined
          ? statement.plan
          : planNode({ kind: 'alias', input: statement.plan, name: statement.name, columns: statement.columns });
      session.analyze(plan, text, parameters);
      session.registerView(statement.name, plan, statement.replace);
      return textRows(session, [], []);
    }
    case 'drop_view':
      session.dropView(statement.name, statement.ifExists);
      return textRows(session, [], []);
    case 'describe': {
      const { output } = session.analyze(statement.plan, text, parameters);
      return textRows(
        session,
        ['col_name', 'data_type', 'comment'],
        output.map(({ name, type }) => [name, typeName(type), null]),
      );
    }
    case 'explain': {
      const resolved = session.analyze(statement.plan, text, parameters);
      if (statement.analyze) return session.lazyText('plan', () => session.explainAnalyze(resolved));
      return textRows(session, ['plan'], [[session.explain(resolved)]]);
    }
    default:
      return unreachable(statement);
  }
}

/** A few rows of text as a DataFrame. */
function textRows(session: Session, names: readonly string[], rows: readonly (readonly (string | null)[])[]): DataFrame {
  const types = schema(names.map((name) => field(name, STRING)));
  const id = session.storeRows(types, rows.length, (row, column) => rows[row]![column]);
  return new DataFrame(session, planNode({ kind: 'local_data', id, schema: types }));
}
