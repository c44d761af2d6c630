import type { CacheFiles } from '../io/output/cache-directory.js';
import type { StoredBlocks } from './registry.js';

/** Where the rows of a cached DataFrame are. */
export type RowsPlace =
  | { readonly kind: 'memory'; readonly blocks: StoredBlocks; readonly bytes: number }
  | { readonly kind: 'disk'; readonly files: CacheFiles };

/** The rows of a cached DataFrame, computed once: they stay for as long as they are wanted, and then until the last query that reads them has ended. */
export class CachedRows {
  /** When a query began to read them last, as performance.now() has it. */
  lastRead = performance.now();
  #readers = 0;
  #isWanted = true;

  constructor(readonly place: RowsPlace) {}

  /** For a query that reads them; returns what ends that. */
  read(): () => void {
    this.#readers++;
    this.lastRead = performance.now();
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.#readers--;
      this.#endUnread();
    };
  }

  /** Nobody will begin to read them. */
  end(): void {
    this.#isWanted = false;
    this.#endUnread();
  }

  #endUnread(): void {
    if (this.#isWanted || this.#readers > 0) return;
    if (this.place.kind === 'memory') this.place.blocks.end();
    else this.place.files.remove();
  }

  /** Whether files that they are in are gone or changed. */
  isLost(): boolean {
    return this.place.kind === 'disk' && !this.place.files.areCurrent();
  }

  /** Whether an error is about one of their files. */
  isHitBy(error: unknown): boolean {
    return this.place.kind === 'disk' && this.place.files.isHitBy(error);
  }
}
