import { NULL, isIntegral, isNumeric, sameType, type DataType, type DecimalType } from '../types/data-type.js';
import type { AttributeRef, Bound, BoundAggregate, BoundCall, BoundCast, BoundLiteral } from './bound.js';
import type { LiteralValue, Span } from './expr.js';

/** Small factories of bound nodes: frozen, without absent fields. */

let lastAttributeId = 0;

/** A new column. Ids are unique in a process. */
export function newAttribute(name: string, type: DataType, nullable: boolean): AttributeRef {
  return Object.freeze({ kind: 'attribute', id: ++lastAttributeId, name, type, nullable });
}

/** The same column under another name or nullability. */
export function withName(attribute: AttributeRef, name: string): AttributeRef {
  return attribute.name === name ? attribute : Object.freeze({ ...attribute, name });
}

const spanOf = (at: Span | undefined): { readonly at?: Span } => (at === undefined ? {} : { at });

export function literal(value: LiteralValue, type: DataType, at?: Span): BoundLiteral {
  return Object.freeze({ kind: 'literal', value, type, nullable: value === null, ...spanOf(at) });
}

export const NULL_LITERAL = literal(null, NULL);

export function call(fn: string, args: readonly Bound[], type: DataType, nullable: boolean, at?: Span): BoundCall {
  return Object.freeze({ kind: 'call', fn, args: Object.freeze([...args]), type, nullable, ...spanOf(at) });
}

/** A call that is null where an argument is. */
export function strictCall(fn: string, args: readonly Bound[], type: DataType, at?: Span): BoundCall {
  return call(
    fn,
    args,
    type,
    args.some((a) => a.nullable),
    at,
  );
}

export function caseWhen(
  branches: readonly { readonly when: Bound; readonly then: Bound }[],
  otherwise: Bound,
  type: DataType,
  at?: Span,
): Bound {
  const nullable = otherwise.nullable || branches.some((b) => b.then.nullable);
  return Object.freeze({
    kind: 'case',
    branches: Object.freeze(branches.map((b) => Object.freeze({ when: b.when, then: b.then }))),
    otherwise,
    type,
    nullable,
    ...spanOf(at),
  });
}

export function aggregate(
  fn: string,
  args: readonly Bound[],
  type: DataType,
  nullable: boolean,
  options: { readonly distinct?: boolean; readonly filter?: Bound; readonly at?: Span } = {},
): BoundAggregate {
  return Object.freeze({
    kind: 'aggregate',
    fn,
    args: Object.freeze([...args]),
    distinct: options.distinct ?? false,
    type,
    nullable,
    ...(options.filter === undefined ? {} : { filter: options.filter }),
    ...spanOf(options.at),
  });
}

function castNode(input: Bound, type: DataType, mode: 'ansi' | 'try', nullable: boolean, at: Span | undefined): BoundCast {
  return Object.freeze({ kind: 'cast', input, mode, type, nullable, ...spanOf(at) });
}

const MICROS_PER_DAY = 86_400_000_000n;

/** `undefined` when the type has too few digits. */
function decimalLiteral(unscaled: bigint, type: DecimalType, at: Span | undefined): BoundLiteral | undefined {
  const magnitude = unscaled < 0n ? -unscaled : unscaled;
  return magnitude < 10n ** BigInt(type.precision) ? literal(unscaled, type, at) : undefined;
}

/** The literal as the wider type, where that is exact and plain; `undefined` otherwise. */
function literalAs(input: BoundLiteral, to: DataType): BoundLiteral | undefined {
  if (input.value === null) {
    return literal(null, to, input.at);
  }
  if (input.type.kind === 'decimal' && to.kind === 'decimal' && to.scale >= input.type.scale) {
    return decimalLiteral(BigInt(input.value as bigint) * 10n ** BigInt(to.scale - input.type.scale), to, input.at);
  }
  if (input.type.kind === 'date' && to.kind === 'timestamp') {
    return literal(BigInt(input.value as number) * MICROS_PER_DAY, to, input.at);
  }
  if (!isIntegral(input.type) || !isNumeric(to) || to.kind === 'tinyint' || to.kind === 'smallint') {
    return undefined;
  }
  const value = BigInt(input.value as number | bigint);
  if (to.kind === 'bigint') {
    return literal(value, to, input.at);
  }
  if (to.kind === 'int') {
    return value >= -0x80000000n && value <= 0x7fffffffn ? literal(Number(value), to, input.at) : undefined;
  }
  if (to.kind === 'double') {
    return literal(Number(value), to, input.at);
  }
  if (to.kind === 'decimal') {
    return decimalLiteral(value * 10n ** BigInt(to.scale), to, input.at);
  }
  return undefined;
}

/** The input as `type`: itself, a literal rewritten on the spot, or a cast around it. For coercions the rules allow; `at` defaults to the input's place. */
export function coerce(input: Bound, type: DataType, at: Span | undefined = input.at): Bound {
  if (sameType(input.type, type)) {
    return input;
  }
  const folded = input.kind === 'literal' ? literalAs(input, type) : undefined;
  return folded ?? castNode(input, type, 'ansi', input.nullable, at);
}

/** A cast that was written. `try_cast` is null where the value does not fit. */
export function castTo(input: Bound, type: DataType, mode: 'ansi' | 'try', at?: Span): Bound {
  if (sameType(input.type, type)) {
    return input;
  }
  if (input.kind === 'literal' && input.value === null) {
    return literal(null, type, at);
  }
  return castNode(input, type, mode, mode === 'try' || input.nullable, at);
}
