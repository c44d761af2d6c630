import type { Bound, BoundCall, BoundCast, BoundLiteral, SlotRef } from '../core/expr/bound.js';
import { ERROR_CODE } from '../core/expr/error-codes.js';
import type { LiteralValue } from '../core/expr/expr.js';
import { expressionIds, type ExpressionIds } from '../core/expr/walk.js';
import { literal as literalOf } from '../core/expr/build.js';
import { InternalError } from '../core/errors.js';
import type { ErrorSite } from '../core/physical/stage-program.js';
import { STRING, sameType, typeName, type DataType } from '../core/types/data-type.js';
import { physicalTypeOf, type PhysicalType } from '../core/types/physical-type.js';
import {
  FRAME_ERROR_CODE,
  FRAME_ERROR_ROW,
  FRAME_ERROR_SITE,
  FRAME_ERROR_VALUE,
  FRAME_HEAP,
  FRAME_PARAMETERS,
  FRAME_SCRATCH,
  FRAME_SCRATCH_BYTES,
  FRAME_SLOTS,
  SLOT_BYTES,
  SLOT_NULLS,
  SLOT_VALUES,
  VIEW_BYTES,
  VIEW_REF,
} from '../memory/layout.js';
import { wordValue } from './decimal-parts.js';
import { LOCAL_TYPE, SCRATCH_KERNEL_BYTES, WIDTH_SHIFT, type Failure, type NullFlag, type Value } from './emitter.js';
import { F64, I32, I64, OP, type FunctionBuilder, type ModuleBuilder, type ValueType } from './encoder.js';
import { CASTS, FUNCTIONS } from './functions/index.js';
import { notBuilt, tooManyTemporaries } from './not-built.js';
import { ParameterArea } from './parameters.js';
import { siteText } from './site-text.js';
import { Variable } from './variable.js';

/** What all functions of one module share. */
export class StageUnit {
  readonly ids: ExpressionIds = expressionIds();
  readonly parameters = new ParameterArea();
  readonly sites: ErrorSite[] = [];
  /** How many places of the code written so far may raise. */
  raises = 0;
  /** Slots of decimals whose bounds loops ask for. */
  readonly measured = new Set<number>();
  private readonly siteNumbers = new Map<string, number>();

  readonly module: ModuleBuilder;

  constructor(module: ModuleBuilder) {
    this.module = module;
  }

  site(node: BoundCall | BoundCast, operand: DataType): number {
    const text = siteText(node);
    const start = node.at?.start ?? -1;
    const key = `${start} ${typeName(operand)} ${typeName(node.type)} ${text}`;
    const known = this.siteNumbers.get(key);
    if (known !== undefined) return known;
    this.sites.push({ operand, target: node.type, text, start, end: node.at?.end ?? -1 });
    this.siteNumbers.set(key, this.sites.length - 1);
    return this.sites.length - 1;
  }
}

/** A slot as a loop sees it. */
export interface SlotInfo {
  readonly type: DataType;
  readonly nullable: boolean;
}

/**
 * What the bodies of one function share: addresses and constants that are loaded once, in the prologue. `frame` is the function's parameter 0.
 */
export class FunctionContext {
  readonly frame = 0;
  /** Slots the loop reads, for the check of their flags. */
  readonly inputs = new Set<number>();
  private readonly cached = new Map<string, number>();
  private readonly places = new Map<string, number>();
  private viewPlaces = 0;

  readonly unit: StageUnit;
  readonly f: FunctionBuilder;
  readonly slots: readonly SlotInfo[];

  constructor(unit: StageUnit, f: FunctionBuilder, slots: readonly SlotInfo[]) {
    this.unit = unit;
    this.f = f;
    this.slots = slots;
  }

  /** A local that the prologue sets once. */
  once(key: string, type: ValueType, write: () => void): number {
    const known = this.cached.get(key);
    if (known !== undefined) return known;
    const local = this.f.local(type);
    this.cached.set(key, local);
    this.f.before(() => {
      write();
      this.f.set(local);
    });
    return local;
  }

  frameWord(offset: number): number {
    return this.once(`frame ${offset}`, I32, () => this.f.get(this.frame).mem(OP.i32_load, offset));
  }

  slotAddress(slot: number, word: number): number {
    return this.frameWord(FRAME_SLOTS + slot * SLOT_BYTES + word);
  }

