import type { JoinType, LogicalPlan, ReadPlan } from '../core/plan/logical-plan.js';
import { argumentList } from './calls.js';
import { CHAIN_MAX, type Cursor } from './cursor.js';
import * as errors from './errors.js';
import { expression } from './expressions.js';
import { atAlias, commaList, name, names, path } from './names.js';
import { list, plan, present } from './nodes.js';
import { optionList } from './options.js';
import { atQuery, atQueryContinuation, continueQuery, query, valuesTable } from './query.js';
import { lateralView, pivot, tableSample, unpivot } from './reshape.js';

/** FROM: tables, files, subqueries, VALUES, table functions, and joins between them. */

/** `FROM a, b JOIN c …`, with what may follow the list. */
export function fromClause(c: Cursor): LogicalPlan {
  c.expect('FROM');
  const { start } = c.token;
  let result = relation(c);
  let count = 0;
  // A comma at the end is welcome here too.
  while (c.at(',') && !atClauseAfterComma(c)) {
    c.next();
    if (count++ === CHAIN_MAX) throw errors.tooLong('tables', CHAIN_MAX, c.here());
    const lateral = atLateral(c) && c.take('LATERAL');
    const right = joined(c, primaryRelation(c, lateral));
    result = plan({ kind: 'join', type: 'cross', left: result, right, natural: false, lateral, at: c.span(start) });
  }
  c.take(',');
  while (c.at('LATERAL', 'VIEW')) result = lateralView(c, result);
  return reshaped(c, result);
}

const AFTER_FROM: ReadonlySet<string> = new Set(['WHERE', 'GROUP', 'HAVING', 'ORDER', 'LIMIT', ')', ';', '']);

function atClauseAfterComma(c: Cursor): boolean {
  const next = c.ahead(1);
  return next.kind !== 'string' && next.kind !== 'quoted' && AFTER_FROM.has(next.key);
}

function atLateral(c: Cursor): boolean {
  const next = c.ahead(1);
  return c.at('LATERAL') && next.key !== 'VIEW' && (next.key === '(' || next.kind === 'word');
}

/** One table with its joins. */
function relation(c: Cursor): LogicalPlan {
  const lateral = atLateral(c) && c.take('LATERAL');
  return joined(c, primaryRelation(c, lateral));
}

/** The table with the joins, PIVOT and UNPIVOT that come next. */
function joined(c: Cursor, first: LogicalPlan): LogicalPlan {
  let left = reshaped(c, first);
  for (let count = 0; ; count++) {
    const step = join(c, left);
    if (step === undefined) return left;
    if (count === CHAIN_MAX) throw errors.tooLong('joins', CHAIN_MAX, c.here());
    left = reshaped(c, step);
  }
}

function reshaped(c: Cursor, input: LogicalPlan): LogicalPlan {
  let result = input;
  for (;;) {
    if (c.at('PIVOT', '(')) result = pivot(c, result);
    else if (c.at('UNPIVOT') && c.ahead(1).kind !== 'end') result = unpivot(c, result);
    else return result;
    result = aliased(c, result, result.at?.start ?? 0);
  }
}

interface JoinWords {
  readonly type: JoinType;
  readonly natural: boolean;
}

/** All ways to write a join. */
const JOIN_WORDS: readonly (readonly [words: readonly string[], type: JoinType])[] = [
  [['JOIN'], 'inner'],
  [['INNER', 'JOIN'], 'inner'],
  [['CROSS', 'JOIN'], 'cross'],
  [['LEFT', 'JOIN'], 'left'],
  [['LEFT', 'OUTER', 'JOIN'], 'left'],
  [['LEFT', 'SEMI', 'JOIN'], 'semi'],
  [['LEFT', 'ANTI', 'JOIN'], 'anti'],
  [['SEMI', 'JOIN'], 'semi'],
  [['ANTI', 'JOIN'], 'anti'],
  [['RIGHT', 'JOIN'], 'right'],
  [['RIGHT', 'OUTER', 'JOIN'], 'right'],
  [['FULL', 'JOIN'], 'full'],
  [['FULL', 'OUTER', 'JOIN'], 'full'],
  [['ASOF', 'JOIN'], 'asof'],
  [['POSITIONAL', 'JOIN'], 'positional'],
];

const JOIN_STARTS: ReadonlySet<string> = new Set(JOIN_WORDS.map(([words]) => words[0]!));

