import { QuernError, QueryError } from '../core/errors.js';
import { collectedBlocks } from '../exec/sinks/collect.js';
import { cacheFailure, CACHE_FORMAT, CacheDirectory } from '../io/index.js';
import { BlockWord, readBlock } from '../memory/block.js';
import { schemaOf } from './actions.js';
import { CachedRows } from './cached-rows.js';
import { cachedIds, neededCacheIds, storedIds } from './stored-ids.js';
import { writeEmptyFile, writtenFiles } from './write-files.js';
import type { Sink, WriteSpec } from '../core/physical/stage.js';
import type { Resolved } from '../core/plan/resolved-plan.js';
import type { Piece } from '../io/output/plan-files.js';
import type { ActionLimits } from './action-limits.js';
import type { QueryOutcome } from './engine.js';
import type { QueryRun } from './query-run.js';
import type { CachedEntry } from './registry.js';
import type { Session } from './session.js';

/** The action that a job is for. */
export interface Action {
  readonly limits: ActionLimits;
  readonly query: QueryRun;
}

/** Runs a plan into a sink; `retain`: what the last stage makes outlives the query. */
export type RunPlan = (resolved: Resolved, sink: Sink, action: Action, retain: boolean) => Promise<QueryOutcome>;

/** Computes a session's cached DataFrames, in memory or into files, and computes anew what was lost. */
export class Cache {
  readonly #directory = new CacheDirectory();

  constructor(
    private readonly session: Session,
    private readonly run: RunPlan,
  ) {}

  /** Does what reads a plan's rows, again where that may help. */
  using<T>(resolved: Resolved, action: Action, work: () => Promise<T>): Promise<T> {
    return this.again(resolved, action, () => this.reading(resolved, action, work));
  }

  /** Does what reads a plan's rows once its caches have theirs, which stay until that has ended. */
  async reading<T>(resolved: Resolved, action: Action, work: () => Promise<T>): Promise<T> {
    await this.#materialise(resolved, action);
    const endReading = this.session.registry.readCached(cachedIds(resolved));
    try {
      return await work();
    } finally {
      endReading();
    }
  }

  /** Does something that may be done several times: again where files of a plan's caches were lost meanwhile, once, and where memory is missing that another cache gives back. */
  async again<T>(resolved: Resolved, action: Action, work: () => Promise<T>): Promise<T> {
    for (let wasLost = false; ;) {
      try {
        return await work();
      } catch (error) {
        if (!wasLost && this.session.registry.dropLost(cachedIds(resolved), error)) wasLost = true;
        else if (!isOutOfMemory(error) || !(await this.#makeRoom(action))) throw error;
      }
    }
  }

  /** The rows in memory that may be in files, and were read longest ago. */
  oldest(): { readonly entry: CachedEntry; readonly rows: CachedRows } | undefined {
    const movable = this.session.registry
      .cachedEntries()
      .flatMap((entry) => (entry.level === 'MEMORY_AND_DISK' && isInMemory(entry.rows) ? [{ entry, rows: entry.rows }] : []));
    return movable.sort((a, b) => a.rows.lastRead - b.rows.lastRead)[0];
  }

  /** Moves rows into files. */
  makeWay(entry: CachedEntry, rows: CachedRows, action: Action): Promise<void> {
    entry.moving ??= this.#move(entry, rows, action).finally(() => {
      entry.moving = undefined;
    });
    return entry.moving;
  }

  /** Its session ends: nobody asks it for memory any more. */
  retire(): void {
    this.session.engine.caches.delete(this);
  }

  /** Removes all files. There are no more. */
  close(): Promise<void> {
    this.retire();
    return this.#directory.close();
  }

