import type { AttributeRef, Bound } from '../expr/bound.js';
import type { ColumnExpr, StarExpr } from '../expr/expr.js';
import { extractField, isExtractable, structField } from '../expr/extract-value.js';
import type { Resolved } from '../plan/resolved-plan.js';
import { findMetadata, isMetadata, type MetadataColumn } from './metadata.js';
import {
  ambiguousReference,
  emptyStar,
  extractFailures,
  foreignColumn,
  unknownFact,
  unresolvedColumn,
  type Place,
} from './errors.js';

/** The columns an expression can name. */

export interface ScopeColumn {
  readonly attribute: AttributeRef;
  /** Names of the tables it can be qualified with, last part first wanted: `db.t` is ['db', 't']. */
  readonly qualifier: readonly string[];
}

/** A resolved plan with the names its columns go by. `planIds`: what `df.col('a')` of a plan means, carried upwards. */
export interface Relation {
  readonly plan: Resolved;
  readonly columns: readonly ScopeColumn[];
  readonly planIds: PlanColumns;
  /** Facts about the files below; absent where rows are no file's any more. */
  readonly metadata?: readonly MetadataColumn[];
}

export type PlanColumns = ReadonlyMap<number, readonly AttributeRef[]>;

export const NO_PLAN_IDS: PlanColumns = new Map();

/** With the columns of a plan that DataFrame methods can name. */
export function withPlan(planIds: PlanColumns, planId: number | undefined, columns: readonly ScopeColumn[]): PlanColumns {
  return planId === undefined ? planIds : new Map([...planIds, [planId, columns.map((c) => c.attribute)]]);
}

const same = (a: string, b: string): boolean => a === b || a.toLowerCase() === b.toLowerCase();

/** `t` matches `db.t`; `db.t` matches only it. */
function qualifierMatches(written: readonly string[], actual: readonly string[]): boolean {
  const offset = actual.length - written.length;
  return offset >= 0 && written.every((part, i) => same(part, actual[offset + i] ?? ''));
}

function columnsNamed(columns: readonly ScopeColumn[], path: readonly string[]): readonly ScopeColumn[] {
  const name = path.at(-1) ?? '';
  const qualifier = path.slice(0, -1);
  const named = columns.filter((c) => same(c.attribute.name, name) && qualifierMatches(qualifier, c.qualifier));
  // The same column twice in a select list is not ambiguous.
  return named.filter((c, i) => named.findIndex((d) => d.attribute.id === c.attribute.id) === i);
}

export function qualifiedName(column: ScopeColumn): string {
  return [...column.qualifier, column.attribute.name].join('.');
}

/** The column of a name; `undefined` when there is none. */
export function findColumn(
  columns: readonly ScopeColumn[],
  expr: ColumnExpr,
  place: Place,
  planIds: PlanColumns = NO_PLAN_IDS,
): AttributeRef | undefined {
  if (expr.planId !== undefined) {
    const own = planIds.get(expr.planId)?.filter((a) => same(a.name, expr.path.at(-1) ?? ''));
    if (own !== undefined) {
      const reachable = own.filter((a) => columns.some((c) => c.attribute.id === a.id));
      return reachable.length > 1 && new Set(reachable.map((a) => a.id)).size > 1
        ? fail(
            expr,
            reachable.map((a) => a.name),
            place,
          )
        : columns.find((c) => c.attribute.id === reachable[0]?.id)?.attribute;
    }
    return undefined;
  }
  const named = columnsNamed(columns, expr.path);
  return named.length > 1 ? fail(expr, named.map(qualifiedName), place) : named[0]?.attribute;
}

/** A column, and the names of fields inside of it. */
export interface FoundPath {
  readonly attribute: AttributeRef;
  readonly fields: readonly string[];
}

