import { InternalError } from '../../core/errors.js';
import { nestedJson } from './nested-json.js';
import { isNested } from '../../core/types/nested.js';
import { doubleText } from '../../core/types/double-text.js';
import {
  dateText,
  dayTimeIntervalText,
  decimalText,
  timestampText,
  yearMonthIntervalText,
} from '../../core/types/javascript-values.js';
import { MAX_I64_PRECISION, PHYSICAL_WIDTH, physicalTypeOf } from '../../core/types/physical-type.js';
import { ColumnWord, columnRecord, readBlock, type BlockColumn } from '../../memory/block.js';
import { VIEW_BYTES, VIEW_INLINE_MAX, VIEW_PREFIX, VIEW_REF } from '../../memory/layout.js';
import type { DataType } from '../../core/types/data-type.js';
import type { Space } from '../../memory/block-space.js';
import type { EncoderContext } from '../encoder.js';

/** How strings are written: quoted where CSV must, as JSON has them, or as they are. */
export type StringKind = 'csv' | 'json' | 'raw';

/** A batch of a column as the kernel that makes lines takes it (kernels/assembly/text-rows.ts). */
export interface MadeText {
  readonly kind: number;
  /** Of the first row's cell or view. */
  readonly address: number;
  /** What references of long views count from. */
  readonly base: number;
  /** Bytes of a cell. */
  readonly stride: number;
}

/** A column on its way to text. */
export interface TextColumn {
  /** Rows [first, first + n) of a block's column. What it returns is good until the next call. */
  make(block: number, column: number, first: number, n: number): MadeText;
}

export interface TextStyle {
  readonly strings: StringKind;
  readonly quotesMoments: boolean;
  /** JSON: no fields for nulls. */
  readonly skipNulls: boolean;
}

const CELL = 0;
const CELL_QUOTED = 1;
const STRING_KIND = { csv: 2, json: 3, raw: 4 } as const;

type Kernels = EncoderContext['executor']['kernels'];

/** Cells by kernel; those it misses, by JavaScript. */
interface CellMaker {
  readonly stride: number;
  readonly isQuoted: boolean;
  /** How many are missed. */
  fill(kernels: Kernels, values: number, n: number, cells: number, missed: number): number;
  textOf(column: BlockColumn, row: number): string;
}

/** @throws InternalError for types that `check` of a format should have refused. */
export function textColumn(
  context: EncoderContext,
  space: Space,
  type: DataType,
  style: TextStyle,
  batchRows: number,
): TextColumn {
  if (type.kind === 'string' || (type.kind === 'binary' && style.strings !== 'json'))
    return new StringColumn(context, STRING_KIND[style.strings]);
  const { views } = context.executor;
  if (type.kind === 'binary')
    return new HostColumn(context, space, batchRows, (at, length) => `"${base64(views.u8, at, length)}"`);
  if (isNested(type)) {
    const packed = { words: new DataView(views.u8.buffer), bytes: views.u8, slicer: views.buffer };
    return new HostColumn(context, space, batchRows, nestedJson(packed, type, style.skipNulls));
  }
  return new CellColumn(context, space, PHYSICAL_WIDTH[physicalTypeOf(type)!], cellMaker(type, style), batchRows);
}

/** Strings lie in the block already. */
class StringColumn implements TextColumn {
  constructor(
    private readonly context: EncoderContext,
    private readonly kind: number,
  ) {}

  make(block: number, column: number, first: number): MadeText {
    const values = this.context.executor.views.u32[columnRecord(block, column) + ColumnWord.values]!;
    return { kind: this.kind, address: block + values + first * VIEW_BYTES, base: block, stride: 0 };
  }
}

class CellColumn implements TextColumn {
  readonly #cells: number;
  readonly #missed: number;
  readonly #kind: number;

  constructor(
    private readonly context: EncoderContext,
    space: Space,
    private readonly width: number,
    private readonly maker: CellMaker,
    batchRows: number,
  ) {
    this.#cells = space.allocate(batchRows * maker.stride + 16);
    this.#missed = space.allocate(batchRows * 4);
    this.#kind = maker.isQuoted ? CELL_QUOTED : CELL;
  }

