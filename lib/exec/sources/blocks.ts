import { BlockReader } from '../../memory/block-reader.js';
import { blockRows } from '../../memory/block.js';
import { Space } from '../../memory/block-space.js';
import type { LoadedColumn } from '../../core/physical/stage-program.js';
import type { BatchSource, PipelineContext, Task } from '../contracts.js';
import { collectedBlocks } from '../sinks/collect.js';

/**
 * Rows at rest, in place. A split is [first block, first row, end block, end row]: from row `first row` of the first block up to, not
 * including, row `end row` of the end block (which need not exist when end row is 0). A window never crosses blocks.
 */
export class BlocksSource implements BatchSource {
  readonly bytesRead = 0;
  readonly rowsRejected = 0;
  readonly #context: PipelineContext;
  readonly #addresses: readonly number[];
  readonly #reader: BlockReader;
  #block = 0;
  #row = 0;
  #endBlock = 0;
  #endRow = 0;
  #windowBlock = 0;
  #windowRow = 0;
  #windowRows = 0;

  constructor(context: PipelineContext, addresses: readonly number[]) {
    this.#context = context;
    this.#addresses = addresses;
    this.#reader = new BlockReader(context.executor.kernels, context.executor.views, new Space(context.scratch));
  }

  open(task: Task): void {
    [this.#block = 0, this.#row = 0, this.#endBlock = 0, this.#endRow = 0] = task.split;
  }

  next(capacity: number): number {
    while (this.#block < this.#endBlock || (this.#block === this.#endBlock && this.#row < this.#endRow)) {
      const address = this.#addresses[this.#block] as number;
      const rows = blockRows(this.#context.executor.views, address);
      const end = this.#block === this.#endBlock ? Math.min(rows, this.#endRow) : rows;
      const n = Math.min(capacity, end - this.#row);
      if (n <= 0) {
        this.#block++;
        this.#row = 0;
        continue;
      }
      this.#windowBlock = address;
      this.#windowRow = this.#row;
      this.#windowRows = n;
      this.#row += n;
      return n;
    }
    return 0;
  }

  load(columns: readonly LoadedColumn[], sel: number, n: number): void {
    for (const { column, slot, coded } of columns) {
      this.#reader.bind(
        this.#context.frame,
        slot,
        this.#windowBlock,
        column,
        this.#windowRow,
        this.#windowRows,
        sel,
        n,
        coded !== undefined,
      );
    }
  }

  close(): void {}
}

/** The blocks an earlier stage collected, in row order. */
export function stageBlocksSource(context: PipelineContext, stage: number): BlocksSource {
  const blocks = collectedBlocks(context.executor.views, context.inputChunks(stage));
  return new BlocksSource(
    context,
    blocks.map((block) => block.address),
  );
}

/** Splits of about `rows` rows over blocks of the given row counts; one split may take parts of several blocks. */
export function blockSplits(blockRowCounts: readonly number[], rows: number): number[][] {
  const splits: number[][] = [];
  let first: [number, number] = [0, 0];
  let gathered = 0;
  blockRowCounts.forEach((count, block) => {
    let row = 0;
    while (row < count) {
      const take = Math.min(count - row, rows - gathered);
      row += take;
      gathered += take;
      if (gathered < rows) continue;
      const end: [number, number] = row === count ? [block + 1, 0] : [block, row];
      splits.push([...first, ...end]);
      first = end;
      gathered = 0;
    }
  });
  if (gathered > 0) splits.push([...first, blockRowCounts.length, 0]);
  return splits;
}
