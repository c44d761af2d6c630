import { join } from 'node:path';
import { openPiece, writeFormat } from '../../io/index.js';
import { BlockWriter } from '../../memory/block-writer.js';
import { BlockWord } from '../../memory/block.js';
import { BATCH_ROWS_MAX } from '../../memory/layout.js';
import { ScopedPages } from '../../memory/scoped-pages.js';
import { requestOf } from './join.js';
import type { WriteSpec } from '../../core/physical/stage.js';
import type { PhysicalType } from '../../core/types/physical-type.js';
import { BODY, type BodyPlace, type PieceFile } from '../../io/output/piece-file.js';
import type { Piece } from '../../io/output/plan-files.js';
import type { Space } from '../../memory/block-space.js';
import type { PipelineContext, Task } from '../contracts.js';

/** A file that is written, or whose rows are gathered to be written. */
interface OpenFile {
  rows: number;
  /** Sealed blocks that are kept for later. */
  readonly blocks: number[];
  writing: { readonly piece: PieceFile; readonly name: string; readonly pages: ScopedPages } | undefined;
}

export interface PieceOptions {
  readonly physicals: readonly PhysicalType[];
  readonly task: Task;
  readonly directory: string;
  /** Where blocks are made. */
  readonly space: Space;
  /** Nothing is encoded before `finish`: encoders of many directories at a time would take too much memory. */
  readonly keepsBlocks: boolean;
}

/** Writes the rows that one task has for one directory: gathers them into blocks, hands those to the format's encoder. */
export class PieceWriter {
  readonly pieces: Piece[] = [];
  readonly #writer: BlockWriter;
  readonly #full: OpenFile[] = [];
  #file: OpenFile | undefined;
  #positions = 0;

  constructor(
    private readonly context: PipelineContext,
    private readonly spec: WriteSpec,
    private readonly options: PieceOptions,
  ) {
    const { kernels, views } = context.executor;
    this.#writer = new BlockWriter(kernels, views, options.space, options.physicals);
    this.#writer.begin(options.task.ordinal, options.task.partition);
  }

  /** Live rows of the frame's slots: rows 0..n (sel 0), or the n positions at `sel`. */
  append(frame: number, slots: readonly number[], sel: number, n: number): void {
    const { maxRecords } = this.spec;
    if (maxRecords === undefined) {
      if (this.#encodeBatch(frame, slots, sel, n)) return;
      this.#writer.append(frame, slots, sel, n);
      this.#drain();
      return;
    }
    const positions = sel === 0 ? this.#allPositions() : sel;
    for (let done = 0; done < n;) {
      const take = Math.min(n - done, maxRecords - (this.#file?.rows ?? 0) - this.#writer.openRows);
      this.#writer.append(frame, slots, positions + 4 * done, take);
      this.#drain();
      done += take;
      if ((this.#file?.rows ?? 0) + this.#writer.openRows === maxRecords) this.#close();
    }
  }

  /** Rows that need not be gathered first; false where they must. */
  #encodeBatch(frame: number, slots: readonly number[], sel: number, n: number): boolean {
    if (this.options.keepsBlocks) return false;
    const file = (this.#file ??= { rows: 0, blocks: [], writing: undefined });
    file.writing ??= this.#open();
    const { piece } = file.writing;
    if (!piece.takesBatches) return false;
    piece.writeBatch(frame, slots, sel, n);
    file.rows += n;
    return true;
  }

  /** A selection of every row of a batch, which can be cut. */
  #allPositions(): number {
    if (this.#positions !== 0) return this.#positions;
    const { u32 } = this.context.executor.views;
    this.#positions = this.options.space.allocate(BATCH_ROWS_MAX * 4);
    for (let row = 0; row < BATCH_ROWS_MAX; row++) u32[(this.#positions >>> 2) + row] = row;
    return this.#positions;
  }

  /** Takes the sealed blocks over. */
  #drain(): void {
    const { blocks } = this.#writer;
    if (blocks.length === 0) return;
    const file = (this.#file ??= { rows: 0, blocks: [], writing: undefined });
    for (const { address, rows } of blocks) {
      file.rows += rows;
      if (this.options.keepsBlocks) file.blocks.push(address);
      else this.#encode(file, address);
    }
    blocks.length = 0;
  }

  #encode(file: OpenFile, block: number): void {
    const { u32 } = this.context.executor.views;
    file.writing ??= this.#open();
    file.writing.piece.writeBlock(block);
    this.options.space.free(block, u32[(block >>> 2) + BlockWord.bytes]!);
  }

  #open(): NonNullable<OpenFile['writing']> {
    const { context, spec } = this;
    const { ordinal, partition } = this.options.task;
    // An attempt that failed may have left its file: names do not repeat.
    const name = `part-${partition}-${ordinal}-${process.getBuiltinModule('node:crypto').randomBytes(8).toString('hex')}`;
    const pages = new ScopedPages(context.scratch);
    const encoder = { executor: context.executor, pages };
    const place = { path: join(spec.pieces, name), shown: spec.shown, body: this.#body() };
    return { piece: openPiece(encoder, spec.format, requestOf(spec), place), name, pages };
  }

  /** Where rows go that will be in one file with those of other tasks, if the format can do with any order of them there. */
  #body(): BodyPlace | undefined {
    const { spec, context } = this;
    const head = writeFormat(spec.format).bodyHead;
    if (head === undefined || !spec.single || spec.maxRecords !== undefined || context.tasks < 2) return undefined;
    const { i64 } = context.executor.views;
    const taken = context.takenBytes / 8;
    return { path: join(spec.pieces, BODY), head, take: (bytes) => Number(Atomics.add(i64, taken, BigInt(bytes))) };
  }

  #close(): void {
    this.#writer.finish();
    this.#drain();
    if (this.#file === undefined) return;
    if (this.options.keepsBlocks) this.#full.push(this.#file);
    else this.#end(this.#file);
    this.#file = undefined;
  }

  #end(file: OpenFile): void {
    const { piece, name, pages } = file.writing!;
    const { bytes, bodyEnd } = piece.finish();
    const body = bodyEnd > 0 ? { name: BODY, end: bodyEnd } : undefined;
    file.writing = undefined;
    pages.release();
    const { directory, task } = this.options;
    this.pieces.push({
      name,
      task: task.ordinal,
      partition: task.partition,
      directory,
      rows: file.rows,
      bytes,
      ...(body && { body }),
    });
  }

  /** Writes what is left. */
  finish(): void {
    this.#close();
    for (const file of this.#full) {
      this.#file = file;
      for (const block of file.blocks) this.#encode(file, block);
      this.#end(file);
      this.#file = undefined;
    }
    this.#full.length = 0;
  }

  /** Closes and removes the file that is open. Touches no shared memory. */
  abort(): void {
    this.#file?.writing?.piece.abort();
    this.#file = undefined;
  }
}