  /** Address of an offset in the parameter area. */
  parameter(offset: number): number {
    const base = this.frameWord(FRAME_PARAMETERS);
    return this.once(`parameter ${offset}`, I32, () => this.f.get(base).i32(offset).op(OP.i32_add));
  }

  /** The scratch place kept under this name. */
  viewPlaceOf(name: string): number {
    const known = this.places.get(name);
    if (known !== undefined) return known;
    const place = this.viewPlace();
    this.places.set(name, place);
    return place;
  }

  /** A scratch place for a view, one for each use in the function. */
  viewPlace(): number {
    const offset = SCRATCH_KERNEL_BYTES + this.viewPlaces++ * VIEW_BYTES;
    if (offset + VIEW_BYTES > FRAME_SCRATCH_BYTES)
      throw tooManyTemporaries((FRAME_SCRATCH_BYTES - SCRATCH_KERNEL_BYTES) / VIEW_BYTES);
    const scratch = this.frameWord(FRAME_SCRATCH);
    return this.once(`view ${offset}`, I32, () => this.f.get(scratch).i32(offset).op(OP.i32_add));
  }
}

type Scope = Map<number, Value>;

/** Compiles expressions for one row of one loop body. Emitters get it as `e`; emitter.ts has the rules. */
export class RowCompiler {
  readonly f: FunctionBuilder;
  readonly unit: StageUnit;
  private readonly scopes: Scope[] = [new Map()];
  private target: number | undefined;
  /** Nulls of the strict arguments of the emitter that runs now: what failIf must not raise for. */
  private strictNull: NullFlag = false;

  readonly context: FunctionContext;
  /** Local with the row's position in the batch. */
  readonly row: number;
  /** No slot of this batch has nulls. */
  readonly noNulls: boolean;
  /** Ids of the expressions of wide decimals whose values are known to fit 64 bits here (bounds.ts). */
  private readonly words: ReadonlySet<number>;

  constructor(context: FunctionContext, row: number, noNulls: boolean, words: ReadonlySet<number> = NO_WORDS) {
    this.context = context;
    this.row = row;
    this.noNulls = noNulls;
    this.words = words;
    this.f = context.f;
    this.unit = context.unit;
  }

  // ---- values

  /** The value of an expression in this row. Computed once in a scope: a second use gets the same locals. */
  value(node: Bound): Value {
    const known = this.known(node);
    if (known !== undefined) return known;
    this.leftSpine(node);
    return this.compute(node, undefined);
  }

  /** Like `value`; a view that has to be made is made at `target` (local with an address). */
  valueAt(node: Bound, target: number): Value {
    return this.known(node) ?? this.compute(node, target);
  }

  /** The value of this wide decimal fits 64 bits, and so do those it is made of. */
  isWord(node: Bound): boolean {
    return this.words.has(this.unit.ids.idOf(node));
  }

