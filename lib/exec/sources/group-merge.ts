import { BATCH_ROWS_MAX } from '../../memory/layout.js';
import type { Space } from '../../memory/block-space.js';
import type { AggregateProgram } from '../../core/physical/stage-program.js';
import type { PipelineContext } from '../contracts.js';
import type { GroupLayout } from '../sinks/group-layout.js';
import type { RowSpan } from '../sinks/group-table.js';
import { GroupTable } from '../sinks/group-table.js';
import type { StateHeap } from '../sinks/state-heap.js';

/** Word of a table's context with the pairs of the last call (kernels/assembly/group-merge.ts). */
const PAIRS_WORD = 14;

/** Merges partial groups of several chunks; the result is a list of group rows' addresses. */
export class GroupMerge {
  readonly #context: PipelineContext;
  readonly #layout: GroupLayout;
  readonly #program: AggregateProgram;
  readonly #scratch: Space;
  readonly #heap: StateHeap | undefined;
  readonly #list: number;
  readonly #into: number;
  readonly #parts: number;
  #table: GroupTable | undefined;
  readonly #merge: (into: number, from: number, n: number, heap: number) => number;

  constructor(
    context: PipelineContext,
    layout: GroupLayout,
    program: AggregateProgram,
    scratch: Space,
    heap: StateHeap | undefined,
  ) {
    this.#context = context;
    this.#layout = layout;
    this.#program = program;
    this.#scratch = scratch;
    this.#heap = heap;
    this.#list = scratch.allocate(BATCH_ROWS_MAX * 4);
    this.#into = scratch.allocate(BATCH_ROWS_MAX * 4);
    this.#parts = scratch.allocate(BATCH_ROWS_MAX * 4);
    this.#merge = context.loops[program.merge]!;
  }

  /**
   * `runs` are consecutive rows, or (isList) row addresses. Writes group rows' addresses to `order` (room for all rows) and returns how many.
   */
  run(runs: readonly (RowSpan & { readonly isList: boolean })[], rows: number, order: number, long: boolean): number {
    const { executor, scratch } = this.#context;
    const { kernels, views } = executor;
    const table = new GroupTable(executor, this.#layout, this.#program, scratch, this.#scratch, this.#scratch, rows);
    this.#table = table;
    const isOwn = this.#scratch.allocate(rows);
    const heap = this.#heap?.address ?? 0;
    const copies = this.#program.ownsHeap ? 0 : 1;
    for (const run of runs) {
      for (let at = 0; at < run.rows; at += BATCH_ROWS_MAX) {
        this.#context.checkCancelled();
        const n = Math.min(BATCH_ROWS_MAX, run.rows - at);
        let list = run.address + at * 4;
        if (!run.isList) {
          list = this.#list;
          kernels['addressList']!(run.address + at * this.#layout.rowBytes, this.#layout.rowBytes, n, list);
        }
        for (let done = 0; ;) {
          done =
            kernels['groupMerge']!(table.context, order, isOwn, list, done, n, this.#into, this.#parts, copies, long ? 1 : 0) >>>
            0;
          const pairs = views.u32[(table.context >>> 2) + PAIRS_WORD] as number;
          if (pairs > 0) this.#merge(this.#into, this.#parts, pairs, heap);
          if (done === n) break;
          table.newSpan();
        }
      }
    }
    this.#scratch.free(isOwn, rows);
    table.release();
    return table.groups;
  }

  /** Gives the merged rows' memory back. */
  release(): void {
    this.#table?.releaseRows();
    this.#table = undefined;
  }
}
