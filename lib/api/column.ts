import type { Expr, LiteralValue, SortItem } from '../core/expr/expr.js';
import { BIGINT, BOOLEAN, DOUBLE, INT, NULL, STRING, TIMESTAMP, type DataType } from '../core/types/data-type.js';
import { QueryError } from '../core/errors.js';
import { parseDataType } from '../sql/index.js';

/** What a method that takes a column accepts: a Column, or a JavaScript value that becomes a literal. */
export type ColumnOrValue = Column | string | number | bigint | boolean | Date | null;

/** An expression in the sort order of {@link DataFrame.orderBy}. */
export interface SortColumn {
  readonly item: SortItem;
}

const INT_MAX = 2_147_483_647;

/** The literal of a JavaScript value: whole numbers are int or bigint, other numbers double, a Date is a timestamp. */
export function literalOf(value: string | number | bigint | boolean | Date | null): Expr {
  const make = (type: DataType, v: LiteralValue): Expr => Object.freeze({ kind: 'literal', type, value: v });
  if (value === null) return make(NULL, null);
  if (value instanceof Date) return make(TIMESTAMP, BigInt(value.getTime()) * 1000n);
  switch (typeof value) {
    case 'string':
      return make(STRING, value);
    case 'boolean':
      return make(BOOLEAN, value);
    case 'bigint':
      return make(BIGINT, value);
    case 'number':
      if (!Number.isInteger(value) || Object.is(value, -0)) return make(DOUBLE, value);
      if (Math.abs(value) <= INT_MAX) return make(INT, value);
      return Number.isSafeInteger(value) ? make(BIGINT, BigInt(value)) : make(DOUBLE, value);
    default:
      throw new QueryError({
        code: 'INVALID_PARAMETER_VALUE',
        message: `A column or a plain value was expected, not ${typeof value}.`,
      });
  }
}

export function exprOf(value: ColumnOrValue): Expr {
  return value instanceof Column ? value.expr : literalOf(value);
}

/** A column by its name: `a`, `t.a`, `` `odd.name` ``, a field `s.a`; or `*`, `t.*`, `s.*`. */
export function columnExpr(name: string): Expr {
  if (name === '*') return Object.freeze({ kind: 'star', qualifier: [] });
  if (name.endsWith('.*')) return Object.freeze({ kind: 'star', qualifier: pathOf(name.slice(0, -2)) });
  return Object.freeze({ kind: 'column', path: pathOf(name) });
}

function pathOf(name: string): readonly string[] {
  return [...name.matchAll(/`((?:[^`]|``)+)`|([^.`]+)/g)].map((match) => match[1]?.replaceAll('``', '`') ?? match[2]!);
}

function call(name: string, ...args: readonly Expr[]): Column {
  return new Column(Object.freeze({ kind: 'call', name, args }));
}

/**
 * An expression over the columns of a DataFrame. Columns are immutable; every method makes a new one and nothing runs.
 *
 * @example
 * ```ts
 * df.filter(col('price').mul(0.9).gt(100).and(col('region').isin('EU', 'US')))
 * ```
 */
export class Column {
  /** @internal */
  constructor(readonly expr: Expr) {
    Object.freeze(this);
  }

