import type { QueryError } from '../../errors.js';
import type { TypeClass } from '../../types/coercion.js';
import type { DataType } from '../../types/data-type.js';
import type { Bound } from '../bound.js';
import type { LiteralValue, Span } from '../expr.js';
import type { ExtractFailures } from '../extract-value.js';

/**
 * A function's catalogue entry: everything the analyzer, the documentation and codegen's checks know of it.
 * To add a function: one entry in a family file, one emitter in codegen, one twin in kernels/reference.
 */
export type FunctionEntry = ScalarEntry | AggregateEntry | SugarEntry | GeneratorEntry;

interface EntryBase {
  /** Spark's name, lower case. */
  readonly name: string;
  readonly aliases: readonly string[];
  /** One line for people. */
  readonly doc: string;
  /** An expression with its answer: `abs(-1) → 1`. */
  readonly example: string;
}

/** The places of arguments and what comes out. The first overload with room for the arguments that they can be cast to is taken. */
export interface Signature {
  readonly params: readonly TypeClass[];
  /** How many of `params` may be left out, from the right. */
  readonly optional?: number;
  /** Class of all further arguments. */
  readonly rest?: TypeClass;
  /** 'same' is the first argument's type after coercion. */
  readonly returns: DataType | 'same' | ((types: readonly DataType[]) => DataType);
}

export interface ScalarEntry extends EntryBase {
  readonly kind: 'scalar';
  /** Declarative entries have signatures; the others resolve themselves and name the canonical functions they make. */
  readonly signatures: readonly Signature[];
  readonly resolve?: Resolver;
  /** strict: null where an argument is null, and never otherwise. */
  readonly nulls: 'strict' | 'custom';
  /** ansi: raises in ANSI mode (overflow, division by zero), null otherwise. */
  readonly raises: 'never' | 'ansi' | 'always';
  readonly deterministic: boolean;
  readonly needsTimeZone: boolean;
  /** Bytes of a string result: 'transient' ones are new, 'fixed' results need none or point into an argument. */
  readonly result: 'fixed' | 'transient';
}

/** Written in terms of other functions; codegen never sees it. */
export interface SugarEntry extends EntryBase {
  readonly kind: 'sugar';
  readonly resolve: Resolver;
}

/** Makes rows out of one: stands alone in a select list, or after LATERAL VIEW. The analyzer makes a `generate` node of it. */
export interface GeneratorEntry extends EntryBase {
  readonly kind: 'generator';
  /** A row of nulls where there is nothing to make rows of. */
  readonly outer: boolean;
  /** With a column of positions first. */
  readonly position: boolean;
  /** The fields of structs are the columns. */
  readonly fields: boolean;
  readonly resolve?: undefined;
}

export interface AggregateEntry extends EntryBase {
  readonly kind: 'aggregate';
  readonly signatures: readonly Signature[];
  readonly resolve?: Resolver;
  /** What is kept for a group. */
  readonly state: string;
  readonly distinct: boolean;
  /** Whether the answer depends on the order of rows. */
  readonly orderSensitive: boolean;
  /** Null over no rows. */
  readonly nullable: boolean;
}

/** A call being bound: arguments already bound, not yet coerced. */
export interface CallSite {
  /** As written. */
  readonly name: string;
  readonly args: readonly Bound[];
  readonly at: Span | undefined;
  readonly distinct: boolean;
  readonly filter: Bound | undefined;
  readonly ignoreNulls: boolean;
  /** `count(*)`. */
  readonly star: boolean;
  /** Microseconds since the epoch of now(). */
  readonly now: () => bigint;
  /** What is known of the row's file, by its name in `_metadata`; undefined where rows are no file's. */
  fact(name: string): Bound | undefined;
  /** Spark's text of the call, and of an argument: for messages. */
  text(): string;
  argText(index: number): string;
  /** The name each argument brings along: its alias, or that of the column or field it is. */
  argNames(): readonly (string | undefined)[];
  /** The value of a constant argument; raises NON_FOLDABLE_INPUT when it has columns. */
  constant(index: number, what: string): LiteralValue;
  readonly fail: Failures;
}

/** Errors with the call's place filled in. */
export interface Failures {
  unexpectedInputType(index: number, wanted: TypeClass): QueryError;
  binaryOpDiffTypes(left: DataType, right: DataType): QueryError;
  binaryOpWrongType(wanted: TypeClass, actual: DataType): QueryError;
  dataDiffTypes(types: readonly DataType[]): QueryError;
  wrongNumArgs(expected: string): QueryError;
  invalidOrdering(type: DataType): QueryError;
  invalidExtractField(field: string, fields: readonly string[]): QueryError;
  invalidDatetimeUnit(unit: string): QueryError;
  refusedCast(input: Bound, to: DataType): QueryError;
  timeType(): QueryError;
  argumentValue(problem: string): QueryError;
  notSupported(what: string): QueryError;
  readonly extract: ExtractFailures;
  tooDeep(): QueryError;
  invalidMapKey(type: DataType): QueryError;
}

export type Resolver = (site: CallSite) => Bound;

type Optional<T, K extends keyof T> = Omit<T, K> & Partial<Pick<T, K>>;

const SCALAR_DEFAULTS = {
  aliases: [],
  nulls: 'strict',
  raises: 'never',
  deterministic: true,
  needsTimeZone: false,
  result: 'fixed',
  signatures: [],
} as const;
const AGGREGATE_DEFAULTS = { aliases: [], distinct: true, orderSensitive: false, nullable: true, signatures: [] } as const;

export function scalar(entry: Optional<Omit<ScalarEntry, 'kind'>, keyof typeof SCALAR_DEFAULTS>): ScalarEntry {
  return Object.freeze({ kind: 'scalar', ...SCALAR_DEFAULTS, ...entry });
}

export function sugar(entry: Optional<Omit<SugarEntry, 'kind'>, 'aliases'>): SugarEntry {
  return Object.freeze({ kind: 'sugar', aliases: [], ...entry });
}

export function aggregateFunction(
  entry: Optional<Omit<AggregateEntry, 'kind'>, keyof typeof AGGREGATE_DEFAULTS>,
): AggregateEntry {
  return Object.freeze({ kind: 'aggregate', ...AGGREGATE_DEFAULTS, ...entry });
}

export function generator(entry: Omit<GeneratorEntry, 'kind' | 'aliases'>): GeneratorEntry {
  return Object.freeze({ kind: 'generator', aliases: [], ...entry });
}
