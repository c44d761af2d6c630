import type { Space } from '../../memory/block-space.js';
import type { Executor } from '../contracts.js';
import { PARTITIONS, PARTITION_SHIFT } from './aggregate-chunk.js';
import type { RowSpan } from './group-table.js';

const SLICE_BYTES_MIN = 4096;
const SLICE_BYTES_MAX = 65536;

interface Slice {
  address: number;
  rows: number;
}

/** Group rows written out by hash partition, each into slices of its own: what an executor keeps when groups are many. */
export class GroupPartitions {
  rows = 0;
  readonly #executor: Executor;
  readonly #space: Space;
  readonly #rowBytes: number;
  /** For each partition u32 next and end, for the kernels. */
  readonly #cursors: number;
  readonly #slices: Slice[][] = Array.from({ length: PARTITIONS }, () => []);
  readonly #sliceBytes = new Float64Array(PARTITIONS).fill(SLICE_BYTES_MIN);

  constructor(executor: Executor, space: Space, scratch: Space, rowBytes: number) {
    this.#executor = executor;
    this.#space = space;
    this.#rowBytes = rowBytes;
    this.#cursors = scratch.allocate(PARTITIONS * 8);
    executor.kernels['memoryClear']!(this.#cursors, PARTITIONS * 8);
  }

  /** Copies group rows. */
  scatter(spans: readonly RowSpan[]): void {
    const scatter = this.#executor.kernels['groupScatter']!;
    for (const span of spans) {
      let done = 0;
      while (done < span.rows) {
        done = scatter(this.#cursors, PARTITION_SHIFT, span.address, this.#rowBytes, done, span.rows) >>> 0;
        if (done < span.rows) this.#newSlice(span.address + done * this.#rowBytes);
      }
      this.rows += span.rows;
    }
  }

  /** A row for each of n records, with fresh states whose addresses go to `states`. */
  append(table: number, records: number, recordBytes: number, n: number, states: number): void {
    const append = this.#executor.kernels['groupAppend']!;
    let done = 0;
    while (done < n) {
      done = append(table, this.#cursors, PARTITION_SHIFT, records, done, n, states) >>> 0;
      if (done < n) this.#newSlice(records + done * recordBytes);
    }
    this.rows += n;
  }

  /** Writes the directory (aggregate-chunk.ts) and returns its address. `more`: rows of each partition that lie elsewhere. */
  seal(more: (partition: number) => readonly RowSpan[]): number {
    const { u32 } = this.#executor.views;
    for (let p = 0; p < PARTITIONS; p++) this.#close(p);
    const directory = this.#space.allocate(PARTITIONS * 12);
    this.#slices.forEach((slices, p) => {
      const all = [...slices, ...more(p)];
      const list = this.#space.allocate(Math.max(1, all.length) * 8);
      all.forEach((slice, i) => {
        u32[(list >>> 2) + 2 * i] = slice.address;
        u32[(list >>> 2) + 2 * i + 1] = slice.rows;
      });
      const entry = (directory >>> 2) + 3 * p;
      u32[entry] = list;
      u32[entry + 1] = all.length;
      u32[entry + 2] = all.reduce((sum, slice) => sum + slice.rows, 0);
    });
    return directory;
  }

  /** Rows of the open slice are counted from where its cursor stands. */
  #close(partition: number): void {
    const slice = this.#slices[partition]!.at(-1);
    if (slice === undefined) return;
    const next = this.#executor.views.u32[(this.#cursors >>> 2) + 2 * partition] as number;
    slice.rows = (next - slice.address) / this.#rowBytes;
  }

  #newSlice(row: number): void {
    const { u32 } = this.#executor.views;
    const partition = (u32[row >>> 2] as number) >>> PARTITION_SHIFT;
    this.#close(partition);
    const bytes = Math.max(this.#rowBytes, this.#sliceBytes[partition] as number);
    this.#sliceBytes[partition] = Math.min(SLICE_BYTES_MAX, bytes * 2);
    const address = this.#space.allocate(bytes);
    this.#slices[partition]!.push({ address, rows: 0 });
    u32[(this.#cursors >>> 2) + 2 * partition] = address;
    u32[(this.#cursors >>> 2) + 2 * partition + 1] = address + bytes;
  }
}