/** `a`, `t.a`, or fields of a column, `a.b.c`: as many parts as can be are the column's own name. */
export function findPath(
  columns: readonly ScopeColumn[],
  expr: ColumnExpr,
  place: Place,
  planIds: PlanColumns = NO_PLAN_IDS,
): FoundPath | undefined {
  const { path } = expr;
  const inside = (parts: number): FoundPath | undefined => {
    const attribute = findColumn(columns, { ...expr, path: path.slice(0, parts) }, place, planIds);
    return attribute !== undefined && isExtractable(attribute.type) ? { attribute, fields: path.slice(parts) } : undefined;
  };
  // `df.col('s.a')` is looked for by its last part alone, so its first one comes before.
  const own = expr.planId !== undefined && path.length > 1 ? inside(1) : undefined;
  if (own !== undefined) {
    return own;
  }
  const whole = findColumn(columns, expr, place, planIds);
  if (whole !== undefined) {
    return { attribute: whole, fields: [] };
  }
  for (let parts = path.length - 1; parts > 0; parts--) {
    const found = inside(parts);
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}

/** The value of fields inside of another. */
export function extractPath(input: Bound, fields: readonly string[], place: Place): Bound {
  return fields.reduce((value, name) => extractField(value, name, extractFailures(place), place.at), input);
}

/** What a name stands for: a column, or something inside of one. */
export function resolvePath(
  columns: readonly ScopeColumn[],
  expr: ColumnExpr,
  place: Place,
  planIds: PlanColumns = NO_PLAN_IDS,
): Bound | undefined {
  const found = findPath(columns, expr, place, planIds);
  return found === undefined ? undefined : extractPath(found.attribute, found.fields, place);
}

/** What a name stands for in a relation, facts about its files included; `undefined` when there is none. */
export function resolveInRelation(input: Relation, expr: ColumnExpr, place: Place): Bound | undefined {
  const found = resolvePath(input.columns, expr, place, input.planIds) ?? findMetadata(input.metadata, expr);
  if (found === undefined && input.metadata !== undefined && isMetadata(expr))
    throw unknownFact(
      expr.path.at(-1) ?? '',
      input.metadata.map(({ path }) => path.at(-1) ?? ''),
      place,
    );
  return found;
}

function fail(expr: ColumnExpr, candidates: readonly string[], place: Place): never {
  throw ambiguousReference(expr.path.join('.'), candidates, place);
}

/** For a name that no scope has. */
export function noSuchColumn(columns: readonly ScopeColumn[], expr: ColumnExpr, place: Place): Error {
  if (expr.planId !== undefined) {
    return foreignColumn(expr.path.join('.'), place);
  }
  const qualified = expr.path.length > 1;
  return unresolvedColumn(
    expr.path.join('.'),
    [...new Set(columns.map((c) => (qualified ? qualifiedName(c) : c.attribute.name)))],
    place,
  );
}

/** One column of a star. */
export interface StarColumn {
  readonly name: string;
  readonly bound: Bound;
}

/** The columns of `*`, of `t.*`, or of `s.*` the fields of a struct; in order, before EXCEPT and REPLACE. */
export function starColumns(
  columns: readonly ScopeColumn[],
  star: StarExpr,
  place: Place,
  planIds: PlanColumns = NO_PLAN_IDS,
): readonly StarColumn[] {
  const { qualifier } = star;
  const plain = (found: readonly ScopeColumn[]): readonly StarColumn[] =>
    found.map(({ attribute }) => ({ name: attribute.name, bound: attribute }));
  if (qualifier.length === 0) {
    return plain(columns);
  }
  const found = columns.filter((c) => qualifierMatches(qualifier, c.qualifier));
  if (found.length > 0) {
    return plain(found);
  }
  const value = resolvePath(columns, { kind: 'column', path: qualifier }, place, planIds);
  if (value?.type.kind !== 'struct') {
    throw emptyStar(qualifier.join('.'), [...new Set(columns.map((c) => c.qualifier.join('.')).filter((q) => q !== ''))], place);
  }
  const { type } = value;
  return type.fields.map(({ name }, i) => ({ name, bound: structField(value, type, i) }));
}

/** A relation whose columns go by their plain names. */
export function relation(plan: Resolved, qualifier: readonly string[] = [], planIds: PlanColumns = NO_PLAN_IDS): Relation {
  return { plan, columns: plan.output.map((attribute) => ({ attribute, qualifier })), planIds };
}
