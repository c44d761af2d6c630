import type { Bound } from '../core/expr/bound.js';
import type { LiteralValue } from '../core/expr/expr.js';
import type { QuernError } from '../core/errors.js';
import type { DataType } from '../core/types/data-type.js';
import { physicalTypeOf } from '../core/types/physical-type.js';
import {
  FRAME_ERROR_CODE,
  FRAME_HEAP,
  FRAME_PARAMETERS,
  FRAME_SCRATCH,
  FRAME_SCRATCH_BYTES,
  FRAME_SLOTS,
  HEAP_END,
  HEAP_NEXT,
  SLOT_BYTES,
  SLOT_NULLS,
  SLOT_VALUES,
  VIEW_INLINE_MAX,
  VIEW_PREFIX,
  VIEW_REF,
} from '../memory/layout.js';
import type { MemoryViews } from '../memory/memory-access.js';
import { compileProjection } from './compile-projection.js';
import { instantiateStage, type FunctionExports } from './instantiate.js';
import { makeError } from './make-error.js';

/** Where constants are computed: memory and kernels of this thread, and a span of scratch memory (at least CONSTANT_SCRATCH_BYTES) used during one call. */
export interface ScratchWorld {
  readonly views: MemoryViews;
  readonly kernels: FunctionExports;
  readonly address: number;
  readonly bytes: number;
  /** Id of the heap made at the frame: what the host's `heapMore` gets told by (HEAP_ID). */
  readonly heapId?: number;
}

export const CONSTANT_SCRATCH_BYTES = 256 * 1024;

export type ConstantResult =
  | { readonly kind: 'value'; readonly value: LiteralValue }
  | { readonly kind: 'error'; readonly error: QuernError };

/**
 * Values of expressions without inputs, by the very code that would run over rows, on one row. An expression that raises gives its error:
 * whether it matters is up to whoever folds. Expressions are compiled apart from each other, so that one's error does not hide another's value.
 */
export function runConstants(exprs: readonly Bound[], world: ScratchWorld): ConstantResult[] {
  return exprs.map((expr) => runConstant(expr, world));
}

function runConstant(expr: Bound, world: ScratchWorld): ConstantResult {
  const { views, address: frame } = world;
  const compiled = compileProjection([expr]);
  const value = frame + FRAME_SLOTS + SLOT_BYTES;
  const nulls = value + 16;
  const scratch = nulls + 16;
  const parameters = scratch + FRAME_SCRATCH_BYTES;
  const heap = Math.ceil((parameters + compiled.parameters.length) / 8) * 8;
  const word = (at: number, content: number): void => void (views.u32[at >>> 2] = content);
  word(frame + FRAME_ERROR_CODE, 0);
  word(frame + FRAME_PARAMETERS, parameters);
  word(frame + FRAME_SCRATCH, scratch);
  word(frame + FRAME_HEAP + HEAP_NEXT, heap);
  word(frame + FRAME_HEAP + HEAP_END, frame + world.bytes);
  word(frame + FRAME_HEAP + 8, world.heapId ?? 0);
  word(frame + FRAME_SLOTS + SLOT_VALUES, value);
  word(frame + FRAME_SLOTS + SLOT_NULLS, nulls);
  views.u8.set(compiled.parameters, parameters);
  instantiateStage(compiled.module, views.memory, world.kernels)[compiled.loop]!(frame, 1);
  if (views.i32[(frame + FRAME_ERROR_CODE) >>> 2] !== 0) return { kind: 'error', error: makeError(views, frame, compiled.sites) };
  return { kind: 'value', value: views.u8[nulls] === 1 ? null : readValue(views, value, expr.type) };
}

/** The literal value that lies at an address (8-byte aligned). */
export function readValue(views: MemoryViews, address: number, type: DataType): LiteralValue {
  const words = new DataView(views.memory.buffer, address, 16);
  switch (physicalTypeOf(type)) {
    case 'bool':
      return type.kind === 'null' ? null : words.getUint8(0) === 1;
    case 'i32':
      return words.getInt32(0, true);
    case 'i64':
      return words.getBigInt64(0, true);
    case 'i128':
      return (words.getBigInt64(8, true) << 64n) | words.getBigUint64(0, true);
    case 'f64':
      return words.getFloat64(0, true);
    case 'view': {
      const length = words.getUint32(0, true);
      const start = length <= VIEW_INLINE_MAX ? address + VIEW_PREFIX : words.getUint32(VIEW_REF, true);
      const bytes = views.u8.slice(start, start + length);
      return type.kind !== 'string' ? Uint8Array.from(bytes) : new TextDecoder().decode(Uint8Array.from(bytes));
    }
  }
}
