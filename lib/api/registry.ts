import type { ActionOptions } from './actions.js';
import type { Resolved } from '../core/plan/resolved-plan.js';
import type { Schema } from '../core/types/data-type.js';
import type { CachedRows } from './cached-rows.js';
import type { StorageLevel } from './storage-level.js';

/** Blocks that outlive a query: rows of createDataFrame, literal rows, cached DataFrames in memory. */
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
  readonly id: number;
  readonly resolved: Resolved;
  readonly level: StorageLevel;
  /** Set once computed; while an action does so, others wait for the same promise. */
  rows: CachedRows | undefined;
  pending: Promise<void> | undefined;
  /** Out of memory into files, for whoever needs the memory. */
  moving: Promise<void> | undefined;
  /** They made way before they could be moved: computed anew, they go into files. */
  madeWay: boolean;
}

/** A session's stored rows by id. */
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

  addCached(resolved: Resolved, level: StorageLevel): number {
    const id = ++this.#lastId;
    this.#cached.set(id, { id, resolved, level, rows: undefined, pending: undefined, moving: undefined, madeWay: false });
    return id;
  }

  cached(id: number): CachedEntry | undefined {
    return this.#cached.get(id);
  }

  /** All that are cached. */
  cachedEntries(): readonly CachedEntry[] {
    return [...this.#cached.values()];
  }

  /** For queries that are about to read these cached DataFrames: their rows stay until the returned function is called. */
  readCached(ids: readonly number[]): () => void {
    const ends: (() => void)[] = [];
    for (const id of ids) {
      const rows = this.#cached.get(id)?.rows;
      if (rows !== undefined) ends.push(rows.read());
    }
    return () => {
      for (const end of ends) end();
    };
  }

  blocks(id: number): StoredBlocks | undefined {
    const place = this.#cached.get(id)?.rows?.place;
    return this.#local.get(id)?.blocks ?? (place?.kind === 'memory' ? place.blocks : undefined);
  }

  /** What plans over these rows were made for. */
  stored(id: number): StoredBlocks | CachedRows | undefined {
    return this.#local.get(id)?.blocks ?? this.#cached.get(id)?.rows;
  }

  /** Bytes of cached DataFrames in files. */
  get diskBytes(): number {
    const places = this.cachedEntries().map(({ rows }) => rows?.place);
    return places.reduce((sum, place) => sum + (place?.kind === 'disk' ? place.files.bytes : 0), 0);
  }

  /** Lets go of a cached DataFrame's rows; the entry stays and is filled again by the next action. */
  dropCached(id: number): void {
    const entry = this.#cached.get(id);
    if (entry === undefined) return;
    entry.rows?.end();
    entry.rows = undefined;
    entry.madeWay = false;
  }

  /** The same for rows whose files are gone or changed, or that an error was about. True if there were some. */
  dropLost(ids: readonly number[], error?: unknown): boolean {
    const lost = ids.filter((id) => {
      const rows = this.#cached.get(id)?.rows;
      return rows?.isLost() === true || rows?.isHitBy(error) === true;
    });
    for (const id of lost) this.dropCached(id);
    return lost.length > 0;
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
