import type { PhysicalType } from '../../core/types/physical-type.js';
import { InternalError } from '../../core/errors.js';
import { BlockCoder } from '../../memory/block-coder.js';
import { BlockWriter } from '../../memory/block-writer.js';
import { BlockWord } from '../../memory/block.js';
import { Space } from '../../memory/block-space.js';
import type { MemoryViews } from '../../memory/memory-access.js';
import type { Batch, PipelineContext, SinkChunk, Task } from '../contracts.js';

/**
 * A collect chunk's record, u32 words: 0 magic, 1 blocks, 2 tasks, 3 zero; then the blocks' addresses in the order they were made;
 * then (task ordinal, partition, rows) for each task. Blocks carry their task themselves.
 */
const COLLECT_MAGIC = 0x4c4f4351;
const HEADER_WORDS = 4;
const TASK_WORDS = 3;

export interface CollectOptions {
  readonly limit?: number;
  readonly offset?: number;
  readonly retain?: 'query' | 'cache';
}

/** Keeps rows as blocks, tagged with their task. Of a limited query a task keeps at most limit + offset rows. */
export class CollectChunk implements SinkChunk {
  taskRows = 0;
  #context: PipelineContext;
  readonly #space: Space;
  readonly #writer: BlockWriter;
  readonly #rowsMax: number;
  readonly #tasks: number[] = [];
  #task: Task | undefined;

  constructor(context: PipelineContext, options: CollectOptions) {
    const { program, executor } = context;
    this.#context = context;
    this.#space = new Space(context.chunkPages);
    const physicals = program.outputs.map((slot): PhysicalType => program.slots[slot]!.physical);
    const { kernels, views } = executor;
    const coder = options.retain === 'cache' ? new BlockCoder(kernels, views, new Space(context.scratch)) : undefined;
    this.#writer = new BlockWriter(kernels, views, this.#space, physicals, coder);
    this.#rowsMax = options.limit === undefined ? Infinity : options.limit + (options.offset ?? 0);
  }

  get taskFull(): boolean {
    return this.taskRows >= this.#rowsMax;
  }

  usePipeline(context: PipelineContext): void {
    this.#context = context;
  }

  beginTask(task: Task): void {
    this.#task = task;
    this.taskRows = 0;
    this.#writer.begin(task.ordinal, task.partition);
  }

  consume(batch: Batch): void {
    const n = Math.min(batch.n, this.#rowsMax - this.taskRows);
    if (n <= 0) return;
    this.#writer.append(this.#context.frame, this.#context.program.outputs, batch.sel, n);
    this.taskRows += n;
  }

  endTask(): void {
    this.#writer.finish();
    const task = this.#task as Task;
    this.#tasks.push(task.ordinal, task.partition, this.taskRows);
  }

  seal(): number {
    const blocks = this.#writer.blocks;
    if (blocks.length === 0 && this.#tasks.length === 0) return 0;
    const address = this.#space.allocate(4 * (HEADER_WORDS + blocks.length + this.#tasks.length));
    const u32 = this.#context.executor.views.u32;
    let at = address >>> 2;
    u32[at++] = COLLECT_MAGIC;
    u32[at++] = blocks.length;
    u32[at++] = this.#tasks.length / TASK_WORDS;
    u32[at++] = 0;
    for (const block of blocks) u32[at++] = block.address;
    for (const word of this.#tasks) u32[at++] = word;
    return address;
  }
}

export interface CollectedBlock {
  readonly address: number;
  readonly rows: number;
  readonly task: number;
  readonly partition: number;
}

/** All blocks of a stage in row order: by task ordinal, then as the task made them. */
export function collectedBlocks(views: MemoryViews, chunks: readonly number[]): CollectedBlock[] {
  const found: CollectedBlock[] = [];
  for (const chunk of chunks) {
    if (chunk === 0) continue;
    const at = chunk >>> 2;
    if (views.u32[at] !== COLLECT_MAGIC) throw new InternalError(`No collected chunk lies at address ${chunk}.`);
    const count = views.u32[at + 1] as number;
    for (let i = 0; i < count; i++) {
      const address = views.u32[at + HEADER_WORDS + i] as number;
      const word = address >>> 2;
      found.push({
        address,
        rows: views.u32[word + BlockWord.rows] as number,
        task: views.u32[word + BlockWord.task] as number,
        partition: views.u32[word + BlockWord.partition] as number,
      });
    }
  }
  // A stable sort: one task's blocks lie in one chunk, in order.
  return found.sort((a, b) => a.task - b.task);
}

/** Rows each task handed over, by task ordinal; tasks without rows included. */
export function collectedTaskRows(
  views: MemoryViews,
  chunks: readonly number[],
): { task: number; partition: number; rows: number }[] {
  const found: { task: number; partition: number; rows: number }[] = [];
  for (const chunk of chunks) {
    if (chunk === 0) continue;
    const start = chunk >>> 2;
    const count = views.u32[start + 2] as number;
    let at = start + HEADER_WORDS + (views.u32[start + 1] as number);
    for (let i = 0; i < count; i++, at += TASK_WORDS) {
      found.push({ task: views.u32[at] as number, partition: views.u32[at + 1] as number, rows: views.u32[at + 2] as number });
    }
  }
  return found.sort((a, b) => a.task - b.task);
}
