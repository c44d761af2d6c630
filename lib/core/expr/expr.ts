import type { DataType } from '../types/data-type.js';
import type { LogicalPlan } from '../plan/logical-plan.js';

/**
 * Expressions as they were written, in SQL or through Column methods: names unresolved, functions by name, literals typed.
 * Nodes are frozen plain data. `at` is the place in the SQL text (UTF-16 offset of first character and past the last).
 * The analyzer turns them into bound expressions (bound.ts).
 */
export type Expr =
  | LiteralExpr
  | ColumnExpr
  | StarExpr
  | CallExpr
  | CastExpr
  | CaseExpr
  | AliasExpr
  | ParameterExpr
  | WindowExpr
  | SubqueryExpr
  | LambdaExpr
  | FieldExpr;

export interface Span {
  readonly start: number;
  readonly end: number;
}

interface Node {
  readonly at?: Span;
}

/**
 * A literal's JavaScript value by type: boolean → boolean; tinyint, smallint, int, date (days), year-month interval (months) → number;
 * bigint, timestamp (µs), day-time interval (µs), decimal (unscaled) → bigint; float, double → number; string → string;
 * binary → Uint8Array; null → null. array, struct, map → Uint8Array, as memory/packed.ts has them: only what the engine computed itself.
 */
export type LiteralValue = boolean | number | bigint | string | Uint8Array | null;

export interface LiteralExpr extends Node {
  readonly kind: 'literal';
  readonly type: DataType;
  readonly value: LiteralValue;
}

/** `a`, `t.a`, `db.t.a`. `planId` is set by `df.col('a')`: the column of that plan and no other. */
export interface ColumnExpr extends Node {
  readonly kind: 'column';
  readonly path: readonly string[];
  readonly planId?: number;
}

/** `*`, `t.*`, with DuckDB's and Spark's EXCEPT/EXCLUDE, REPLACE, RENAME. */
export interface StarExpr extends Node {
  readonly kind: 'star';
  readonly qualifier: readonly string[];
  readonly except?: readonly string[];
  readonly replace?: readonly { readonly name: string; readonly expr: Expr }[];
}

/**
 * A function or an operator by its Spark name, lower case. Operators have these names:
 * `+ - * / %` `div` are 'add' 'subtract' 'multiply' 'divide' 'mod' 'div'; unary minus and plus 'negative' 'positive'; `~ & | ^` are '~' '&' '|' '^';
 * `= <> < <= > >= <=>` are '=' '<>' '<' '<=' '>' '>=' '<=>'; 'and' and 'or' take two arguments or more; 'not';
 * `<< >> >>>` are 'shiftleft' 'shiftright' 'shiftrightunsigned'; `||` is 'concat' (n-ary); a row `(a, b)` is 'struct'; LIKE ANY/ALL is 'or'/'and' of its patterns; IS [NOT] NULL 'isnull' 'isnotnull'; IS [NOT] TRUE/FALSE/UNKNOWN 'istrue' 'isfalse' 'isunknown' (NOT as a 'not' around);
 * IS [NOT] DISTINCT FROM is 'not'('<=>') or '<=>'; BETWEEN 'between'(x, low, high); IN 'in'(x, …values); [NOT] LIKE 'like'(s, pattern[, escape literal]), 'ilike', 'rlike';
 * EXTRACT(f FROM x) 'extract'(string literal f, x); SUBSTRING(s FROM a FOR b) 'substring'(s, a, b); TRIM(BOTH c FROM s) 'btrim'(s, c), LEADING 'ltrim'(c, s), TRAILING 'rtrim'(c, s): Spark's argument orders;
 * POSITION(a IN s) 'position'(a, s); DATE_ADD(unit, n, d) 'timestampadd'(unit literal, n, d), DATEDIFF(unit, a, b) 'timestampdiff'(unit literal, a, b); x::type is a cast; a[i] 'element_at_index'(a, i).
 */
export interface CallExpr extends Node {
  readonly kind: 'call';
  readonly name: string;
  readonly args: readonly Expr[];
  readonly distinct?: boolean;
  readonly filter?: Expr;
  /** WITHIN GROUP (ORDER BY …) or an ORDER BY among the arguments. */
  readonly orderBy?: readonly SortItem[];
  readonly ignoreNulls?: boolean;
  /** Named arguments `f(a => 1)`: names by position, empty string where unnamed. */
  readonly argNames?: readonly string[];
}

export interface CastExpr extends Node {
  readonly kind: 'cast';
  readonly input: Expr;
  readonly to: DataType;
  /** 'try' is `try_cast`: null where 'ansi' raises. */
  readonly mode: 'ansi' | 'try';
}

/** CASE WHEN. `CASE x WHEN v` is written with '=' by the parser. */
export interface CaseExpr extends Node {
  readonly kind: 'case';
  readonly branches: readonly { readonly when: Expr; readonly then: Expr }[];
  readonly otherwise?: Expr;
}

export interface AliasExpr extends Node {
  readonly kind: 'alias';
  readonly input: Expr;
  readonly name: string;
  /** `explode(m) AS (k, v)`: all names, of which `name` is the first. Only functions that make several columns take more than one. */
  readonly names?: readonly string[];
}

/** `?` (by index, from 0) or `:name`, `$name`, `$1` (index 0). */
export interface ParameterExpr extends Node {
  readonly kind: 'parameter';
  readonly name: string | number;
}

export interface SortItem {
  readonly expr: Expr;
  readonly descending: boolean;
  /** Spark: first when ascending, last when descending, unless written. */
  readonly nullsFirst: boolean;
}

export type FrameBound =
  | { readonly kind: 'unbounded_preceding' | 'unbounded_following' | 'current_row' }
  | { readonly kind: 'preceding' | 'following'; readonly offset: Expr };

export interface WindowSpec {
  /** A name of the WINDOW clause this one starts from. */
  readonly base?: string;
  readonly partitionBy: readonly Expr[];
  readonly orderBy: readonly SortItem[];
  readonly frame?: { readonly unit: 'rows' | 'range' | 'groups'; readonly start: FrameBound; readonly end: FrameBound };
}

export interface WindowExpr extends Node {
  readonly kind: 'window';
  readonly call: CallExpr;
  readonly over: WindowSpec;
}

export interface SubqueryExpr extends Node {
  readonly kind: 'subquery';
  /** 'in' and 'quantified' compare `operands` with the rows of the plan. */
  readonly role: 'scalar' | 'exists' | 'in';
  readonly plan: LogicalPlan;
  readonly operands: readonly Expr[];
}

export interface LambdaExpr extends Node {
  readonly kind: 'lambda';
  readonly parameters: readonly string[];
  readonly body: Expr;
}

/** `a.b` on a struct value that is not a plain name path. */
export interface FieldExpr extends Node {
  readonly kind: 'field';
  readonly input: Expr;
  readonly name: string;
}
