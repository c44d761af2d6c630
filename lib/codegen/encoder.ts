/**
 * Writes WebAssembly modules: sections, LEB128, and functions as plain lists of bytes. No validation (V8 validates), no optimization (V8 optimizes):
 * a module of some kilobytes takes microseconds.
 *
 * Code is a `number[]`. A negative element −(s+1) stands for the index of function symbol `s`, which is known only at the end,
 * because imports are discovered while functions are being written and come first in the index space.
 */

export const I32 = 0x7f;
export const I64 = 0x7e;
export const F64 = 0x7c;
export const V128 = 0x7b;
export type ValueType = typeof I32 | typeof I64 | typeof F64 | typeof V128;

export { OP, SIMD, TRUNC } from './opcodes.js';
import { OP, SIMD } from './opcodes.js';

export function unsignedLeb(out: number[], value: number): void {
  let rest = value >>> 0;
  while (rest > 0x7f) {
    out.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  out.push(rest);
}

export function signedLeb(out: number[], value: number): void {
  let rest = value | 0;
  for (;;) {
    const low = rest & 0x7f;
    rest >>= 7;
    if ((rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0)) {
      out.push(low);
      return;
    }
    out.push(low | 0x80);
  }
}

export function signedLeb64(out: number[], value: bigint): void {
  let rest = BigInt.asIntN(64, value);
  for (;;) {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    if ((rest === 0n && (low & 0x40) === 0) || (rest === -1n && (low & 0x40) !== 0)) {
      out.push(low);
      return;
    }
    out.push(low | 0x80);
  }
}

const scratch = new DataView(new ArrayBuffer(16));
const utf8 = new TextEncoder();

function pushName(out: number[], name: string): void {
  const bytes = utf8.encode(name);
  unsignedLeb(out, bytes.length);
  for (const byte of bytes) out.push(byte);
}

/** A block label: the nesting depth at which it was opened. */
export type Label = number;

/**
 * One function. Locals are numbered, parameters first. Instructions go to the body, or, inside `before`, to the prologue,
 * which runs ahead of the whole body however late it is written.
 */
export class FunctionBuilder {
  readonly params: readonly ValueType[];
  readonly results: readonly ValueType[];
  private readonly prologue: number[] = [];
  private readonly body: number[] = [];
  private code: number[] = this.body;
  private readonly locals: ValueType[] = [];
  private depth = 0;

  constructor(params: readonly ValueType[], results: readonly ValueType[]) {
    this.params = params;
    this.results = results;
  }

  /** Bytes written so far: how large the function is getting. */
  get size(): number {
    return this.prologue.length + this.body.length;
  }

  local(type: ValueType): number {
    this.locals.push(type);
    return this.params.length + this.locals.length - 1;
  }

  /** Writes to the prologue. Must not be nested in itself and must leave the stack empty. */
  before(write: () => void): void {
    const { code, depth } = this;
    this.code = this.prologue;
    this.depth = 0;
    write();
    this.code = code;
    this.depth = depth;
  }

  op(...opcodes: number[]): this {
    for (const opcode of opcodes) this.code.push(opcode);
    return this;
  }

  /** A SIMD instruction without immediates. */
  simd(opcode: number): this {
    this.code.push(0xfd);
    unsignedLeb(this.code, opcode);
    return this;
  }

  simdLoad(opcode: number, offset: number): this {
    this.simd(opcode);
    this.code.push(0);
    unsignedLeb(this.code, offset);
    return this;
  }

  simdLane(opcode: number, lane: number): this {
    this.simd(opcode);
    this.code.push(lane);
    return this;
  }

  get(local: number): this {
    this.code.push(OP.local_get);
    unsignedLeb(this.code, local);
    return this;
  }

  set(local: number): this {
    this.code.push(OP.local_set);
    unsignedLeb(this.code, local);
    return this;
  }

  tee(local: number): this {
    this.code.push(OP.local_tee);
    unsignedLeb(this.code, local);
    return this;
  }

  i32(value: number): this {
    this.code.push(OP.i32_const);
    signedLeb(this.code, value);
    return this;
  }

  i64(value: bigint | number): this {
    this.code.push(OP.i64_const);
    signedLeb64(this.code, BigInt(value));
    return this;
  }

  f64(value: number): this {
    this.code.push(OP.f64_const);
    scratch.setFloat64(0, value, true);
    for (let i = 0; i < 8; i++) this.code.push(scratch.getUint8(i));
    return this;
  }

  /** A constant vector of four lanes. */
  i32x4(...lanes: readonly [number, number, number, number]): this {
    this.simd(SIMD.v128_const);
    lanes.forEach((lane, i) => scratch.setInt32(i * 4, lane, true));
    for (let i = 0; i < 16; i++) this.code.push(scratch.getUint8(i));
    return this;
  }

  /** A load or store. Alignment is only a hint in WebAssembly: always written as 1 byte. */
  mem(opcode: number, offset = 0): this {
    this.code.push(opcode, 0);
    unsignedLeb(this.code, offset);
    return this;
  }

  fill(): this {
    return this.op(0xfc, 11, 0);
  }

  copy(): this {
    return this.op(0xfc, 10, 0, 0);
  }

  call(symbol: number): this {
    this.code.push(OP.call, -symbol - 1);
    return this;
  }

  block(): Label {
    return this.open(OP.block);
  }

  loop(): Label {
    return this.open(OP.loop);
  }

  /** Takes the condition from the stack. Blocks have no results: values go through locals. */
  if(): Label {
    return this.open(OP.if_);
  }

  else(): this {
    this.code.push(OP.else_);
    return this;
  }

  end(): this {
    this.depth--;
    this.code.push(OP.end);
    return this;
  }

  br(label: Label): this {
    this.code.push(OP.br);
    unsignedLeb(this.code, this.depth - label);
    return this;
  }

  brIf(label: Label): this {
    this.code.push(OP.br_if);
    unsignedLeb(this.code, this.depth - label);
    return this;
  }

  private open(opcode: number): Label {
    this.code.push(opcode, 0x40);
    this.depth++;
    return this.depth;
  }

  /** The body with its locals, function indices resolved. */
  finish(indexOf: (symbol: number) => number): number[] {
    const out: number[] = [];
    const runs: { type: ValueType; count: number }[] = [];
    for (const type of this.locals) {
      const last = runs.at(-1);
      if (last?.type === type) last.count++;
      else runs.push({ type, count: 1 });
    }
    unsignedLeb(out, runs.length);
    for (const run of runs) {
      unsignedLeb(out, run.count);
      out.push(run.type);
    }
    for (const code of [this.prologue, this.body]) {
      for (const byte of code) {
        if (byte < 0) unsignedLeb(out, indexOf(-byte - 1));
        else out.push(byte);
      }
    }
    out.push(OP.end);
    return out;
  }
}

interface FunctionSymbol {
  readonly symbol: number;
  readonly type: number;
  /** Imports have a module and a name, functions a builder. */
  readonly from?: { readonly module: string; readonly name: string };
  readonly builder?: FunctionBuilder;
  readonly exportName?: string;
}

/** A module over the one shared memory, imported as `env.memory`. */
export class ModuleBuilder {
  private readonly types = new Map<string, number>();
  private readonly typeBytes: number[] = [];
  private readonly symbols: FunctionSymbol[] = [];
  private readonly imports = new Map<string, number>();
  private readonly helpers = new Map<string, number>();

  import(module: string, name: string, params: readonly ValueType[], results: readonly ValueType[]): number {
    const key = `${module}.${name}`;
    const known = this.imports.get(key);
    if (known !== undefined) return known;
    const symbol = this.symbols.length;
    this.symbols.push({ symbol, type: this.typeOf(params, results), from: { module, name } });
    this.imports.set(key, symbol);
    return symbol;
  }

  /** Starts a function; without a name it is private to the module. */
  function(
    params: readonly ValueType[],
    results: readonly ValueType[],
    exportName?: string,
  ): { readonly symbol: number; readonly builder: FunctionBuilder } {
    const symbol = this.symbols.length;
    const builder = new FunctionBuilder(params, results);
    this.symbols.push({
      symbol,
      type: this.typeOf(params, results),
      builder,
      ...(exportName === undefined ? {} : { exportName }),
    });
    return { symbol, builder };
  }

  /** A private function that a module needs at most once: written on first use. */
  helper(name: string, params: readonly ValueType[], results: readonly ValueType[], write: (f: FunctionBuilder) => void): number {
    const known = this.helpers.get(name);
    if (known !== undefined) return known;
    const { symbol, builder } = this.function(params, results);
    this.helpers.set(name, symbol);
    write(builder);
    return symbol;
  }

  finish(): Uint8Array {
    const imported = this.symbols.filter((s) => s.from !== undefined);
    const defined = this.symbols.filter((s) => s.builder !== undefined);
    const index = new Map([...imported, ...defined].map((s, i) => [s.symbol, i]));
    const indexOf = (symbol: number): number => index.get(symbol) ?? 0;
    const out: number[] = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
    section(out, 1, this.types.size, this.typeBytes);
    const importBytes: number[] = [];
    pushName(importBytes, 'env');
    pushName(importBytes, 'memory');
    // Shared, between 1 page and 4 GiB: fits any memory of the engine.
    importBytes.push(2, 3, 1);
    unsignedLeb(importBytes, 65536);
    for (const { from, type } of imported) {
      pushName(importBytes, from?.module ?? '');
      pushName(importBytes, from?.name ?? '');
      importBytes.push(0);
      unsignedLeb(importBytes, type);
    }
    section(out, 2, imported.length + 1, importBytes);
    const functionBytes: number[] = [];
    const exportBytes: number[] = [];
    const codeBytes: number[] = [];
    let exportCount = 0;
    for (const s of defined) {
      unsignedLeb(functionBytes, s.type);
      const body = s.builder?.finish(indexOf) ?? [];
      unsignedLeb(codeBytes, body.length);
      for (const byte of body) codeBytes.push(byte);
      if (s.exportName !== undefined) {
        pushName(exportBytes, s.exportName);
        exportBytes.push(0);
        unsignedLeb(exportBytes, indexOf(s.symbol));
        exportCount++;
      }
    }
    section(out, 3, defined.length, functionBytes);
    section(out, 7, exportCount, exportBytes);
    section(out, 10, defined.length, codeBytes);
    return Uint8Array.from(out);
  }

  private typeOf(params: readonly ValueType[], results: readonly ValueType[]): number {
    const key = `${params.join(',')}>${results.join(',')}`;
    const known = this.types.get(key);
    if (known !== undefined) return known;
    const index = this.types.size;
    this.types.set(key, index);
    this.typeBytes.push(0x60);
    unsignedLeb(this.typeBytes, params.length);
    this.typeBytes.push(...params);
    unsignedLeb(this.typeBytes, results.length);
    this.typeBytes.push(...results);
    return index;
  }
}

function section(out: number[], id: number, count: number, content: readonly number[]): void {
  if (count === 0) return;
  const head: number[] = [];
  unsignedLeb(head, count);
  out.push(id);
  unsignedLeb(out, head.length + content.length);
  out.push(...head);
  for (const byte of content) out.push(byte);
}
