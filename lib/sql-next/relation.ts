import type { Expr } from '../core/expr/expr.js';
import type { JoinType, LogicalPlan } from '../core/plan/logical-plan.js';
import type { Cursor } from './cursor.js';
import { unsupported } from './errors.js';
import { expression } from './expressions.js';
import { NOT_TABLE_ALIAS } from './keywords.js';
import { alias, atName, name, nameList, path } from './names.js';
import { across, freeze } from './nodes.js';
import { aliased, join, values } from './plans.js';
import { valuesRow } from './query.js';
import { pivot, sample, unpivot } from './reshape.js';
import { atQuery, queryInParentheses, startsValue } from './subquery.js';

/** FROM: tables, files, subqueries, table functions, joined. */

const FORMATS = new Set(['csv', 'tsv', 'json', 'ndjson', 'jsonl', 'parquet', 'arrow', 'text', 'orc', 'avro']);

/** Relations between commas: joined with every row of the others. */
export function from(c: Cursor): LogicalPlan {
  let left = relation(c);
  while (c.accept(',')) {
    const lateral = c.at('LATERAL') && c.peek().upper !== 'VIEW';
    const right = relation(c);
    left = join({ type: 'cross', left, right, lateral }, across(left.at, c.span(right.at?.start ?? 0)));
  }
  return left;
}

/** One relation with its joins, pivots and samples. */
export function relation(c: Cursor): LogicalPlan {
  let plan = relationPrimary(c);
  for (;;) {
    if (c.atAny('PIVOT', 'UNPIVOT') && ['(', 'INCLUDE', 'EXCLUDE'].includes(c.peek().upper)) {
      plan = withAlias(c, c.at('PIVOT') ? pivot(c, plan) : unpivot(c, plan));
      continue;
    }
    const joined = joinStep(c, plan);
    if (joined === undefined) return plan;
    plan = joined;
  }
}

interface Kind {
  readonly type: JoinType;
  readonly natural: boolean;
}

const SIDES: Readonly<Record<string, JoinType>> = {
  LEFT: 'left',
  RIGHT: 'right',
  FULL: 'full',
  SEMI: 'semi',
  ANTI: 'anti',
  INNER: 'inner',
  CROSS: 'cross',
  ASOF: 'asof',
  POSITIONAL: 'positional',
};

/** `[NATURAL] [LEFT [OUTER | SEMI | ANTI] | …] JOIN`, taken if it stands here. */
function joinKind(c: Cursor): Kind | undefined {
  const { mark } = c;
  const natural = c.accept('NATURAL');
  let type: JoinType = 'inner';
  const side = SIDES[c.token.upper];
  if (side !== undefined) {
    c.next();
    type = side;
    if (side === 'left' && c.atAny('SEMI', 'ANTI')) type = SIDES[c.next().upper]!;
    if (side === 'left' || side === 'right' || side === 'full') c.accept('OUTER');
    if (side === 'asof' && c.atAny('LEFT', 'RIGHT', 'FULL', 'INNER')) {
      const { start, end } = c.token;
      if (!c.accept('INNER')) throw unsupported(c.sql, { start, end }, `ASOF ${c.token.upper} JOIN`);
    }
  }
  if (c.accept('JOIN')) return { type, natural };
  if (natural || (side !== undefined && mark !== c.mark)) throw c.error('JOIN');
  c.reset(mark);
  return undefined;
}

/** One join after its left side: also what a pipe holds. */
export function joinStep(c: Cursor, left: LogicalPlan): LogicalPlan | undefined {
  if (!c.atAny('JOIN', 'NATURAL', ...Object.keys(SIDES))) return undefined;
  const { start } = c.token;
  const kind = joinKind(c);
  if (kind === undefined) return undefined;
  const lateral = c.at('LATERAL');
  const right = relationPrimary(c);
  const criteria = joinCriteria(c);
  return join({ ...kind, left, right, lateral, ...criteria }, across(left.at, c.span(start)));
}

function joinCriteria(c: Cursor): { readonly on?: Expr; readonly using?: readonly string[] } {
  if (c.accept('ON')) return { on: expression(c) };
  return c.at('USING', '(') && c.accept('USING') ? { using: nameList(c) } : {};
}

function relationPrimary(c: Cursor): LogicalPlan {
  const { start } = c.token;
  if (c.at('LATERAL') && (c.peek().upper === '(' || c.peek().kind === 'word')) c.next();
  return withAlias(c, sampled(c, source(c, start)));
}

function sampled(c: Cursor, plan: LogicalPlan): LogicalPlan {
  return c.at('TABLESAMPLE') ? sample(c, plan) : plan;
}

/** `[AS] name [(columns)]`. */
export function withAlias(c: Cursor, plan: LogicalPlan): LogicalPlan {
  const { start } = c.token;
  if (c.at('AS', '(')) {
    throw c.error('an alias', c.peek());
  }
  const called = alias(c, NOT_TABLE_ALIAS);
  if (called === undefined) return plan;
  const columns = c.at('(') ? nameList(c) : undefined;
  return sampled(c, aliased(plan, called, columns, across(plan.at, c.span(start))));
}

function source(c: Cursor, start: number): LogicalPlan {
  if (c.token.kind === 'string') return file(c, c.next().text, undefined, start);
  if (c.at('(')) return inParentheses(c);
  if (c.at('VALUES') && startsValue(c, 1)) {
    c.next();
    const rows = c.list(() => valuesRow(c));
    return values(rows, c.span(start));
  }
  if (!atName(c)) throw c.error('a table, a quoted file or a subquery');
  const { kind } = c.peek(2);
  const parts = path(c);
  if (c.at('(') && c.before?.kind === 'word') return tableFunction(c, parts.join('.').toLowerCase(), start);
  if (parts.length === 2 && kind === 'quoted' && FORMATS.has(parts[0]!.toLowerCase()))
    return file(c, parts[1]!, parts[0]!.toLowerCase(), start);
  return Object.freeze({ kind: 'table', path: freeze(parts), at: c.span(start) });
}

/** `'x.csv'`, csv.`x`. */
export function file(c: Cursor, filePath: string, format: string | undefined, start: number): LogicalPlan {
  const options: ReadonlyMap<string, string> = new Map();
  return Object.freeze({
    kind: 'read',
    ...(format === undefined ? {} : { format }),
    paths: freeze([filePath]),
    options,
    at: c.span(start),
  });
}

function inParentheses(c: Cursor): LogicalPlan {
  return c.nested(() => {
    if (atQuery(c)) return queryInParentheses(c);
    c.expect('(');
    const plan = from(c);
    c.expect(')');
    return plan;
  });
}

/** `range(10)`, with named arguments. */
function tableFunction(c: Cursor, functionName: string, start: number): LogicalPlan {
  const names: string[] = [];
  const args = c.parenthesized(() => {
    const label = c.peek().upper === '=>' ? name(c) : '';
    if (label !== '') c.expect('=>');
    names.push(label);
    return expression(c);
  });
  const argNames = names.some((n) => n !== '') ? { argNames: freeze(names) } : {};
  return Object.freeze({ kind: 'table_function', name: functionName, args: freeze(args), ...argNames, at: c.span(start) });
}