  make(block: number, column: number, first: number, n: number): MadeText {
    const { views, kernels } = this.context.executor;
    const values = block + views.u32[columnRecord(block, column) + ColumnWord.values]! + first * this.width;
    const misses = this.maker.fill(kernels, values, n, this.#cells, this.#missed) >>> 0;
    if (misses > 0) this.#writeMissed(readBlock(views, block).column(column), first, misses);
    return { kind: this.#kind, address: this.#cells, base: 0, stride: this.maker.stride };
  }

  #writeMissed(column: BlockColumn, first: number, misses: number): void {
    const { u8, u32 } = this.context.executor.views;
    for (let i = 0; i < misses; i++) {
      const row = u32[(this.#missed >>> 2) + i]!;
      if (column.isNull(first + row)) continue;
      const cell = this.#cells + row * this.maker.stride;
      const text = this.maker.textOf(column, first + row);
      if (text.length >= this.maker.stride) throw new InternalError(`A cell has no room for ${text}.`);
      u8[cell] = text.length;
      for (let c = 0; c < text.length; c++) u8[cell + 1 + c] = text.charCodeAt(c);
    }
  }
}

/** Values that JavaScript makes text of, one by one. */
class HostColumn implements TextColumn {
  readonly #views: number;
  #heap = 0;
  #heapBytes = 0;

  constructor(
    private readonly context: EncoderContext,
    space: Space,
    batchRows: number,
    private readonly textOf: (address: number, length: number) => string,
  ) {
    this.#views = space.allocate(batchRows * VIEW_BYTES);
  }

  make(block: number, index: number, first: number, n: number): MadeText {
    const { views } = this.context.executor;
    const { u8, u32 } = views;
    const column = readBlock(views, block).column(index);
    const texts: (Buffer | undefined)[] = [];
    let bytes = 0;
    for (let row = first; row < first + n; row++) {
      if (column.isNull(row)) texts.push(undefined);
      else {
        const { address, length } = column.bytesAt(row);
        const text = Buffer.from(this.textOf(address, length));
        texts.push(text);
        bytes += text.length;
      }
    }
    this.#reserve(bytes);
    let at = this.#heap;
    texts.forEach((text, row) => {
      if (text === undefined) return;
      const view = this.#views + row * VIEW_BYTES;
      u32.fill(0, view >>> 2, (view >>> 2) + 4);
      u32[view >>> 2] = text.length;
      if (text.length <= VIEW_INLINE_MAX) {
        u8.set(text, view + VIEW_PREFIX);
        return;
      }
      u8.set(text, at);
      u32[(view + VIEW_REF) >>> 2] = at;
      at += text.length;
    });
    return { kind: STRING_KIND.raw, address: this.#views, base: 0, stride: 0 };
  }

  #reserve(bytes: number): void {
    if (bytes <= this.#heapBytes) return;
    const { pages } = this.context;
    if (this.#heap !== 0) pages.free(this.#heap, this.#heapBytes);
    this.#heapBytes = Math.max(1 << 16, bytes * 2);
    this.#heap = pages.allocate(this.#heapBytes) >>> 0;
  }
}

const base64 = (u8: Uint8Array, at: number, length: number): string => Buffer.from(u8.slice(at, at + length)).toString('base64');

const exactly = (fill: CellMaker['fill'], stride = 32): CellMaker => ({
  stride,
  isQuoted: false,
  fill,
  textOf: () => {
    throw new InternalError('A kernel that writes every value missed one.');
  },
});

/** Digits that no two doubles, or floats, share. */
const DOUBLE_DIGITS = 15;
const FLOAT_DIGITS = 6;

function cellMaker(type: DataType, { quotesMoments, strings }: TextStyle): CellMaker {
  switch (type.kind) {
    case 'null':
    case 'boolean':
      return exactly((kernels, values, n, cells) => kernels['cellsBoolean']!(values, n, cells, 32));
    case 'tinyint':
    case 'smallint':
    case 'int':
      return exactly((kernels, values, n, cells) => kernels['cellsInt32']!(values, n, cells, 32));
    case 'bigint':
      return exactly((kernels, values, n, cells) => kernels['cellsInt64']!(values, n, cells, 32));
    case 'decimal': {
      const { scale } = type;
      if (type.precision <= MAX_I64_PRECISION)
        return exactly((kernels, values, n, cells) => kernels['cellsDecimal64']!(values, n, scale, cells, 32));
      return {
        stride: 64,
        isQuoted: false,
        fill: (kernels, values, n, cells, missed) => kernels['cellsDecimal128']!(values, n, scale, cells, 64, missed),
        textOf: (column, row) => decimalText(column.bigintAt(row), scale),
      };
    }
    case 'float':
    case 'double': {
      const isFloat = type.kind === 'float';
      const digits = isFloat ? FLOAT_DIGITS : DOUBLE_DIGITS;
      return {
        stride: 32,
        isQuoted: false,
        fill: (kernels, values, n, cells, missed) => kernels['cellsDouble']!(values, n, digits, cells, 32, missed),
        textOf: (column, row) => {
          const value = column.numberAt(row);
          // JSON has no word for what is no number.
          return strings === 'json' && !Number.isFinite(value) ? `"${value}"` : doubleText(value, isFloat);
        },
      };
    }
    case 'date':
      return {
        stride: 32,
        isQuoted: quotesMoments,
        fill: (kernels, values, n, cells, missed) => kernels['cellsDate']!(values, n, cells, 32, missed),
        textOf: (column, row) => dateText(column.numberAt(row)),
      };
    case 'timestamp':
    case 'timestamp_ntz': {
      // ISO 8601 in JSON, what SQL casts to elsewhere.
      const between = (strings === 'json' ? 'T' : ' ').charCodeAt(0);
      const behind = strings === 'json' && type.kind === 'timestamp' ? 'Z'.charCodeAt(0) : 0;
      return {
        stride: 32,
        isQuoted: quotesMoments,
        fill: (kernels, values, n, cells, missed) => kernels['cellsTimestamp']!(values, n, between, behind, cells, 32, missed),
        textOf: (column, row) => {
          const text = timestampText(column.bigintAt(row));
          return strings === 'json' ? text.replace(' ', 'T') + (behind === 0 ? '' : 'Z') : text;
        },
      };
    }
    case 'day_time_interval':
      return hostCells(quotesMoments, (column, row) => dayTimeIntervalText(column.bigintAt(row)));
    case 'year_month_interval':
      return hostCells(quotesMoments, (column, row) => yearMonthIntervalText(column.numberAt(row)));
    default:
      throw new InternalError(`A column of type ${type.kind} has no cells of text.`);
  }
}

/** All by JavaScript. */
function hostCells(isQuoted: boolean, textOf: CellMaker['textOf']): CellMaker {
  return {
    stride: 64,
    isQuoted,
    fill: (kernels, _, n, _cells, missed) => kernels['cellsAll']!(missed, n),
    textOf,
  };
}
