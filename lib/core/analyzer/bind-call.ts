import { castRefusal } from '../types/cast-rules.js';
import type { Bound } from '../expr/bound.js';
import { aggregate, call } from '../expr/build.js';
import type { CallExpr, LiteralValue, Span } from '../expr/expr.js';
import type { AggregateEntry, CallSite, FunctionEntry, ScalarEntry } from '../expr/functions/index.js';
import { FUNCTIONS } from '../expr/functions/index.js';
import type { Failures } from '../expr/functions/entry.js';
import { applySignature } from '../expr/functions/resolve.js';
import { UNBUILT_FUNCTIONS } from '../expr/functions/unbuilt.js';
import { sqlName } from '../expr/sql-name.js';
import type { Binder } from './bind.js';
import { constantValue, isConstant } from './constant.js';
import { placeOf } from './context.js';
import * as errors from './errors.js';

/** A function by its name, with its arguments bound. */

interface AggregateParts {
  readonly filter: Bound | undefined;
  readonly star: boolean;
}

const NO_PARTS: AggregateParts = { filter: undefined, star: false };

export function bindCall(expr: CallExpr, args: readonly Bound[], scope: Binder, parts: AggregateParts = NO_PARTS): Bound {
  const place = placeOf(scope.context, expr.at);
  const name = expr.name.toLowerCase();
  const entry = FUNCTIONS.get(name);
  if (entry === undefined) {
    throw unknown(name, place);
  }
  refuseSyntax(expr, entry, place);
  const site = siteOf(expr, name, args, scope, parts, place);
  if (entry.resolve !== undefined) {
    return withPlaces(entry.resolve(site), expr.at);
  }
  return withPlaces(
    entry.kind === 'aggregate' ? bySignature(entry, site) : scalarBySignature(entry as ScalarEntry, site),
    expr.at,
  );
}

/** A column has no place of its own: a cast that the call put around it takes the call's, should it fail. */
function withPlaces(bound: Bound, at: Span | undefined): Bound {
  if (at === undefined || (bound.kind !== 'call' && bound.kind !== 'aggregate')) return bound;
  const lacks = (arg: Bound): boolean => arg.kind === 'cast' && arg.at === undefined;
  if (!bound.args.some(lacks)) return bound;
  const args = Object.freeze(bound.args.map((arg) => (lacks(arg) ? Object.freeze({ ...arg, at }) : arg)));
  return Object.freeze({ ...bound, args });
}

function unknown(name: string, place: errors.Place): Error {
  if (name === 'grouping' || name === 'grouping_id') {
    return errors.groupingOutside(place);
  }
  if (UNBUILT_FUNCTIONS.has(name)) {
    return errors.notSupported(`The function "${name}"`, place);
  }
  return errors.unresolvedRoutine(name, [...FUNCTIONS.keys()], place);
}

function refuseSyntax(expr: CallExpr, entry: FunctionEntry, place: errors.Place): void {
  if (expr.argNames?.some((n) => n !== '') === true) {
    throw errors.notSupported('A named argument', place);
  }
  if (expr.orderBy !== undefined && expr.orderBy.length > 0) {
    throw errors.notSupported('ORDER BY inside of a function', place);
  }
  if (entry.kind !== 'aggregate' && expr.distinct === true) {
    throw errors.distinctWithoutAggregate(expr.name, 'DISTINCT', place);
  }
  if (entry.kind !== 'aggregate' && expr.filter !== undefined) {
    throw errors.distinctWithoutAggregate(expr.name, 'FILTER', place);
  }
}

function scalarBySignature(entry: ScalarEntry, site: CallSite): Bound {
  const { args, type } = applySignature(site, entry.signatures);
  return call(entry.name, args, type, entry.nulls === 'custom' || args.some((a) => a.nullable), site.at);
}

function bySignature(entry: AggregateEntry, site: CallSite): Bound {
  const { args, type } = applySignature(site, entry.signatures);
  return aggregate(entry.name, args, type, entry.nullable, {
    distinct: site.distinct,
    ...(site.filter === undefined ? {} : { filter: site.filter }),
    ...(site.at === undefined ? {} : { at: site.at }),
  });
}

function siteOf(
  expr: CallExpr,
  name: string,
  args: readonly Bound[],
  scope: Binder,
  parts: AggregateParts,
  place: errors.Place,
): CallSite {
  const text = (): string => sqlName(expr);
  const argText = (index: number): string => {
    const written = expr.args[index];
    return written === undefined ? '' : sqlName(written);
  };
  return {
    name,
    args,
    at: expr.at,
    distinct: expr.distinct ?? false,
    filter: parts.filter,
    ignoreNulls: expr.ignoreNulls ?? false,
    star: parts.star,
    now: scope.context.now,
    fact: (fact) => scope.names.fact?.(fact),
    text,
    argText,
    argNames: () => argumentNames(expr, scope),
    constant: (index, what) => constantArgument(index, what),
    fail: failures(name, args, text, argText, place),
  };

  function constantArgument(index: number, what: string): LiteralValue {
    const input = args[index];
    if (input === undefined || !isConstant(input)) {
      throw errors.nonFoldable(text(), what, place);
    }
    return constantValue(input, scope.context);
  }
}

/** A star stands for the names of its columns. */
function argumentNames(expr: CallExpr, scope: Binder): readonly (string | undefined)[] {
  return expr.args.flatMap((a): readonly (string | undefined)[] => {
    switch (a.kind) {
      case 'star':
        return scope.names.starNames(a);
      case 'alias':
      case 'field':
        return [a.name];
      case 'column':
        return [a.path.at(-1)];
      default:
        return [undefined];
    }
  });
}

function failures(
  name: string,
  args: readonly Bound[],
  text: () => string,
  argText: (index: number) => string,
  place: errors.Place,
): Failures {
  return {
    unexpectedInputType: (index, wanted) =>
      errors.unexpectedInputType(text(), index, wanted, argText(index), args[index]?.type ?? { kind: 'null' }, place),
    binaryOpDiffTypes: (left, right) => errors.binaryOpDiffTypes(text(), left, right, place),
    binaryOpWrongType: (wanted, actual) => errors.binaryOpWrongType(text(), wanted, actual, place),
    dataDiffTypes: (types) => errors.dataDiffTypes(text(), name, types, place),
    wrongNumArgs: (expected) => errors.wrongNumArgs(name, expected, args.length, place),
    invalidOrdering: (type) => errors.invalidOrdering(text(), name, type, place),
    invalidExtractField: (field, fields) => errors.invalidExtractField(field, fields, place),
    invalidDatetimeUnit: (unit) => errors.invalidDatetimeUnit(name, unit, place),
    refusedCast: (input, to) => errors.refusedCast(text(), input.type, to, castRefusal(input.type, to), place),
    timeType: () => errors.timeTypeUnsupported(text(), place),
    argumentValue: (problem) => errors.argumentValue(text(), problem, place),
    notSupported: (what) => errors.notSupported(what, place),
    extract: errors.extractFailures(place),
    tooDeep: () => errors.nestedTooDeep(place),
    invalidMapKey: (type) => errors.invalidMapKey(text(), type, place),
  };
}