  private known(node: Bound): Value | undefined {
    const id = this.unit.ids.idOf(node);
    for (const scope of this.scopes) {
      const value = scope.get(id);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  /** a + b + c + … is a tree as deep as it is long: compiles it from the bottom, so that nothing recurses along it. */
  private leftSpine(node: Bound): void {
    const spine: Bound[] = [];
    let at: Bound = node;
    while ((at.kind === 'call' && FUNCTIONS.get(at.fn)?.kind === 'strict' && at.args.length > 0) || at.kind === 'cast') {
      const next: Bound | undefined = at.kind === 'cast' ? at.input : at.args[0];
      if (next === undefined || this.known(next) !== undefined) break;
      spine.push(next);
      at = next;
    }
    if (spine.length < 32) return;
    for (let i = spine.length - 1; i >= 0; i--) this.compute(spine[i]!, undefined);
  }

  private compute(node: Bound, target: number | undefined): Value {
    const { target: outerTarget, strictNull } = this;
    this.target = target;
    this.strictNull = false;
    const value = this.dispatch(node);
    this.target = outerTarget;
    this.strictNull = strictNull;
    this.scopes.at(-1)!.set(this.unit.ids.idOf(node), value);
    return value;
  }

  private dispatch(node: Bound): Value {
    switch (node.kind) {
      case 'literal':
        return this.constant(node);
      case 'slot':
        return this.slot(node);
      case 'call':
        return this.call(node);
      case 'cast':
        return this.cast(node);
      case 'case':
        return this.case(node);
      case 'attribute':
      case 'aggregate':
        throw new InternalError(`A ${node.kind} reached the expression compiler.`);
    }
  }

  private call(node: BoundCall): Value {
    const emitter = FUNCTIONS.get(node.fn);
    if (emitter === undefined) throw notBuilt(`The function ${node.fn}`);
    if (emitter.kind === 'lazy') return emitter.emit(this, node);
    const { target } = this;
    const args = node.args.map((arg) => this.value(arg));
    return this.strictly(args, emitter.guard, target, () => emitter.emit(this, args, node));
  }

  private cast(node: BoundCast): Value {
    const { target } = this;
    const input = this.value(node.input);
    if (sameType(node.input.type, node.type)) return input;
    if (node.input.type.kind === 'null') return this.nullOf(node.type);
    const emitter = CASTS.get(`${node.input.type.kind}>${node.type.kind}`);
    if (emitter === undefined) throw notBuilt(`The cast from ${typeName(node.input.type)} to ${typeName(node.type)}`);
    return this.strictly([input], emitter.guard, target, () => emitter.emit(this, input, node));
  }

  /** A value that is no expression of its own (an element, a field) as another type, as part of a cast. */
  castValue(input: Value, type: DataType, whole: BoundCast): Value {
    if (sameType(input.type, type)) return { ...input, type };
    if (input.type.kind === 'null') return this.nullOf(type);
    const emitter = CASTS.get(`${input.type.kind}>${type.kind}`);
    if (emitter === undefined) throw notBuilt(`The cast from ${typeName(input.type)} to ${typeName(type)}`);
    const { target, strictNull } = this;
    const value = this.strictly([input], emitter.guard, undefined, () => emitter.emit(this, input, { ...whole, type }));
    this.target = target;
    this.strictNull = strictNull;
    return value;
  }

  private strictly(args: readonly Value[], guard: boolean, target: number | undefined, emit: () => Value): Value {
    const nulls = args.reduce<NullFlag>((sum, arg) => this.eitherNull(sum, arg.null), false);
    this.target = target;
    this.strictNull = nulls;
    if (!guard || nulls === false) {
      const result = emit();
      return { ...result, null: this.eitherNull(nulls, result.null) };
    }
    let result: Value | undefined;
    this.f.get(nulls).op(OP.i32_eqz).if();
    this.strictNull = false;
    this.scoped(() => {
      result = emit();
    });
    this.f.end();
    const made = result!;
    // A null flag made inside is stale where the body was skipped; those rows are null anyway.
    return { ...made, null: this.eitherNull(nulls, made.null) };
  }

  /** First true condition wins; nothing else of a row's branches runs. */
  private case(node: Extract<Bound, { kind: 'case' }>): Value {
    const { target } = this;
    const result = this.variable(node.type);
    const done = this.f.block();
    const branch = (hit: number, then: Bound): void =>
      this.when(hit, () => {
        this.assign(result, target === undefined ? this.value(then) : this.valueAt(then, target));
        this.f.br(done);
      });
    const [first, ...rest] = node.branches;
    if (first !== undefined) branch(this.predicate(first.when), first.then);
    // From here on code runs only for rows that no branch has taken: what it computes is shared among the rest, and not outside.
    this.scoped(() => {
      for (const { when, then } of rest) branch(this.predicate(when), then);
      this.assign(result, target === undefined ? this.value(node.otherwise) : this.valueAt(node.otherwise, target));
    });
    this.f.end();
    return result.value();
  }

  // ---- control

  /** Code that runs only where the i32 local is not 0. What it computes is not shared outside. */
  when(condition: number, write: () => void): void {
    this.f.get(condition).if();
    this.scoped(write);
    this.f.end();
  }

  scoped(write: () => void): void {
    this.scopes.push(new Map());
    write();
    this.scopes.pop();
  }

  /** An i32 local: 1 where the boolean is true (not false, not null). */
  predicate(node: Bound): number {
    if (node.kind === 'call' && (node.fn === 'and' || node.fn === 'or') && this.known(node) === undefined)
      return this.junction(node);
    return this.isTrue(this.value(node));
  }

  isTrue(value: Value): number {
    if (value.null === false) return value.local;
    return this.let(I32, () =>
      this.f
        .get(value.local)
        .get(value.null as number)
        .op(OP.i32_eqz, OP.i32_and),
    );
  }

  private junction(node: BoundCall): number {
    const isAnd = node.fn === 'and';
    const result = this.f.local(I32);
    node.args.forEach((arg, i) => {
      if (i === 0) {
        this.f.get(this.predicate(arg)).set(result);
      } else if (this.isCheap(arg)) {
        const next = this.predicate(arg);
        this.f
          .get(result)
          .get(next)
          .op(isAnd ? OP.i32_and : OP.i32_or)
          .set(result);
      } else {
        this.f.get(result);
        if (!isAnd) this.f.op(OP.i32_eqz);
        this.f.if();
        this.scoped(() => this.f.get(this.predicate(arg)).set(result));
        this.f.end();
      }
    });
    return result;
  }

  /** Neither raises nor costs more than a branch would. */
  isCheap(node: Bound): boolean {
    let budget = 12;
    const pending: Bound[] = [node];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      if (--budget < 0) return false;
      if (next.kind === 'slot' || next.kind === 'literal') continue;
      if (next.kind !== 'call' || !CHEAP.has(next.fn)) return false;
      if (next.args.some((arg) => physicalOf(arg.type) === 'view')) return false;
      pending.push(...next.args);
    }
    return true;
  }

  // ---- pieces for emitters

  local(type: ValueType): number {
    return this.f.local(type);
  }

  /** A new local with what `write` leaves on the stack. */
  let(type: ValueType, write: () => void): number {
    write();
    const local = this.f.local(type);
    this.f.set(local);
    return local;
  }

  /** A value in fresh locals, from what `write` leaves on the stack (an i128: low, then high on top). */
  make(type: DataType, write: () => void, nulls: NullFlag = false): Value {
    const physical = physicalOf(type);
    write();
    const high = physical === 'i128' ? this.f.local(I64) : -1;
    const local = this.f.local(LOCAL_TYPE[physical]);
    if (high !== -1) this.f.set(high);
    this.f.set(local);
    return { type, physical, local, high, null: nulls };
  }

  /** A value from existing locals. */
  of(type: DataType, local: number, nulls: NullFlag = false, high = -1): Value {
    return { type, physical: physicalOf(type), local, high, null: nulls };
  }

  nullOf(type: DataType): Value {
    const physical = physicalOf(type);
    const one = this.context.once('one', I32, () => this.f.i32(1));
    const zero = this.context.once(`zero ${LOCAL_TYPE[physical]}`, LOCAL_TYPE[physical], () =>
      pushZero(this.f, LOCAL_TYPE[physical]),
    );
    if (physical !== 'i128') return { type, physical, local: zero, high: -1, null: one };
    return { type, physical, local: zero, high: zero, null: one, word: true };
  }

  /** A result assigned in more than one branch. */
  variable(type: DataType): Variable {
    return new Variable(this, type);
  }

  assign(variable: Variable, value: Value): void {
    variable.assign(value);
  }

  eitherNull(a: NullFlag, b: NullFlag): NullFlag {
    if (a === false || a === b) return b;
    if (b === false) return a;
    return this.let(I32, () => this.f.get(a).get(b).op(OP.i32_or));
  }

  /** Rounds an f64 local to float precision. */
  roundFloat(type: DataType, local: number): number {
    return type.kind === 'float' ? this.let(F64, () => this.f.get(local).op(OP.f32_demote_f64, OP.f64_promote_f32)) : local;
  }

  /** The JavaScript value of a literal argument (null included), else undefined. */
  literal(node: Bound): LiteralValue | undefined {
    return node.kind === 'literal' ? node.value : undefined;
  }

  /** Local with the address of these bytes (8-byte aligned, read-only, the same on every thread). */
  parameterBytes(bytes: Uint8Array): number {
    return this.context.parameter(this.unit.parameters.put(bytes));
  }

  /** Local with the address of the frame's heap record: bytes live as long as the batch (in an aggregate's loops: the stage). */
  heap(): number {
    return this.context.once('heap', I32, () => this.f.get(this.context.frame).i32(FRAME_HEAP).op(OP.i32_add));
  }

  /** Local with the address of SCRATCH_KERNEL_BYTES for use within one call. */
  scratch(): number {
    return this.context.frameWord(FRAME_SCRATCH);
  }

  /** Local with the address of 16 bytes for the view this emitter makes. Ask once an emission. */
  viewTarget(): number {
    return this.target ?? this.context.viewPlace();
  }

  /** Calls an exported kernel with what is on the stack. */
  kernel(name: string, params: readonly ValueType[], results: readonly ValueType[]): void {
    this.f.call(this.unit.module.import('kernels', name, params, results));
  }

  /** Calls a function of text in JavaScript (host-text.ts) with what is on the stack. */
  text(name: string, params: readonly ValueType[], results: readonly ValueType[]): void {
    this.f.call(this.unit.module.import('text', name, params, results));
  }

  /** Local with the address of a view of this text. */
  constantView(text: string): number {
    return this.value(literalOf(text, STRING)).local;
  }

  /** Calls a function of JavaScript's Math with f64 arguments from the stack. */
  math(name: string, argumentCount: number): void {
    this.f.call(this.unit.module.import('math', name, new Array<ValueType>(argumentCount).fill(F64), [F64]));
  }

  /** Raises for rows where the local is 1 and no strict argument is null; for try forms gives the null flag instead. */
  failIf(condition: number, failure: Failure): NullFlag {
    const { node } = failure;
    if (node.kind === 'cast' ? node.mode === 'try' : node.fn.startsWith('try_')) return condition;
    this.f.get(condition);
    if (this.strictNull !== false) this.f.get(this.strictNull).op(OP.i32_eqz, OP.i32_and);
    this.f.if();
    this.raise(failure);
    this.f.end();
    return false;
  }

  /** Notes the error if it is the batch's first. The row goes on with whatever value it has. */
  raise({ code, node, operand }: Failure): void {
    const { f } = this;
    this.unit.raises++;
    const physical = operand?.physical ?? 'none';
    const helper = this.unit.module.helper('note_error', [I32, I32, I32, I32], [I32], (h) => {
      h.get(0).mem(OP.i32_load, FRAME_ERROR_CODE).if();
      h.i32(0).op(OP.return_);
      h.end();
      h.get(0).get(1).mem(OP.i32_store, FRAME_ERROR_CODE);
      h.get(0).get(2).mem(OP.i32_store, FRAME_ERROR_SITE);
      h.get(0).get(3).mem(OP.i32_store, FRAME_ERROR_ROW);
      h.i32(1);
    });
    const site = this.unit.site(node, operand?.type ?? node.type);
    f.get(0).i32(ERROR_CODE[code]).i32(site).get(this.row).call(helper).if();
    if (operand !== undefined) this.storeValue(0, FRAME_ERROR_VALUE, operand, physical as PhysicalType);
    f.end();
  }

  // ---- memory

  /** Local with the address of this row's element of a slot. */
  element(slot: number, physical: PhysicalType): number {
    const base = this.context.slotAddress(slot, SLOT_VALUES);
    const shift = WIDTH_SHIFT[physical];
    return this.let(I32, () => {
      this.f.get(base).get(this.row);
      if (shift > 0) this.f.i32(shift).op(OP.i32_shl);
      this.f.op(OP.i32_add);
    });
  }

  /** Loads a value of this type from `address` + `offset`. A view's value is the address itself. */
  loadValue(type: DataType, address: number, offset = 0, nulls: NullFlag = false): Value {
    const physical = physicalOf(type);
    const { f } = this;
    switch (physical) {
      case 'bool':
        return this.make(type, () => f.get(address).mem(OP.i32_load8_u, offset), nulls);
      case 'i32':
        return this.make(type, () => f.get(address).mem(OP.i32_load, offset), nulls);
      case 'i64':
        return this.make(type, () => f.get(address).mem(OP.i64_load, offset), nulls);
      case 'f64':
        return this.make(type, () => f.get(address).mem(OP.f64_load, offset), nulls);
      case 'i128':
        return this.make(
          type,
          () =>
            f
              .get(address)
              .mem(OP.i64_load, offset)
              .get(address)
              .mem(OP.i64_load, offset + 8),
          nulls,
        );
      case 'view':
        return this.make(type, () => (offset === 0 ? f.get(address) : f.get(address).i32(offset).op(OP.i32_add)), nulls);
    }
  }

  /** Stores a value at `address` + `offset`; a view is copied there, its bytes are not. */
  storeValue(address: number, offset: number, value: Value, physical: PhysicalType = value.physical): void {
    const { f } = this;
    f.get(address);
    switch (physical) {
      case 'bool':
        f.get(value.local).mem(OP.i32_store8, offset);
        return;
      case 'i32':
        f.get(value.local).mem(OP.i32_store, offset);
        return;
      case 'i64':
        f.get(value.local).mem(OP.i64_store, offset);
        return;
      case 'f64':
        f.get(value.local).mem(OP.f64_store, offset);
        return;
      case 'i128':
        f.get(value.local).mem(OP.i64_store, offset);
        f.get(address)
          .get(value.high)
          .mem(OP.i64_store, offset + 8);
        return;
      case 'view':
        f.get(value.local).mem(OP.i64_load).mem(OP.i64_store, offset);
        f.get(address)
          .get(value.local)
          .mem(OP.i64_load, 8)
          .mem(OP.i64_store, offset + 8);
        return;
    }
  }

  private slot(node: SlotRef): Value {
    const info = this.context.slots[node.index];
    if (info === undefined) throw new InternalError(`No slot ${node.index}.`);
    this.context.inputs.add(node.index);
    let nulls: NullFlag = false;
    if (!this.noNulls && info.nullable) {
      const base = this.context.slotAddress(node.index, SLOT_NULLS);
      nulls = this.let(I32, () => this.f.get(base).get(this.row).op(OP.i32_add).mem(OP.i32_load8_u));
    }
    const at = this.element(node.index, physicalOf(node.type));
    if (!this.isWord(node)) return this.loadValue(node.type, at, 0, nulls);
    return wordValue(this, node.type, () => this.f.get(at).mem(OP.i64_load), nulls);
  }

  private constant(node: BoundLiteral): Value {
    if (node.value === null) return this.nullOf(node.type);
    const { context, f } = this;
    const { parameters } = this.unit;
    const physical = physicalOf(node.type);
    const load = (offset: number, type: ValueType, opcode: number): number => {
      const area = context.frameWord(FRAME_PARAMETERS);
      return context.once(`constant ${type} ${offset}`, type, () => f.get(area).mem(opcode, offset));
    };
    switch (physical) {
      case 'bool':
      case 'i32':
        return this.of(node.type, load(parameters.i32(Number(node.value)), I32, OP.i32_load));
      case 'i64':
        return this.of(node.type, load(parameters.i64(BigInt(node.value as bigint)), I64, OP.i64_load));
      case 'f64':
        return this.of(node.type, load(parameters.f64(Number(node.value)), F64, OP.f64_load));
      case 'i128': {
        const offset = parameters.i128(BigInt(node.value as bigint));
        const wide = this.of(node.type, load(offset, I64, OP.i64_load), false, load(offset + 8, I64, OP.i64_load));
        return this.isWord(node) ? { ...wide, word: true } : wide;
      }
      case 'view':
        return this.of(node.type, this.viewConstant(node.value as string | Uint8Array));
    }
  }

  /** Local with the address of a constant view. A long one is made absolute in a scratch place at each call of the loop. */
  viewConstant(value: string | Uint8Array): number {
    const { context, f } = this;
    const { offset, long } = this.unit.parameters.view(value);
    const stored = context.parameter(offset);
    if (!long) return stored;
    const area = context.frameWord(FRAME_PARAMETERS);
    const known = `long view ${offset}`;
    const place = context.viewPlaceOf(known);
    return context.once(known, I32, () => {
      f.get(place).get(stored).mem(OP.i64_load).mem(OP.i64_store);
      f.get(place).get(stored).mem(OP.i32_load, VIEW_REF).get(area).op(OP.i32_add).mem(OP.i32_store, VIEW_REF);
      f.get(place)
        .i32(0)
        .mem(OP.i32_store, VIEW_REF + 4);
      f.get(place);
    });
  }
}

const NO_WORDS: ReadonlySet<number> = new Set();

const CHEAP = new Set(['=', '<', '<=', '>', '>=', '<=>', 'and', 'or', 'not', 'isnull', 'isnotnull', 'isnan']);

export function physicalOf(type: DataType): PhysicalType {
  return physicalTypeOf(type);
}

function pushZero(f: FunctionBuilder, type: ValueType): void {
  if (type === F64) f.f64(0);
  else if (type === I64) f.i64(0n);
  else f.i32(0);
}
