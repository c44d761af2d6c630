import type { LogicalPlan, Statement } from '../core/plan/logical-plan.js';
import type { Cursor } from './cursor.js';
import * as errors from './errors.js';
import { copy } from './copy.js';
import { commaList, name, path } from './names.js';
import { list, plan, present } from './nodes.js';
import { optionList } from './options.js';
import { atQuery, query } from './query.js';
import { fields } from './types.js';
import * as T from '../core/types/data-type.js';

/** What a text can say: queries, views, DESCRIBE, EXPLAIN. */

type StatementRule = (c: Cursor) => Statement;

const RULES: ReadonlyMap<string, StatementRule> = new Map<string, StatementRule>([
  ['SELECT', queryStatement],
  ['WITH', queryStatement],
  ['FROM', queryStatement],
  ['VALUES', queryStatement],
  ['TABLE', queryStatement],
  ['(', queryStatement],
  ['CREATE', create],
  ['DROP', dropView],
  ['DESCRIBE', describe],
  ['DESC', describe],
  ['EXPLAIN', explain],
  ['COPY', copy],
  ['INSERT', insert],
]);

/** Statements of SQL that quern does not have, by their first words. */
const UNBUILT: ReadonlySet<string> = new Set([
  'UPDATE', 'DELETE', 'MERGE', 'ALTER', 'TRUNCATE', 'SET', 'RESET', 'UNSET', 'USE', 'SHOW', 'CACHE', 'UNCACHE', 'CLEAR',
  'REFRESH', 'ANALYZE', 'LOAD', 'MSCK', 'REPAIR', 'ADD', 'LIST', 'COMMENT', 'GRANT', 'REVOKE', 'EXPORT', 'IMPORT', 'LOCK', 'UNLOCK',
  'BEGIN', 'START', 'COMMIT', 'ROLLBACK', 'DECLARE', 'EXECUTE', 'CALL', 'SUMMARIZE', 'ATTACH', 'DETACH', 'PRAGMA', 'INSTALL', 'REDUCE', 'MAP',
]); // prettier-ignore

/** One statement. */
export function statement(c: Cursor): Statement {
  if (c.atOne(RULES)) return RULES.get(c.token.key)!(c);
  if (UNBUILT.has(c.token.key)) throw unbuilt(c, c.token.key);
  return c.fail('a statement, like SELECT');
}

function unbuilt(c: Cursor, what: string): Error {
  return errors.notSupported(`The statement ${what}`, c.here());
}

function queryStatement(c: Cursor): Statement {
  return Object.freeze({ kind: 'query', plan: query(c) });
}

/** What DESCRIBE and EXPLAIN are about. */
const NO_DESCRIPTION: ReadonlySet<string> = new Set(['FUNCTION', 'DATABASE', 'SCHEMA', 'NAMESPACE', 'CATALOG', 'PROCEDURE']);

function describe(c: Cursor): Statement {
  const { start } = c.next();
  if (NO_DESCRIPTION.has(c.token.key) && (c.ahead(1).kind === 'word' || c.ahead(1).kind === 'string')) {
    throw errors.notSupported(`The statement DESCRIBE ${c.token.key}`, c.since(start));
  }
  if (c.at('QUERY') && c.ahead(1).kind !== 'end') c.next();
  return Object.freeze({ kind: 'describe', plan: described(c) });
}

function described(c: Cursor): LogicalPlan {
  if (atQuery(c)) return query(c);
  if (c.at('TABLE') || (c.at('EXTENDED') && c.ahead(1).kind === 'word')) c.next();
  const { start, kind, text } = c.token;
  if (kind !== 'string')
    return plan({ kind: 'table', path: path(c, 'a query, a table or a quoted file name'), at: c.span(start) });
  c.next();
  return plan({ kind: 'read', paths: list([text]), options: new Map(), at: c.span(start) });
}

type ExplainMode = Extract<Statement, { kind: 'explain' }>['mode'];

