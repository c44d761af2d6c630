import { QueryError, unreachable } from '../core/errors.js';
import { parseStatements } from '../sql/index.js';
import { bindParameters } from '../core/plan/bind-parameters.js';
import { BIGINT, STRING, field, schema, typeName } from '../core/types/data-type.js';
import { writeFormatOf } from '../io/index.js';
import { schemaOf } from './actions.js';
import { planWrite, type WriteRequest } from './plan-write.js';
import { literalOf } from './column.js';
import { DataFrame } from './dataframe.js';
import { planNode } from './dataframe-plans.js';
import type { LiteralExpr } from '../core/expr/expr.js';
import type { Parameters } from '../core/analyzer/index.js';
import type { LogicalPlan, Statement } from '../core/plan/logical-plan.js';
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

/** The DataFrame of the last statement of a text; the others take effect at once. */
export function runStatements(session: Session, text: string, parameters: SqlParameters | undefined): DataFrame | undefined {
  const prepared = session.prepared.find(text, parameters);
  if (prepared !== undefined) return new DataFrame(session, planNode(prepared.plan), prepared.resolved);
  const statements = parseStatements(text);
  let last: DataFrame | undefined;
  for (const [i, { statement, at }] of statements.entries()) {
    if (statement.kind === 'copy' && i < statements.length - 1)
      throw new QueryError({
        code: 'UNSUPPORTED_FEATURE',
        message: 'COPY runs with an action, which only the last one of several statements has: run them one by one.',
        at,
        sql: text,
      });
    last =
      statement.kind === 'query' && statements.length === 1
        ? prepare(session, statement.plan, text, parameters)
        : runStatement(session, statement, text, parameters);
  }
  return last;
}

/** A text that is one query, kept for the next time. */
function prepare(session: Session, written: LogicalPlan, text: string, parameters: SqlParameters | undefined): DataFrame {
  // Parameters become part of the plan, so that a DataFrame built on it needs none.
  const plan = bindParameters(written, parameterLiterals(parameters));
  const { result: resolved, basis } = session.analyzeWithBasis(plan, text);
  if (basis !== undefined) session.prepared.keep(text, parameters, { plan, resolved }, basis);
  return new DataFrame(session, planNode(plan), resolved);
}

/** What one statement of SQL text is in this session: a DataFrame to act on, or something done at once that yields no rows. */
function runStatement(session: Session, statement: Statement, text: string, parameters: SqlParameters | undefined): DataFrame {
  switch (statement.kind) {
    case 'query': {
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
      if (statement.analyze) return session.lazyValue('plan', STRING, () => session.explainAnalyze(resolved));
      return textRows(session, ['plan'], [[session.explain(resolved)]]);
    }
    case 'copy': {
      const { plan, path, mode, partitionBy, single, options, at } = statement;
      const resolved = session.analyze(plan, text, parameters);
      const format = statement.format ?? writeFormatOf(path) ?? 'csv';
      const request: WriteRequest = { path, format, mode, partitionBy, single, options, at, sql: text };
      planWrite(schemaOf(resolved), request);
      return session.lazyValue('count', BIGINT, (action) => session.write(resolved, request, action));
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
