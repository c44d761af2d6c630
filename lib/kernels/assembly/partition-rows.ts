// A batch's rows by the group they belong to.

/**
 * The positions of n live rows (all, or those at `sel`), group by group, to `out`. `states` has the address of each row's group state: u32 a number that is the caller's, u32 zero. For
 * each group met, in the order they are met, `met` gets three words: the state's address, where its positions begin in `out`, where they end. Returns how many groups these are.
 */
export function rowsByGroup(states: usize, sel: usize, n: u32, out: usize, met: usize): u32 {
  let groups: u32 = 0;
  for (let k: u32 = 0; k < n; k++) {
    const state = <usize>load<u32>(states + (k << 2));
    const count = load<u32>(state, 4);
    if (count == 0) {
      store<u32>(met + groups * 12, <u32>state);
      groups++;
    }
    store<u32>(state, count + 1, 4);
  }
  let at: u32 = 0;
  for (let g: u32 = 0; g < groups; g++) {
    const entry = met + g * 12;
    const state = <usize>load<u32>(entry);
    const count = load<u32>(state, 4);
    store<u32>(entry, at, 4);
    store<u32>(state, at, 4);
    at += count;
    store<u32>(entry, at, 8);
  }
  for (let k: u32 = 0; k < n; k++) {
    const state = <usize>load<u32>(states + (k << 2));
    const place = load<u32>(state, 4);
    store<u32>(out + (place << 2), sel == 0 ? k : load<u32>(sel + (k << 2)));
    store<u32>(state, place + 1, 4);
  }
  for (let g: u32 = 0; g < groups; g++) store<u32>(load<u32>(met + g * 12), 0, 4);
  return groups;
}
