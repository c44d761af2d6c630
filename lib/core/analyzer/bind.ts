import { BOOLEAN, NULL } from '../types/data-type.js';
import { nestingDepth, NESTING_MAX } from '../types/nested.js';
import { widerTypeOf } from '../types/coercion.js';
import { canCast, castRefusal } from '../types/cast-rules.js';
import type { Bound } from '../expr/bound.js';
import { caseWhen, castTo, coerce, literal } from '../expr/build.js';
import type { CallExpr, CaseExpr, CastExpr, ColumnExpr, Expr, StarExpr } from '../expr/expr.js';
import { FUNCTIONS } from '../expr/functions/index.js';
import { some } from '../expr/walk.js';
import { extractField } from '../expr/extract-value.js';
import { sqlName } from '../expr/sql-name.js';
import type { QueryError } from '../errors.js';
import { bindCall } from './bind-call.js';
import { placeOf, type Context } from './context.js';
import { specialMoment } from './special-moments.js';
import {
  dataDiffTypes,
  extractFailures,
  filterNotBoolean,
  generatorWhere,
  nestedAggregate,
  nestedTooDeep,
  notSupported,
  refusedCast,
  starWhere,
  tooDeep,
  unboundParameter,
  unexpectedInputType,
  type Place,
} from './errors.js';

/** Written expressions to bound ones. */

/** Where an expression stands: which names it sees, whether aggregates may be in it. */
export interface Names {
  /** The column of a name, or an error. */
  column(expr: ColumnExpr, insideAggregate: boolean): Bound;
  /** The columns of a star among a function's arguments. */
  star(expr: StarExpr): readonly Bound[];
  /** What `_metadata` says of the row's file under a name; undefined where rows are no file's. */
  fact?(name: string): Bound | undefined;
  /** Their names. */
  starNames(expr: StarExpr): readonly string[];
  /** The error for an aggregate function here; absent where they are welcome. */
  readonly refuseAggregate?: (call: CallExpr) => QueryError;
}

export interface Binder {
  readonly context: Context;
  readonly names: Names;
  readonly insideAggregate: boolean;
  readonly depth: number;
  /** Set when an aggregate function was met, even where the result needs none of it. */
  readonly seen: { aggregate: boolean };
}

export function binder(context: Context, names: Names): Binder {
  return { context, names, insideAggregate: false, depth: 0, seen: { aggregate: false } };
}

/** Levels of calls in calls, chains of operators aside: well within the stack of any thread. */
const MAX_DEPTH = 400;

/** Operators whose first arguments are chained iteratively. None of them is an aggregate. */
const CHAINED: ReadonlySet<string> = new Set([
  'add',
  'subtract',
  'multiply',
  'divide',
  'mod',
  'div',
  'and',
  'or',
  'concat',
  '&',
  '|',
  '^',
  '=',
  '<>',
  '<',
  '<=',
  '>',
  '>=',
  '<=>',
  'not',
]);

export function bind(expr: Expr, scope: Binder): Bound {
  const place = (): Place => placeOf(scope.context, expr.at);
  if (scope.depth > MAX_DEPTH) {
    throw tooDeep(place());
  }
  switch (expr.kind) {
    case 'literal':
      return literal(expr.value, expr.type, expr.at);
    case 'column':
      return scope.names.column(expr, scope.insideAggregate);
    case 'call':
      return bindChain(expr, scope);
    case 'cast':
      return bindCast(expr, scope);
    case 'case':
      return bindCase(expr, scope);
    case 'alias':
      return bind(expr.input, deeper(scope));
    case 'parameter': {
      const value = scope.context.options.parameters?.get(expr.name) ?? scope.context.options.parameters?.get(String(expr.name));
      if (value === undefined) {
        throw unboundParameter(expr.name, place());
      }
      return literal(value.value, value.type, expr.at);
    }
    case 'star':
      throw starWhere(place());
    case 'window':
      throw notSupported('A window function', place());
    case 'subquery':
      throw notSupported('A subquery in an expression', place());
    case 'lambda':
      throw notSupported('A lambda function', place());
    case 'field':
      return extractField(bind(expr.input, deeper(scope)), expr.name, extractFailures(place()), expr.at);
  }
}

export function deeper(scope: Binder): Binder {
  return { ...scope, depth: scope.depth + 1 };
}

