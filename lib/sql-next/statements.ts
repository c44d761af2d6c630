import type { LogicalPlan, Statement } from '../core/plan/logical-plan.js';
import type { Cursor } from './cursor.js';
import { errorAt, unsupported } from './errors.js';
import { atName, name, path } from './names.js';
import { freeze } from './nodes.js';
import { query } from './query.js';
import { file } from './relation.js';
import { atQuery } from './subquery.js';

/** Statements of Spark that quern reads and does not run. */
const UNSUPPORTED = new Set([
  'INSERT',
  'MERGE',
  'UPDATE',
  'DELETE',
  'ALTER',
  'TRUNCATE',
  'SET',
  'RESET',
  'USE',
  'SHOW',
  'CACHE',
  'UNCACHE',
  'REFRESH',
  'ANALYZE',
  'GRANT',
  'REVOKE',
  'LOAD',
  'COPY',
  'ADD',
  'LIST',
  'MSCK',
  'REPAIR',
  'CALL',
  'EXECUTE',
  'DECLARE',
  'BEGIN',
  'COMMIT',
  'ROLLBACK',
  'REPLACE',
  'EXPORT',
  'IMPORT',
  'PRAGMA',
  'ATTACH',
  'DETACH',
  'VACUUM',
  'COMMENT',
  'CLEAR',
  'LOCK',
  'UNLOCK',
  'OPTIMIZE',
  'PREPARE',
  'REDUCE',
  'MAP',
]);

/** One statement, up to ';' or the end. */
export function statement(c: Cursor): Statement {
  if (atQuery(c)) return Object.freeze({ kind: 'query', plan: query(c) });
  const { upper } = c.token;
  switch (upper) {
    case 'CREATE':
      return create(c);
    case 'DROP':
      return drop(c);
    case 'DESCRIBE':
    case 'DESC':
      return describe(c);
    case 'EXPLAIN':
      return explain(c);
    case 'SELECT':
    case 'FROM':
    case 'WITH':
    case 'VALUES':
      return Object.freeze({ kind: 'query', plan: query(c) });
    default:
      if (UNSUPPORTED.has(upper)) throw refused(c, upper);
      throw c.error('a statement: SELECT, FROM, WITH, VALUES, CREATE VIEW, DROP VIEW, DESCRIBE or EXPLAIN');
  }
}

function refused(c: Cursor, what: string): Error {
  const { start, end } = c.token;
  const instead = what === 'INSERT' || what === 'COPY' ? 'Write files with df.write instead.' : '';
  return unsupported(c.sql, { start, end }, `The statement ${what}`, instead);
}

/** A view's name; the last part counts where a catalog or schema is before it. */
function viewName(c: Cursor): string {
  const { start } = c.token;
  const parts = path(c, "a view's name");
  if (parts.length > 1)
    throw unsupported(c.sql, c.span(start), 'A schema before the name of a view', 'Views have a name of one part.');
  return parts[0]!;
}

/** CREATE [OR REPLACE] [GLOBAL] [TEMP | TEMPORARY] VIEW [IF NOT EXISTS] v [(columns)] AS query. */
function create(c: Cursor): Statement {
  const { start } = c.next();
  const replace = c.accept('OR', 'REPLACE');
  c.accept('GLOBAL');
  if (!c.accept('TEMPORARY')) c.accept('TEMP');
  if (c.at('RECURSIVE')) throw unsupported(c.sql, { start, end: c.token.end }, 'CREATE RECURSIVE VIEW');
  if (!c.accept('VIEW')) {
    if (
      !c.atAny(
        'TABLE',
        'EXTERNAL',
        'DATABASE',
        'SCHEMA',
        'NAMESPACE',
        'FUNCTION',
        'INDEX',
        'MATERIALIZED',
        'STREAMING',
        'MACRO',
        'CATALOG',
      )
    )
      throw c.error('VIEW');
    throw unsupported(c.sql, { start, end: c.token.end }, `CREATE ${c.token.upper}`, 'Use CREATE VIEW instead.');
  }
  if (c.at('IF', 'NOT', 'EXISTS'))
    throw unsupported(
      c.sql,
      { start: c.token.start, end: c.peek(2).end },
      'CREATE VIEW IF NOT EXISTS',
      'Use CREATE OR REPLACE VIEW instead.',
    );
  const called = viewName(c);
  const columns = c.at('(') ? c.parenthesized(() => viewColumn(c)) : undefined;
  if (c.at('USING') || c.at('OPTIONS') || c.at('TBLPROPERTIES'))
    throw unsupported(
      c.sql,
      { start: c.token.start, end: c.token.end },
      `CREATE VIEW … ${c.token.upper}`,
      "Use CREATE VIEW v AS SELECT * FROM 'file' instead.",
    );
  comment(c);
  c.expect('AS');
  if (columns?.length === 0)
    throw errorAt(c.sql, c.span(start), 'PARSE_SYNTAX_ERROR', 'Syntax error: expected a column name between the parentheses.');
  const plan = query(c);
  return Object.freeze({
    kind: 'create_view',
    name: called,
    replace,
    ...(columns === undefined ? {} : { columns: freeze(columns) }),
    plan,
  });
}

