// Nested columns: from the definition and repetition levels of one leaf (u8, one entry each for every value, null and empty list) to offsets and null bytes of the lists and structs above it.
// Depth k counts the repeated nodes from the root down to and with one: a list of depth 1 is not within another.
//
// Where a node's slots are: rows of the table at depth 0, elements of the lists of depth k below it. An entry begins a slot of depth k where its repetition level is at most k and its
// definition level at least that of an element of depth k (`levelsCheck` has the table; 0 for rows).

/**
 * Whether the levels of `m` entries fit together: none above `mostDef` or `mostRep`, the first begins a row, and what goes on with a list follows an element of it and is one, or says again that there is none. `elementDefs`: for each
 * depth 0..mostRep, a byte: the definition level at which an element of that depth exists (0 for depth 0). `inRow`: 1 where the entries go on within a row of entries before. Returns 0, or −1 for damage.
 * The other kernels here trust levels that have passed.
 */
export function levelsCheck(defs: usize, reps: usize, m: u32, mostDef: u32, mostRep: u32, elementDefs: usize, inRow: bool): i32 {
  let before: u32 = inRow ? 255 : 0;
  for (let i: u32 = 0; i < m; i++) {
    const def = <u32>load<u8>(defs + i);
    const rep = <u32>load<u8>(reps + i);
    if (def > mostDef || rep > mostRep) return -1;
    if (rep != 0) {
      const element = <u32>load<u8>(elementDefs + rep);
      // DuckDB repeats the entry of a null array as often as its type has elements; none of those is an element or begins anything.
      if (def < element && def == before && i > 0) continue;
      // Without an entry before, nothing can go on: an element's level is at least 1.
      if (def < element || before < element) return -1;
    }
    before = def;
  }
  return 0;
}

/** How many rows `m` entries begin: those of repetition level 0. */
export function levelRows(reps: usize, m: u32): u32 {
  let rows: u32 = 0;
  let i: u32 = 0;
  const zeros = i8x16.splat(0);
  for (; i + 16 <= m; i += 16) rows += popcnt<u32>(<u32>i8x16.bitmask(i8x16.eq(v128.load(reps + i), zeros)));
  for (; i < m; i++) rows += <u32>(load<u8>(reps + i) == 0);
  return rows;
}

/** How many of `m` entries the first `n` rows have: up to the entry that begins row n, or all of them. */
export function levelEntries(reps: usize, m: u32, n: u32): u32 {
  for (let i: u32 = 0; i < m; i++) {
    if (load<u8>(reps + i) == 0) {
      if (n == 0) return i;
      n--;
    }
  }
  return m;
}

/**
 * The lists of depth `depth` (1 and more), a slot of depth − 1 each: `slotDef` and `elementDef` are the definition levels at which a slot of depth − 1 and an element of the list exist, `listDef` that at which the list is
 * not null. offsets[k] to offsets[k + 1] (u32) are the elements of list k; `nulls`: null bytes. `offsets` has room for m + 1, `nulls` for m + 1. Returns how many lists; how many elements is
 * the last offset.
 */
export function listOffsets(
  defs: usize, reps: usize, m: u32, depth: u32, slotDef: u32, listDef: u32, elementDef: u32, offsets: usize, nulls: usize,
): u32 {
  let lists: u32 = 0;
  let elements: u32 = 0;
  for (let i: u32 = 0; i < m; i++) {
    const def = <u32>load<u8>(defs + i);
    const rep = <u32>load<u8>(reps + i);
    store<u32>(offsets + (<usize>lists << 2), elements);
    store<u8>(nulls + lists, <u8>(def < listDef));
    lists += <u32>(rep < depth) & <u32>(def >= slotDef);
    elements += <u32>(rep <= depth) & <u32>(def >= elementDef);
  }
  store<u32>(offsets + (<usize>lists << 2), elements);
  return lists;
}

/**
 * Null bytes of the slots of depth `depth` for a node there, a struct or the leaf: `slotDef` is the definition level at which a slot exists, `presentDef` that at which the node is not null. `nulls` has room
 * for m + 1. Returns how many slots; values are there for those that are not null (`countValues`).
 */
export function slotNulls(defs: usize, reps: usize, m: u32, depth: u32, slotDef: u32, presentDef: u32, nulls: usize): u32 {
  let slots: u32 = 0;
  for (let i: u32 = 0; i < m; i++) {
    const def = <u32>load<u8>(defs + i);
    store<u8>(nulls + slots, <u8>(def < presentDef));
    slots += <u32>(<u32>load<u8>(reps + i) <= depth) & <u32>(def >= slotDef);
  }
  return slots;
}

/** How many of `m` levels (u8) are `level`: for a leaf, with its greatest definition level, the values that are there. */
export function levelsEqual(levels: usize, m: u32, level: u32): u32 {
  let count: u32 = 0;
  let i: u32 = 0;
  const lanes = i8x16.splat(<i8>level);
  for (; i + 16 <= m; i += 16) count += popcnt<u32>(<u32>i8x16.bitmask(i8x16.eq(v128.load(levels + i), lanes)));
  for (; i < m; i++) count += <u32>(<u32>load<u8>(levels + i) == level);
  return count;
}
