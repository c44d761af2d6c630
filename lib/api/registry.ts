import type { ActionOptions } from './actions.js';
import type { LogicalPlan } from '../core/plan/logical-plan.js';
import type { Resolved } from '../core/plan/resolved-plan.js';
import type { Schema } from '../core/types/data-type.js';

/** Blocks that outlive a query: rows of createDataFrame, literal rows, cached DataFrames. */
export interface StoredBlocks {
  readonly addresses: readonly number[];
  readonly partitions: number;
  /** Frees them. */
  end(): void;
}

export interface LocalEntry {
  readonly schema: Schema;
  blocks: StoredBlocks | undefined;
  /** Makes the blocks when an action first reads them. */
  readonly make?: (options: ActionOptions) => Promise<StoredBlocks>;
  pending?: Promise<StoredBlocks> | undefined;
}

export interface CachedEntry {
  readonly plan: LogicalPlan;
  readonly resolved: Resolved;
  /** Set once materialised; while an action computes it, others wait for the same promise. */
  blocks: StoredBlocks | undefined;
  pending: Promise<void> | undefined;
}

/** A session's stored blocks by id. */
export class Registry {
  readonly #local = new Map<number, LocalEntry>();
  readonly #cached = new Map<number, CachedEntry>();
  #lastId = 0;

  addLocal(entry: LocalEntry): number {
    this.#local.set(++this.#lastId, entry);
    return this.#lastId;
  }

  /** Rows that are computed when they are first read. */
  addLazy(schema: Schema, make: LocalEntry['make']): number {
    return this.addLocal({ schema, blocks: undefined, make });
  }

  /** Once: whoever comes meanwhile waits for the same rows. */
  async fillLazy(id: number, options: ActionOptions): Promise<void> {
    const entry = this.#local.get(id);
    if (entry?.make === undefined || entry.blocks !== undefined) return;
    entry.pending ??= entry.make(options).finally(() => {
      entry.pending = undefined;
    });
    entry.blocks = await entry.pending;
  }

  local(id: number): LocalEntry | undefined {
    return this.#local.get(id);
  }

  addCached(plan: LogicalPlan, resolved: Resolved): number {
    this.#cached.set(++this.#lastId, { plan, resolved, blocks: undefined, pending: undefined });
    return this.#lastId;
  }

  cached(id: number): CachedEntry | undefined {
    return this.#cached.get(id);
  }

  blocks(id: number): StoredBlocks | undefined {
    return this.#local.get(id)?.blocks ?? this.#cached.get(id)?.blocks;
  }

  /** Frees a cached DataFrame's blocks; the entry stays and is filled again by the next action. */
  dropCached(id: number): void {
    const entry = this.#cached.get(id);
    entry?.blocks?.end();
    if (entry !== undefined) entry.blocks = undefined;
  }

  releaseLocal(id: number): void {
    this.#local.get(id)?.blocks?.end();
    this.#local.delete(id);
  }

  clear(): void {
    for (const id of this.#local.keys()) this.releaseLocal(id);
    for (const id of this.#cached.keys()) this.dropCached(id);
    this.#cached.clear();
  }
}
