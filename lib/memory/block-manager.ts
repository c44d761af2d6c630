/**
 * Where blocks live: in the arena, or in the engine's spill file. Only the place is here so far; today every block stays in memory and a query over
 * budget ends with ResourceError.
 *
 * The rules that the rest already keeps, so that blocks can move: at rest a block holds no absolute address; `bind` makes addresses that never
 * outlive a task; a task that needs a block asks for it first, and a block is not moved while some executor's hazard word names its domain.
 */
export interface BlockManager {
  /** The block's address in memory, read back when it was out. Throws ResourceError when there is no room. */
  pin(block: BlockId): number;
  unpin(block: BlockId): void;
  /** Writes least recently used blocks of the domain to the spill file until `bytes` are free. Returns what it freed. */
  evict(domain: number, bytes: number): number;
}

/** Domain and ordinal of a block inside it. */
export interface BlockId {
  readonly domain: number;
  readonly ordinal: number;
}
