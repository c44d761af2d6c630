import { doubleText } from '../../core/types/double-text.js';
import {
  dateText,
  dayTimeIntervalText,
  decimalText,
  timestampText,
  yearMonthIntervalText,
} from '../../core/types/javascript-values.js';
import { InternalError } from '../../core/errors.js';
import { directoryName } from '../../io/index.js';
import {
  BATCH_ROWS_MAX,
  FRAME_SLOTS,
  SLOT_BYTES,
  VIEW_BYTES,
  VIEW_INLINE_MAX,
  VIEW_PREFIX,
  VIEW_REF,
} from '../../memory/layout.js';
import { Space } from '../../memory/block-space.js';
import { groupLayout, type GroupShape } from './group-layout.js';
import { GroupRecords } from './group-records.js';
import { GroupTable } from './group-table.js';
import type { WriteSpec } from '../../core/physical/stage.js';
import type { DataType } from '../../core/types/data-type.js';
import type { Slicer } from '../../memory/block.js';
import type { ScopedPages } from '../../memory/scoped-pages.js';
import type { Batch, PipelineContext } from '../contracts.js';

/** Of a group: u32 its number plus one, u32 for the kernel. */
const STATE_BYTES = 8;
const MET_WORDS = 3;

/** Sorts a batch's rows by the directories that their partition columns name. */
export class PartitionRows {
  readonly #context: PipelineContext;
  readonly #columns: readonly { readonly name: string; readonly type: DataType; readonly slot: number }[];
  readonly #records: GroupRecords;
  readonly #table: GroupTable;
  readonly #states: number;
  readonly #positions: number;
  readonly #met: number;
  readonly #directories: string[] = [];

  /** `pages` end with it. */
  constructor(context: PipelineContext, { partitionBy }: WriteSpec, pages: ScopedPages) {
    const { program, executor } = context;
    this.#context = context;
    this.#columns = partitionBy.map(({ name, type, column }) => ({ name, type, slot: program.outputs[column]! }));
    const shape: GroupShape = {
      keys: this.#columns.map(({ slot }) => ({ slot, physical: program.slots[slot]!.physical })),
      stateBytes: STATE_BYTES,
      initial: Buffer.alloc(STATE_BYTES).toString('base64'),
    };
    const layout = groupLayout(shape);
    const space = new Space(pages);
    this.#records = new GroupRecords(executor, layout, space);
    this.#table = new GroupTable(executor, layout, shape, pages, space, space);
    this.#states = space.allocate(BATCH_ROWS_MAX * 4);
    this.#positions = space.allocate(BATCH_ROWS_MAX * 4);
    this.#met = space.allocate(BATCH_ROWS_MAX * 4 * MET_WORDS);
  }

  /** Calls `visit` for each directory with its number (from 0 on, as they come), its name, and the positions of its rows. */
  split(batch: Batch, visit: (number: number, directory: string, sel: number, n: number) => void): void {
    const { frame, executor } = this.#context;
    const { u32 } = executor.views;
    const records = this.#records;
    records.fill(frame, batch);
    this.#table.find(records.address, this.#table.layout.recordBytes, 0, 0, batch.n, this.#states, records.long);
    const met = executor.kernels['rowsByGroup']!(this.#states, batch.sel, batch.n, this.#positions, this.#met) >>> 0;
    for (let i = 0; i < met; i++) {
      const at = (this.#met >>> 2) + i * MET_WORDS;
      const state = u32[at]! >>> 2;
      const from = u32[at + 1]!;
      const sel = this.#positions + from * 4;
      if (u32[state] === 0) u32[state] = this.#directories.push(this.#directoryOf(u32[sel >>> 2]!));
      const number = u32[state]! - 1;
      visit(number, this.#directories[number]!, sel, u32[at + 2]! - from);
    }
  }

  #directoryOf(row: number): string {
    return this.#columns.map(({ name, type, slot }) => directoryName(name, this.#textAt(type, slot, row))).join('/');
  }

  /** A value as a cast to string has it. */
  #textAt(type: DataType, slot: number, row: number): string | null {
    const { frame, executor } = this.#context;
    const { u8, u32, i32, i64, f64, buffer } = executor.views;
    const record = (frame + FRAME_SLOTS + slot * SLOT_BYTES) >>> 2;
    const values = u32[record]!;
    if (u8[u32[record + 1]! + row] !== 0) return null;
    switch (type.kind) {
      case 'boolean':
        return u8[values + row] === 1 ? 'true' : 'false';
      case 'tinyint':
      case 'smallint':
      case 'int':
        return String(i32[(values >>> 2) + row]);
      case 'bigint':
        return String(i64[values / 8 + row]);
      case 'float':
      case 'double':
        return doubleText(f64[values / 8 + row]!, type.kind === 'float');
      case 'decimal': {
        if (type.precision <= 18) return decimalText(i64[values / 8 + row]!, type.scale);
        const low = BigInt.asUintN(64, i64[values / 8 + 2 * row]!);
        return decimalText((i64[values / 8 + 2 * row + 1]! << 64n) | low, type.scale);
      }
      case 'date':
        return dateText(i32[(values >>> 2) + row]!);
      case 'timestamp':
      case 'timestamp_ntz':
        return timestampText(i64[values / 8 + row]!);
      case 'day_time_interval':
        return dayTimeIntervalText(i64[values / 8 + row]!);
      case 'year_month_interval':
        return yearMonthIntervalText(i32[(values >>> 2) + row]!);
      case 'string': {
        const view = values + row * VIEW_BYTES;
        const length = u32[view >>> 2]!;
        const start = length <= VIEW_INLINE_MAX ? view + VIEW_PREFIX : u32[(view + VIEW_REF) >>> 2]!;
        return (buffer as unknown as Slicer).utf8Slice(start, start + length);
      }
      default:
        throw new InternalError(`Directories are named after values of type ${type.kind}.`);
    }
  }
}