function joinWords(c: Cursor): JoinWords | undefined {
  const natural = c.take('NATURAL');
  for (const [words, type] of JOIN_WORDS) if (c.take(...words)) return { type, natural };
  if (c.at('ASOF', 'LEFT')) throw errors.notSupported('ASOF LEFT JOIN', c.here());
  if (c.atOne(JOIN_STARTS)) c.next();
  else if (!natural) return undefined;
  return c.fail('JOIN');
}

/** The next join over the rows before it, if there is one. */
export function join(c: Cursor, left: LogicalPlan): LogicalPlan | undefined {
  const start = left.at?.start ?? c.token.start;
  const words = joinWords(c);
  if (words === undefined) return undefined;
  const lateral = atLateral(c) && c.take('LATERAL');
  const right = primaryRelation(c, lateral);
  const on = c.take('ON') ? expression(c) : undefined;
  const using = on === undefined && c.take('USING') ? names(c) : undefined;
  return plan({ kind: 'join', ...words, left, right, ...present({ on, using }), lateral, at: c.span(start) });
}

/** A table, a file, a subquery, VALUES or a function, with sample and alias. */
function primaryRelation(c: Cursor, lateral = false): LogicalPlan {
  const { start, kind } = c.token;
  if (c.at('(')) return c.nested(() => finished(c, bracketed(c), start));
  if (lateral && c.ahead(1).key !== '(') c.fail('a subquery or a table function');
  if (kind === 'string' || c.at('[')) return finished(c, files(c, start), start);
  if (c.at('VALUES') && atQuery(c)) {
    return valuesTable(c);
  }
  if ((kind !== 'word' && kind !== 'quoted') || c.at('SELECT')) c.fail('a table, a quoted file name or a subquery');
  return finished(c, table(c, start), start);
}

function bracketed(c: Cursor): LogicalPlan {
  return c.parenthesized(() => {
    if (atQuery(c) && !c.at('(')) return query(c);
    const inner = relation(c);
    // ((SELECT …) UNION (SELECT …)): the inner brackets held a query.
    return atQueryContinuation(c) ? continueQuery(c, inner) : inner;
  });
}

function finished(c: Cursor, input: LogicalPlan, start: number): LogicalPlan {
  const sampled = c.at('TABLESAMPLE', '(') ? tableSample(c, input) : input;
  const named = aliased(c, sampled, start);
  return c.at('TABLESAMPLE', '(') ? tableSample(c, named) : named;
}

/** `[AS] name [(columns)]`, if it comes next. */
export function aliased(c: Cursor, input: LogicalPlan, start: number): LogicalPlan {
  const written = c.take('AS');
  if (!written && !atAlias(c)) return input;
  const alias = name(c, 'the name of a table');
  const columns = c.at('(') ? names(c) : undefined;
  return plan({ kind: 'alias', input, name: alias, ...present({ columns }), at: c.span(start) });
}

/** `'x.csv'`, `['a.csv', 'b.csv']`, with reader options after WITH. */
function files(c: Cursor, start: number): LogicalPlan {
  const paths = c.at('[') ? pathList(c) : [c.next().text];
  const options = c.at('WITH', '(') ? optionList(c) : new Map<string, string>();
  return plan({ kind: 'read', paths: list(paths), options, at: c.span(start) });
}

function pathList(c: Cursor): readonly string[] {
  const open = c.next();
  const paths = commaList(c, () => {
    if (c.token.kind !== 'string') c.fail('a quoted file name');
    return c.next().text;
  });
  c.close(open, ']');
  return paths;
}

function table(c: Cursor, start: number): LogicalPlan {
  const parts = path(c, 'a table');
  if (c.at('(')) {
    const { args, argNames } = c.parenthesized(() => argumentList(c, () => c.at(')')));
    return plan({
      kind: 'table_function',
      name: parts.join('.').toLowerCase(),
      args,
      ...present({ argNames }),
      at: c.span(start),
    });
  }
  if (!c.at('WITH', '(')) return plan({ kind: 'table', path: parts, at: c.span(start) });
  const options = optionList(c);
  const [format, file] = parts;
  if (parts.length !== 2 || file === undefined) return plan({ kind: 'table', path: parts, options, at: c.span(start) });
  const read: ReadPlan = { kind: 'read', format: format!.toLowerCase(), paths: list([file]), options, at: c.span(start) };
  return plan(read);
}
