import { sameType, type DataType } from '../core/types/data-type.js';
import { isNested } from '../core/types/nested.js';
import { PHYSICAL_WIDTH, physicalTypeOf } from '../core/types/physical-type.js';
import { FRAME_SLOTS, SLOT_BYTES, SLOT_FLAG_NO_NULLS } from '../memory/layout.js';
import type { Space } from '../memory/block-space.js';
import { mergedType } from './merge-schemas.js';
import type { DecoderContext } from './source.js';

/** How a file's values become those of a wider type. */
export interface Widening {
  readonly kernel: string;
  /** A factor, or how many digits more behind the point. */
  readonly by: number;
}

/** Whether values of a type fit in another one without becoming something else. Bytes and text are read as either, as is asked for. */
function isWider(from: DataType, to: DataType): boolean {
  if ((from.kind === 'string' && to.kind === 'binary') || (from.kind === 'binary' && to.kind === 'string')) return true;
  const common = mergedType(from, to);
  return common !== undefined && sameType(common, to);
}

/** `same`: the values are the wider type's as they are. undefined: there is no way. */
export function wideningOf(from: DataType, to: DataType): Widening | 'same' | undefined {
  const [a, b] = [physicalTypeOf(from), physicalTypeOf(to)];
  if (sameType(from, to)) return 'same';
  if (!isWider(from, to)) return undefined;
  // Nested values are one run of bytes, made for their type.
  if (a === undefined || b === undefined || isNested(from) || isNested(to)) return undefined;
  if (to.kind === 'decimal') return decimalWidening(from, to);
  if (from.kind === 'date' && (to.kind === 'timestamp' || to.kind === 'timestamp_ntz'))
    return { kernel: 'widenI32I64', by: 86_400_000_000 };
  // A date is no number, nor is a decimal's unscaled value.
  if (from.kind === 'date' || from.kind === 'decimal') return undefined;
  if (a === b) return 'same';
  if (a === 'i32' && b === 'i64') return { kernel: 'widenI32I64', by: 1 };
  if (a === 'i32' && b === 'f64') return { kernel: 'widenI32F64', by: 0 };
  return a === 'i64' && b === 'f64' ? { kernel: 'widenI64F64', by: 0 } : undefined;
}

function decimalWidening(from: DataType, to: Extract<DataType, { kind: 'decimal' }>): Widening | 'same' | undefined {
  const [a, b] = [physicalTypeOf(from), physicalTypeOf(to)];
  if (a !== 'i32' && a !== 'i64' && a !== 'i128') return undefined;
  const scale = from.kind === 'decimal' ? from.scale : 0;
  const digits = to.scale - scale;
  if (digits < 0) return undefined;
  if (a === b && digits === 0) return 'same';
  const kernel = `widen${a.toUpperCase()}${b!.toUpperCase()}`;
  return { kernel, by: b === 'i64' ? 10 ** digits : digits };
}

/** A slot's values, made of those that a reader left in its record. */
export class WideVector {
  readonly #values: number;

  constructor(
    private readonly context: DecoderContext,
    space: Space,
    private readonly slot: number,
    private readonly widening: Widening,
  ) {
    const { batchRows, slots } = context.program;
    this.#values = space.allocate(batchRows * PHYSICAL_WIDTH[slots[slot]!.physical]);
  }

  /** Of rows 0..n: rows that nobody asked for have values that nobody looks at. */
  widen(n: number): void {
    const { kernels, views } = this.context.executor;
    const record = (this.context.frame + FRAME_SLOTS + this.slot * SLOT_BYTES) >>> 2;
    kernels[this.widening.kernel]!(views.u32[record]!, n, this.#values, this.widening.by);
    views.u32[record] = this.#values;
    views.u32[record + 2] = views.u32[record + 2]! & SLOT_FLAG_NO_NULLS;
  }
}