  #binary(name: string, other: ColumnOrValue): Column {
    return call(name, this.expr, exprOf(other));
  }

  /** Sum. Integers overflow with ARITHMETIC_OVERFLOW. */
  add(other: ColumnOrValue): Column {
    return this.#binary('add', other);
  }
  /** Difference. */
  sub(other: ColumnOrValue): Column {
    return this.#binary('subtract', other);
  }
  /** Product. */
  mul(other: ColumnOrValue): Column {
    return this.#binary('multiply', other);
  }
  /** Quotient, a double or a decimal; DIVIDE_BY_ZERO for a zero divisor. */
  div(other: ColumnOrValue): Column {
    return this.#binary('divide', other);
  }
  /** Remainder with the sign of the dividend. */
  mod(other: ColumnOrValue): Column {
    return this.#binary('mod', other);
  }
  /** The negative value. */
  neg(): Column {
    return call('negative', this.expr);
  }
  /** Equal; null where either side is null. */
  eq(other: ColumnOrValue): Column {
    return this.#binary('=', other);
  }
  /** Not equal; null where either side is null. */
  neq(other: ColumnOrValue): Column {
    return this.#binary('<>', other);
  }
  /** Equal, where null equals null: never null itself. */
  eqNullSafe(other: ColumnOrValue): Column {
    return this.#binary('<=>', other);
  }
  /** Less than. */
  lt(other: ColumnOrValue): Column {
    return this.#binary('<', other);
  }
  /** Less than or equal. */
  leq(other: ColumnOrValue): Column {
    return this.#binary('<=', other);
  }
  /** Greater than. */
  gt(other: ColumnOrValue): Column {
    return this.#binary('>', other);
  }
  /** Greater than or equal. */
  geq(other: ColumnOrValue): Column {
    return this.#binary('>=', other);
  }
  /** Both true; three-valued. */
  and(other: ColumnOrValue): Column {
    return this.#binary('and', other);
  }
  /** Either true; three-valued. */
  or(other: ColumnOrValue): Column {
    return this.#binary('or', other);
  }
  /** The opposite; null stays null. */
  not(): Column {
    return call('not', this.expr);
  }
  /** Whether the value is null. */
  isNull(): Column {
    return call('isnull', this.expr);
  }
  /** Whether the value is not null. */
  isNotNull(): Column {
    return call('isnotnull', this.expr);
  }
  /** Whether the value is NaN. */
  isNaN(): Column {
    return call('isnan', this.expr);
  }
  /** Whether the value is one of these. */
  isin(...values: readonly ColumnOrValue[]): Column {
    return call('in', this.expr, ...values.map(exprOf));
  }
  /** Between two bounds, both included. */
  between(low: ColumnOrValue, high: ColumnOrValue): Column {
    return call('between', this.expr, exprOf(low), exprOf(high));
  }
  /** SQL LIKE: `%` any run, `_` any one character. */
  like(pattern: ColumnOrValue): Column {
    return this.#binary('like', pattern);
  }
  /** LIKE without regard to case. */
  ilike(pattern: ColumnOrValue): Column {
    return this.#binary('ilike', pattern);
  }
  /** Whether a regular expression matches somewhere. */
  rlike(pattern: ColumnOrValue): Column {
    return this.#binary('rlike', pattern);
  }
  /** Whether the string holds another. */
  contains(other: ColumnOrValue): Column {
    return this.#binary('contains', other);
  }
  /** Whether the string starts with another. */
  startsWith(other: ColumnOrValue): Column {
    return this.#binary('startswith', other);
  }
  /** Whether the string ends with another. */
  endsWith(other: ColumnOrValue): Column {
    return this.#binary('endswith', other);
  }
  /** A part of a string: `start` counts characters from 1, negative ones from the end. */
  substr(start: ColumnOrValue, length: ColumnOrValue): Column {
    return call('substring', this.expr, exprOf(start), exprOf(length));
  }
  /** The value as another type, by Spark's name of it. Raises CAST_INVALID_INPUT or CAST_OVERFLOW at run time. */
  cast(type: string | DataType): Column {
    return this.#cast(type, 'ansi');
  }
  /** Like cast, with null where cast raises. */
  tryCast(type: string | DataType): Column {
    return this.#cast(type, 'try');
  }
  #cast(type: string | DataType, mode: 'ansi' | 'try'): Column {
    return new Column(
      Object.freeze({ kind: 'cast', input: this.expr, to: typeof type === 'string' ? parseDataType(type) : type, mode }),
    );
  }
  /**
   * A part of an array (by its index, from 0; INVALID_ARRAY_INDEX outside of it), of a map (by key; null without it) or of a struct (by the name of a field).
   * @example col('tags').getItem(0)
   */
  getItem(key: ColumnOrValue): Column {
    return this.#binary('element_at_index', key);
  }
  /**
   * A field of a struct, or of every struct of an array.
   * @example col('address').getField('city')
   */
  getField(name: string): Column {
    return new Column(Object.freeze({ kind: 'field', input: this.expr, name }));
  }
  /** A name for the result; several for a function that makes several columns, as `explode` does of a map. */
  as(name: string, ...more: readonly string[]): Column {
    const names = more.length === 0 ? {} : { names: Object.freeze([name, ...more]) };
    return new Column(Object.freeze({ kind: 'alias', input: this.expr, name, ...names }));
  }
  /** Another name for {@link Column.as}. */
  alias(name: string): Column {
    return this.as(name);
  }
  /** After {@link when}: the value where this further condition is the first true one. */
  when(condition: Column, value: ColumnOrValue): Column {
    const { expr } = this;
    if (expr.kind !== 'case' || expr.otherwise !== undefined) {
      throw new QueryError({ code: 'INVALID_WHEN_USAGE', message: 'when() continues a when() that has no otherwise() yet.' });
    }
    return new Column(Object.freeze({ ...expr, branches: [...expr.branches, { when: condition.expr, then: exprOf(value) }] }));
  }
  /** After {@link when}: the value where no condition is true; null without it. */
  otherwise(value: ColumnOrValue): Column {
    const { expr } = this;
    if (expr.kind !== 'case' || expr.otherwise !== undefined) {
      throw new QueryError({ code: 'INVALID_WHEN_USAGE', message: 'otherwise() ends a when() and may stand once.' });
    }
    return new Column(Object.freeze({ ...expr, otherwise: exprOf(value) }));
  }
  /** On an aggregate: only the rows where the condition is true. */
  filter(condition: Column): Column {
    const { expr } = this;
    if (expr.kind !== 'call')
      throw new QueryError({
        code: 'INVALID_FILTER_USAGE',
        message: 'filter() on a column belongs to an aggregate function, as in sum("x").filter(…).',
      });
    return new Column(Object.freeze({ ...expr, filter: condition.expr }));
  }
  #sort(descending: boolean, nullsFirst: boolean): SortColumn {
    return Object.freeze({ item: Object.freeze({ expr: this.expr, descending, nullsFirst }) });
  }
  /** Ascending, nulls first. */
  asc(): SortColumn {
    return this.#sort(false, true);
  }
  /** Descending, nulls last. */
  desc(): SortColumn {
    return this.#sort(true, false);
  }
  /** Ascending, nulls last. */
  ascNullsLast(): SortColumn {
    return this.#sort(false, false);
  }
  /** Descending, nulls first. */
  descNullsFirst(): SortColumn {
    return this.#sort(true, true);
  }
}
