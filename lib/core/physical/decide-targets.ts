/** Up to this many partial groups, one task merges them: less than a millisecond or two. */
const ONE_TARGET_GROUPS = 16384;
/** Groups a target should have: its table and rows stay in the cache of a core. */
const TARGET_GROUPS = 65536;
/** As many as there are partitions by hash bits (exec/sinks/aggregate-chunk.ts). */
export const TARGETS_MAX = 64;

/**
 * Into how many tasks (a power of two, 1 to 64) the merge of partial groups is cut. Pure: whoever commits a stage's last task decides, and a
 * repeated decision comes out the same.
 */
export function decideTargets(all: readonly { readonly groups: number; readonly partitioned: boolean }[]): number {
  const chunks = all.filter(({ groups }) => groups > 0);
  const groups = chunks.reduce((sum, chunk) => sum + chunk.groups, 0);
  // One chunk that was never flushed holds final groups: nothing to merge, only rows to hand on.
  const single = chunks.length === 1 && !(chunks[0] as { partitioned: boolean }).partitioned;
  if (groups <= ONE_TARGET_GROUPS || (single && groups <= TARGET_GROUPS)) return 1;
  let targets = 4;
  while (targets < TARGETS_MAX && groups / targets > TARGET_GROUPS) targets *= 2;
  return targets;
}