function bindChain(expr: CallExpr, scope: Binder): Bound {
  const spine: CallExpr[] = [];
  let node: Expr = expr;
  while (node.kind === 'call' && CHAINED.has(node.name) && node.args[0] !== undefined) {
    spine.push(node);
    node = node.args[0];
  }
  const inner = deeper(scope);
  const innermost = spine.at(-1);
  if (innermost === undefined) {
    return bindFunction(expr, scope);
  }
  let first = node.kind === 'star' ? undefined : bind(node, inner);
  for (let step = spine.pop(); step !== undefined; step = spine.pop()) {
    const rest = bindArguments(first === undefined ? step.args : step.args.slice(1), inner);
    first = bindCall(step, first === undefined ? rest : [first, ...rest], scope);
  }
  return first ?? literal(null, NULL);
}

function bindArguments(args: readonly Expr[], scope: Binder): Bound[] {
  return args.flatMap((a) => (a.kind === 'star' ? scope.names.star(a) : [bind(a, scope)]));
}

const isCountStar = (expr: CallExpr): boolean =>
  expr.name === 'count' && expr.args.length === 1 && expr.args[0]?.kind === 'star' && expr.args[0].qualifier.length === 0;

function bindFunction(expr: CallExpr, scope: Binder): Bound {
  const entry = FUNCTIONS.get(expr.name.toLowerCase());
  if (entry?.kind === 'generator') {
    throw generatorWhere(expr.name, placeOf(scope.context, expr.at));
  }
  if (entry?.kind !== 'aggregate') {
    return bindCall(expr, bindArguments(expr.args, deeper(scope)), scope);
  }
  if (scope.insideAggregate) {
    throw nestedAggregate(placeOf(scope.context, expr.at));
  }
  if (scope.names.refuseAggregate !== undefined) {
    throw scope.names.refuseAggregate(expr);
  }
  scope.seen.aggregate = true;
  const inside = { ...deeper(scope), insideAggregate: true };
  const args = isCountStar(expr) ? [] : bindArguments(expr.args, inside);
  if (args.some((a) => some(a, (n) => n.kind === 'aggregate'))) {
    throw nestedAggregate(placeOf(scope.context, expr.at));
  }
  const filter = expr.filter === undefined ? undefined : condition(expr.filter, inside);
  return bindCall(expr, args, scope, { filter, star: isCountStar(expr) });
}

/** A boolean: WHERE, HAVING, FILTER. Void and strings are cast. */
export function condition(expr: Expr, scope: Binder): Bound {
  return asCondition(bind(expr, scope), expr, scope.context);
}

export function asCondition(bound: Bound, expr: Expr, context: Context): Bound {
  if (bound.type.kind === 'boolean' || bound.type.kind === 'null' || bound.type.kind === 'string') {
    return coerce(bound, BOOLEAN);
  }
  throw filterNotBoolean(sqlName(expr), bound.type, placeOf(context, expr.at));
}

function bindCast(expr: CastExpr, scope: Binder): Bound {
  const input = bind(expr.input, deeper(scope));
  if (nestingDepth(expr.to) > NESTING_MAX) {
    throw nestedTooDeep(placeOf(scope.context, expr.at));
  }
  if (!canCast(input.type, expr.to)) {
    throw refusedCast(sqlName(expr), input.type, expr.to, castRefusal(input.type, expr.to), placeOf(scope.context, expr.at));
  }
  return specialMoment(input, expr.to, scope.context.now) ?? castTo(input, expr.to, expr.mode, expr.at);
}

function bindCase(expr: CaseExpr, scope: Binder): Bound {
  const inner = deeper(scope);
  const place = placeOf(scope.context, expr.at);
  const branches = expr.branches.map((b) => ({ when: bind(b.when, inner), then: bind(b.then, inner) }));
  const otherwise = expr.otherwise === undefined ? literal(null, NULL) : bind(expr.otherwise, inner);
  for (const [i, branch] of branches.entries()) {
    if (branch.when.type.kind !== 'boolean') {
      const written = expr.branches[i]?.when ?? expr;
      throw unexpectedInputType(
        sqlName(expr),
        i,
        BOOLEAN,
        sqlName(written),
        branch.when.type,
        placeOf(scope.context, written.at ?? expr.at),
      );
    }
  }
  const types = [...branches.map((b) => b.then.type), otherwise.type];
  const type = widerTypeOf(types);
  if (type === undefined) {
    throw dataDiffTypes(sqlName(expr), 'casewhen', types, place);
  }
  return caseWhen(
    branches.map((b) => ({ when: b.when, then: coerce(b.then, type) })),
    coerce(otherwise, type),
    type,
    expr.at,
  );
}