  /** Computes what a plan reads of cached DataFrames that are not there. */
  async #materialise(resolved: Resolved, action: Action): Promise<void> {
    const { registry } = this.session;
    for (const id of storedIds(resolved)) await registry.fillLazy(id, action.limits.options);
    for (const id of neededCacheIds(resolved)) {
      registry.dropLost([id]);
      const entry = registry.cached(id);
      while (entry !== undefined && entry.rows === undefined) {
        if (entry.pending === undefined) {
          entry.pending = this.#fill(entry, action).finally(() => {
            entry.pending = undefined;
          });
          await entry.pending;
        } else await action.limits.race(entry.pending);
      }
    }
  }

  async #fill(entry: CachedEntry, action: Action): Promise<void> {
    const { resolved, level } = entry;
    const rows = await this.using(resolved, action, async () => {
      if (level === 'DISK_ONLY' || entry.madeWay) return this.#intoFiles(resolved, action);
      try {
        return await this.#intoMemory(resolved, action);
      } catch (error) {
        if (level === 'MEMORY_ONLY' || !isOutOfMemory(error)) throw error;
        return this.#intoFiles(resolved, action);
      }
    });
    if (this.session.registry.cached(entry.id) === entry) {
      entry.rows = rows;
      return;
    }
    rows.end();
    throw new QueryError({ code: 'SESSION_CLOSED', message: 'The session was closed while a cached DataFrame was computed.' });
  }

  async #intoMemory(resolved: Resolved, action: Action): Promise<CachedRows> {
    const { views } = this.session;
    const outcome = await this.run(resolved, { kind: 'collect', retain: 'cache' }, action, true);
    const addresses = collectedBlocks(views, outcome.chunks).map(({ address }) => address);
    const partitions = new Set(addresses.map((address) => views.u32[(address >>> 2) + BlockWord.partition]!)).size;
    this.session.engine.caches.add(this);
    const bytes = addresses.reduce((sum, address) => sum + readBlock(views, address).byteLength, 0);
    return new CachedRows({ kind: 'memory', blocks: { addresses, partitions, end: outcome.release }, bytes });
  }

  async #intoFiles(resolved: Resolved, action: Action): Promise<CachedRows> {
    const schema = schemaOf(resolved);
    const folder = await this.#directory.openFolder();
    const spec: WriteSpec = {
      format: CACHE_FORMAT,
      options: [],
      schema,
      columns: schema.fields.map((_, i) => i),
      partitionBy: [],
      pieces: folder,
      keepsPieces: true,
      shown: folder,
      single: false,
    };
    try {
      const outcome = await this.run(resolved, { kind: 'write', spec }, action, false);
      let pieces: readonly Piece[];
      try {
        pieces = await writtenFiles<Piece>(this.session.views, outcome.chunks, action);
      } finally {
        outcome.release();
      }
      const all = pieces.length > 0 ? pieces : [writeEmptyFile(this.session, spec)];
      return new CachedRows({ kind: 'disk', files: await this.#directory.keep(folder, all) });
    } catch (error) {
      await this.#directory.discard(folder);
      action.limits.check();
      throw cacheFailure(error);
    }
  }

  /** Moves the rows that were read longest ago, of all of the engine's sessions, into files. False where there are none, or the disk has no room for them. */
  async #makeRoom(action: Action): Promise<boolean> {
    const all = [...this.session.engine.caches].flatMap((cache) => {
      const oldest = cache.oldest();
      return oldest === undefined ? [] : [{ cache, ...oldest }];
    });
    const [first] = all.sort((a, b) => a.rows.lastRead - b.rows.lastRead);
    if (first === undefined) return false;
    try {
      await action.limits.race(first.cache.makeWay(first.entry, first.rows, action));
      return true;
    } catch (error) {
      action.limits.check();
      // That nothing can be moved is told by the error of who asked for memory.
      if (error instanceof QuernError) return false;
      throw error;
    }
  }

  /** Writing takes some memory too: where not even that is left, the rows are given up, and computed anew by who reads them next. */
  async #move(entry: CachedEntry, rows: CachedRows, action: Action): Promise<void> {
    const endReading = rows.read();
    try {
      const moved = await this.#intoFiles(cachedNode(entry), action).catch((error: unknown) => {
        if (!isOutOfMemory(error)) throw error;
        return undefined;
      });
      if (entry.rows === rows) {
        entry.rows = moved;
        entry.madeWay = moved === undefined;
      } else moved?.end();
      rows.end();
    } finally {
      endReading();
    }
  }
}

/** Reads the rows that there are. */
function cachedNode({ id, resolved }: CachedEntry): Resolved {
  const { output } = resolved;
  return Object.freeze({ kind: 'cached', id, columns: output.map((_, i) => i), input: resolved, output });
}

function isInMemory(rows: CachedRows | undefined): rows is CachedRows {
  return rows?.place.kind === 'memory' && rows.place.bytes > 0;
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof QuernError && error.code === 'OUT_OF_MEMORY';
}