function viewColumn(c: Cursor): string {
  const column = name(c, 'a column name');
  if (atName(c) && !c.at('COMMENT'))
    throw unsupported(
      c.sql,
      { start: c.token.start, end: c.token.end },
      'A data type for a column of a view',
      'Use CREATE VIEW v AS SELECT CAST(…) instead.',
    );
  comment(c);
  return column;
}

function comment(c: Cursor): void {
  if (c.accept('COMMENT') && c.next().kind !== 'string') throw c.error('a string after COMMENT', c.before);
}

function drop(c: Cursor): Statement {
  const { start } = c.next();
  if (!c.accept('VIEW')) {
    if (!c.atAny('TABLE', 'DATABASE', 'SCHEMA', 'NAMESPACE', 'FUNCTION', 'INDEX', 'TEMPORARY', 'TEMP', 'CATALOG', 'MACRO'))
      throw c.error('VIEW');
    throw unsupported(c.sql, { start, end: c.token.end }, `DROP ${c.token.upper}`, 'Use DROP VIEW instead.');
  }
  const ifExists = c.accept('IF', 'EXISTS');
  return Object.freeze({ kind: 'drop_view', name: viewName(c), ifExists });
}

/** DESCRIBE [TABLE | QUERY] [EXTENDED] x, 'file' or a query. */
function describe(c: Cursor): Statement {
  c.next();
  if (c.at('FUNCTION') && c.peek().kind !== 'end')
    throw unsupported(c.sql, { start: c.before!.start, end: c.token.end }, 'DESCRIBE FUNCTION');
  if (c.peek().kind !== 'end' && c.peek().upper !== ';' && (c.at('QUERY') || c.at('TABLE'))) c.next();
  if (c.at('EXTENDED') && c.peek().kind !== 'end') c.next();
  return Object.freeze({ kind: 'describe', plan: described(c) });
}

function described(c: Cursor): LogicalPlan {
  if (atQuery(c)) return query(c);
  const { start } = c.token;
  if (c.token.kind === 'string') return file(c, c.next().text, undefined, start);
  const parts = path(c, 'a view, a quoted file or a query');
  if (parts.length === 2 && c.before?.kind === 'quoted') return file(c, parts[1]!, parts[0]!.toLowerCase(), start);
  return Object.freeze({ kind: 'table', path: freeze(parts), at: c.span(start) });
}

function explain(c: Cursor): Statement {
  c.next();
  const analyze = c.accept('ANALYZE');
  if (c.atAny('CODEGEN', 'COST'))
    throw unsupported(
      c.sql,
      { start: c.token.start, end: c.token.end },
      `EXPLAIN ${c.token.upper}`,
      'Use EXPLAIN EXTENDED instead.',
    );
  const mode = c.accept('EXTENDED') ? 'extended' : c.accept('FORMATTED') ? 'formatted' : 'simple';
  if (!atQuery(c) && UNSUPPORTED.has(c.token.upper)) throw refused(c, c.token.upper);
  return Object.freeze({ kind: 'explain', plan: query(c), analyze, mode });
}
