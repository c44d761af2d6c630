import type { Bound, BoundAggregate } from '../../core/expr/bound.js';
import { F64, I32, I64, OP, SIMD, V128, type ValueType } from '../encoder.js';
import type { Value } from '../emitter.js';
import type { RowCompiler } from '../row-compiler.js';

/**
 * An aggregate is made of accumulators: parts of the state that aggregates over the same argument share (avg(x) and sum(x) have one sum).
 * Non-null counts are not kept: rows are counted once for all, and nulls per argument, so batches without nulls count nothing.
 */
export interface Accumulator {
  /** Same key, same accumulator: what it gathers, of which expressions, under which filter. */
  readonly key: string;
  /** Evaluated for each row (that passes the filter). */
  readonly args: readonly Bound[];
  readonly filter: Bound | undefined;
  readonly fields: readonly Field[];
  /** The state must have an address while rows are added (kernels work on it, or it is large): never kept in locals. A set or a sketch is one i64Field with a kernel's pointer. */
  readonly inMemory?: boolean;
  /** A double-double sum of args[0]: two of them under one filter are added as the lanes of one vector (pairs.ts). */
  readonly pairable?: boolean;
  /** Adding a wide decimal costs less when it is known to fit 64 bits. */
  readonly takesWords?: boolean;
  /** The state refers to bytes in the heap. */
  readonly ownsHeap?: boolean;
  /** Adds one row. Values may be null. Runs only for rows that pass the filter. */
  readonly update: (e: RowCompiler, state: State, values: readonly Value[]) => void;
  /** Adds n rows (an i32 local) at once, if they are all alike to it and there is no filter. */
  readonly updateAll?: (e: RowCompiler, state: State, n: number) => void;
  /** Adds all rows of a batch, n (an i32 local), without nulls or a selection, where that takes less than one by one. */
  readonly updateBatch?: (e: RowCompiler, state: State, n: number) => void;
  /** Adds another state; `heap` is a local with a heap's address. There is no frame here: `e.heap()`, `e.scratch()`, `e.raise` and constants are out of reach. */
  readonly merge: (e: RowCompiler, into: State, from: State, heap: number) => void;
}

/** A word of a state: 8 bytes each, views 16. `initial` is its content before any row. */
export interface Field {
  readonly type: ValueType | 'view';
  readonly initial: bigint | number;
}

export const i64Field = (initial: bigint = 0n): Field => ({ type: I64, initial });
export const i32Field = (initial = 0): Field => ({ type: I32, initial });
export const f64Field = (initial = 0): Field => ({ type: F64, initial });
export const viewField: Field = { type: 'view', initial: 0n };

/** How an aggregate function is compiled: its parts, and what it makes of them. */
export interface AggregateParts {
  readonly parts: readonly Accumulator[];
  /** The result for one group; `states` are in the order of `parts`. */
  readonly finish: (e: RowCompiler, states: readonly State[]) => Value;
}
export type AggregateEmitter = (node: BoundAggregate, keys: KeyMaker) => AggregateParts;
/** Text that is the same for the same expressions. */
export type KeyMaker = (...nodes: (Bound | undefined)[]) => string;

/** Access to the fields of one accumulator's state. */
export interface State {
  /** Local with a field's present content. Read-only; `set` does not change a local got before when the state is in memory, but does when it is in locals: copy with `e.let` what must survive. */
  get(field: number): number;
  /** Takes the new content from what `write` leaves on the stack. */
  set(field: number, write: () => void): void;
  /** Local with the address of a field. Only of states in memory. */
  address(field: number): number;
}

export function fieldBytes(field: Field): number {
  return field.type === 'view' || field.type === V128 ? 16 : 8;
}

export function fieldOffsets(fields: readonly Field[]): number[] {
  let at = 0;
  return fields.map((field) => {
    const offset = at;
    at += fieldBytes(field);
    return offset;
  });
}

/** A state at `base`, its fields at these offsets. */
export class MemoryState implements State {
  private readonly e: RowCompiler;
  private readonly fields: readonly Field[];
  private readonly offsets: readonly number[];
  private readonly base: number;

  constructor(e: RowCompiler, fields: readonly Field[], base: number, offsets: readonly number[]) {
    this.e = e;
    this.fields = fields;
    this.base = base;
    this.offsets = offsets;
  }

  get(field: number): number {
    const { e, base } = this;
    const { type } = this.fields[field]!;
    const offset = this.offsets[field]!;
    if (type === 'view') return this.address(field);
    if (type === V128) return e.let(V128, () => e.f.get(base).simdLoad(SIMD.v128_load, offset));
    return e.let(type, () => e.f.get(base).mem(type === I64 ? OP.i64_load : type === F64 ? OP.f64_load : OP.i32_load, offset));
  }

  set(field: number, write: () => void): void {
    const { type } = this.fields[field]!;
    this.e.f.get(this.base);
    write();
    if (type === V128) this.e.f.simdLoad(SIMD.v128_store, this.offsets[field]!);
    else this.e.f.mem(type === I64 ? OP.i64_store : type === F64 ? OP.f64_store : OP.i32_store, this.offsets[field]!);
  }

  address(field: number): number {
    return this.e.let(I32, () => this.e.f.get(this.base).i32(this.offsets[field]!).op(OP.i32_add));
  }
}

/** A state in locals, loaded before a loop and stored after it. */
export class LocalState implements State {
  private readonly e: RowCompiler;
  private readonly memory: MemoryState;
  private readonly locals: readonly number[];

  constructor(e: RowCompiler, fields: readonly Field[], base: number, offsets: readonly number[]) {
    this.e = e;
    this.memory = new MemoryState(e, fields, base, offsets);
    this.locals = fields.map((_, i) => this.memory.get(i));
  }

  get(field: number): number {
    return this.locals[field]!;
  }

  set(field: number, write: () => void): void {
    write();
    this.e.f.set(this.locals[field]!);
  }

  address(): number {
    throw new Error('A state in locals has no address.');
  }

  store(): void {
    this.locals.forEach((local, i) => this.memory.set(i, () => this.e.f.get(local)));
  }
}

/** Runs `write` where the value is not null. */
export function whenValid(e: RowCompiler, value: Value, write: () => void): void {
  if (value.null === false) {
    write();
    return;
  }
  e.when(
    e.let(I32, () => e.f.get(value.null as number).op(OP.i32_eqz)),
    write,
  );
}
