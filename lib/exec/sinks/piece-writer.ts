import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { openPiece } from '../../io/index.js';
import { BlockWriter } from '../../memory/block-writer.js';
import { BlockWord } from '../../memory/block.js';
import { Space } from '../../memory/block-space.js';
import { BATCH_ROWS_MAX } from '../../memory/layout.js';
import { ScopedPages } from '../../memory/scoped-pages.js';
import { requestOf } from './join.js';
import type { WriteSpec } from '../../core/physical/stage.js';
import type { PhysicalType } from '../../core/types/physical-type.js';
import type { PieceFile } from '../../io/output/piece-file.js';
import type { Piece } from '../../io/output/plan-files.js';
import type { PipelineContext, Task } from '../contracts.js';

interface OpenFile {
  readonly piece: PieceFile;
  readonly name: string;
  readonly pages: ScopedPages;
  rows: number;
}

/** Writes the rows that one task has for one directory: gathers them into blocks, hands those to the format's encoder. */
export class PieceWriter {
  readonly pieces: Piece[] = [];
  readonly #pages: ScopedPages;
  readonly #space: Space;
  #positions = 0;
  readonly #writer: BlockWriter;
  #file: OpenFile | undefined;

  constructor(
    private readonly context: PipelineContext,
    private readonly spec: WriteSpec,
    physicals: readonly PhysicalType[],
    private readonly task: Task,
    private readonly directory: string,
  ) {
    const { kernels, views } = context.executor;
    this.#pages = new ScopedPages(context.scratch);
    this.#space = new Space(this.#pages);
    this.#writer = new BlockWriter(kernels, views, this.#space, physicals);
    this.#writer.begin(task.ordinal, task.partition);
  }

  /** Live rows of the frame's slots: rows 0..n (sel 0), or the n positions at `sel`. */
  append(frame: number, slots: readonly number[], sel: number, n: number): void {
    const { maxRecords } = this.spec;
    if (maxRecords === undefined) {
      this.#writer.append(frame, slots, sel, n);
      this.#drain();
      return;
    }
    const positions = sel === 0 ? this.#allPositions() : sel;
    for (let done = 0; done < n;) {
      const take = Math.min(n - done, maxRecords - this.#rowsOfFile);
      this.#writer.append(frame, slots, positions + 4 * done, take);
      this.#drain();
      done += take;
      if (this.#rowsOfFile === maxRecords) this.#close();
    }
  }

  /** A selection of every row of a batch, which can be cut. */
  #allPositions(): number {
    if (this.#positions !== 0) return this.#positions;
    const { u32 } = this.context.executor.views;
    this.#positions = this.#pages.allocate(BATCH_ROWS_MAX * 4);
    for (let row = 0; row < BATCH_ROWS_MAX; row++) u32[(this.#positions >>> 2) + row] = row;
    return this.#positions;
  }

  get #rowsOfFile(): number {
    return (this.#file?.rows ?? 0) + this.#writer.openRows;
  }

  /** Encodes sealed blocks and gives their memory back. */
  #drain(): void {
    const { blocks } = this.#writer;
    if (blocks.length === 0) return;
    const { u32 } = this.context.executor.views;
    this.#file ??= this.#open();
    for (const { address, rows } of blocks) {
      this.#file.piece.writeBlock(address);
      this.#file.rows += rows;
      this.#space.free(address, u32[(address >>> 2) + BlockWord.bytes]!);
    }
    blocks.length = 0;
  }

  #open(): OpenFile {
    const { ordinal, partition } = this.task;
    // An attempt that failed may have left its file: names do not repeat.
    const name = `part-${partition}-${ordinal}-${this.pieces.length}-${randomBytes(6).toString('hex')}`;
    const pages = new ScopedPages(this.context.scratch);
    const { spec } = this;
    const piece = openPiece(
      { executor: this.context.executor, pages },
      spec.format,
      requestOf(spec),
      join(spec.pieces, name),
      spec.shown,
    );
    return { piece, name, pages, rows: 0 };
  }

  #close(): void {
    this.#writer.finish();
    this.#drain();
    const file = this.#file;
    if (file === undefined) return;
    const bytes = file.piece.finish();
    file.pages.release();
    this.#file = undefined;
    const { ordinal, partition } = this.task;
    this.pieces.push({ name: file.name, task: ordinal, partition, directory: this.directory, rows: file.rows, bytes });
  }

  /** Ends the last file and gives all memory back. */
  finish(): void {
    this.#close();
    this.#pages.release();
  }

  /** Closes and removes the file that is open. Touches no shared memory. */
  abort(): void {
    this.#file?.piece.abort();
    this.#file = undefined;
  }
}