const EXPLAIN_MODES: ReadonlyMap<string, ExplainMode> = new Map([
  ['EXTENDED', 'extended'],
  ['LOGICAL', 'extended'],
  ['FORMATTED', 'formatted'],
  ['CODEGEN', 'extended'],
  ['COST', 'extended'],
]);

function insert(c: Cursor): Statement {
  const { start } = c.next();
  if (!c.take('INTO')) c.take('OVERWRITE');
  throw errors.noTables('INSERT', c.since(start));
}

function explain(c: Cursor): Statement {
  c.next();
  const analyze = c.take('ANALYZE');
  const mode = c.atOne(EXPLAIN_MODES) ? EXPLAIN_MODES.get(c.next().key)! : 'simple';
  if (UNBUILT.has(c.token.key)) throw unbuilt(c, c.token.key);
  if (!atQuery(c)) c.fail('a query');
  return Object.freeze({ kind: 'explain', plan: query(c), analyze, mode });
}

function create(c: Cursor): Statement {
  const { start } = c.next();
  const replace = c.take('OR', 'REPLACE');
  if (c.at('GLOBAL')) throw errors.notSupported('A GLOBAL view', c.here());
  if (!c.take('TEMPORARY')) c.take('TEMP');
  if (!c.take('VIEW')) {
    if (c.token.kind !== 'word') c.fail('VIEW');
    if (c.next().key === 'TABLE') throw errors.noTables('CREATE TABLE', c.since(start));
    throw errors.notSupported(
      `The statement ${c.sql.slice(start, c.span(start).end).toUpperCase().replaceAll(/\s+/g, ' ')}`,
      c.since(start),
    );
  }
  if (c.at('IF', 'NOT', 'EXISTS')) throw errors.notSupported('IF NOT EXISTS of a view', c.here());
  const view = path(c, 'the name of a view').join('.');
  return c.at('USING') || (c.at('(') && c.ahead(2).kind === 'word' && c.ahead(2).key !== 'COMMENT')
    ? fileView(c, view, replace)
    : queryView(c, view, replace);
}

function comment(c: Cursor): void {
  if (c.take('COMMENT') && c.next().kind !== 'string') c.fail('a string');
}

function queryView(c: Cursor, view: string, replace: boolean): Statement {
  const columns = c.at('(')
    ? c.parenthesized(() =>
        commaList(c, () => {
          const column = name(c, 'the name of a column');
          comment(c);
          return column;
        }),
      )
    : undefined;
  comment(c);
  if (c.at('TBLPROPERTIES', '(')) optionList(c);
  c.expect('AS');
  return Object.freeze({
    kind: 'create_view',
    name: view,
    replace,
    ...present({ columns: columns === undefined ? undefined : list(columns) }),
    plan: query(c),
  });
}

/** CREATE TEMPORARY VIEW v [(a int)] USING csv OPTIONS (path 'x.csv', header true). */
function fileView(c: Cursor, view: string, replace: boolean): Statement {
  const { start } = c.token;
  const columns = c.at('(') ? c.parenthesized(() => fields(c)) : undefined;
  c.expect('USING');
  const format = path(c, 'a format, like csv').join('.').toLowerCase();
  const given = new Map(c.at('OPTIONS') ? optionList(c) : []);
  const file = given.get('path');
  if (file === undefined) c.fail("OPTIONS with the file's path");
  given.delete('path');
  const schema = columns === undefined ? undefined : T.schema(columns);
  const read = plan({ kind: 'read', format, paths: list([file]), options: given, ...present({ schema }), at: c.span(start) });
  return Object.freeze({ kind: 'create_view', name: view, replace, plan: read });
}

function dropView(c: Cursor): Statement {
  const { start } = c.next();
  if (!c.take('VIEW')) {
    if (c.token.kind !== 'word') c.fail('VIEW');
    const { key } = c.next();
    throw errors.notSupported(`The statement DROP ${key}`, c.since(start));
  }
  const ifExists = c.take('IF', 'EXISTS');
  return Object.freeze({ kind: 'drop_view', name: path(c, 'the name of a view').join('.'), ifExists });
}
