// Dictionary indices of a byte (dictionaries of at most 256 values) to values.

/** Whether each of `n` codes is below `size`. */
export function codesBelow(codes: usize, n: u32, size: u32): bool {
  if (size > 255) return true;
  let most = i8x16.splat(0);
  let k: u32 = 0;
  for (; k + 16 <= n; k += 16) most = i8x16.max_u(most, v128.load(codes + k));
  // None is more than size − 1: what is added then stays below 256.
  let beyond = size == 0 ? <u32>(n > 0) : <u32>v128.any_true(i8x16.gt_u(most, i8x16.splat(<i8>(size - 1))));
  for (; k < n; k++) beyond |= <u32>(<u32>load<u8>(codes + k) >= size);
  return beyond == 0;
}

/** `n` codes, or `number` where a row is null, to `out`. */
export function codesOrNumber(codes: usize, nulls: usize, n: u32, number: u32, out: usize): void {
  let k: u32 = 0;
  for (; k + 16 <= n; k += 16) {
    const isThere = i8x16.eq(v128.load(nulls + k), i8x16.splat(0));
    v128.store(out + k, v128.bitselect(v128.load(codes + k), i8x16.splat(<i8>number), isThere));
  }
  for (; k < n; k++) store<u8>(out + k, load<u8>(nulls + k) == 0 ? load<u8>(codes + k) : <u8>number);
}

/**
 * Values of 1 << shift bytes (0, 2, 3, 4) of a dictionary for `n` codes that are all in it, to `out`.
 */
export function codesGather(dictionary: usize, codes: usize, n: u32, shift: u32, out: usize): void {
  const end = codes + n;
  const whole = codes + (n & ~3);
  if (shift == 3) {
    for (; codes < whole; codes += 4) {
      const four = load<u32>(codes);
      const a = load<u64>(dictionary + ((four & 255) << 3));
      const b = load<u64>(dictionary + (((four >> 8) & 255) << 3));
      const c = load<u64>(dictionary + (((four >> 16) & 255) << 3));
      const d = load<u64>(dictionary + ((four >> 24) << 3));
      store<u64>(out, a);
      store<u64>(out, b, 8);
      store<u64>(out, c, 16);
      store<u64>(out, d, 24);
      out += 32;
    }
    for (; codes < end; codes++) {
      store<u64>(out, load<u64>(dictionary + (<usize>load<u8>(codes) << 3)));
      out += 8;
    }
  } else if (shift == 4) {
    for (; codes < whole; codes += 4) {
      const four = load<u32>(codes);
      const a = v128.load(dictionary + ((four & 255) << 4));
      const b = v128.load(dictionary + (((four >> 8) & 255) << 4));
      const c = v128.load(dictionary + (((four >> 16) & 255) << 4));
      const d = v128.load(dictionary + ((four >> 24) << 4));
      v128.store(out, a);
      v128.store(out, b, 16);
      v128.store(out, c, 32);
      v128.store(out, d, 48);
      out += 64;
    }
    for (; codes < end; codes++) {
      v128.store(out, v128.load(dictionary + (<usize>load<u8>(codes) << 4)));
      out += 16;
    }
  } else if (shift == 2) {
    for (; codes < whole; codes += 4) {
      const four = load<u32>(codes);
      const a = load<u32>(dictionary + ((four & 255) << 2));
      const b = load<u32>(dictionary + (((four >> 8) & 255) << 2));
      const c = load<u32>(dictionary + (((four >> 16) & 255) << 2));
      const d = load<u32>(dictionary + ((four >> 24) << 2));
      store<u32>(out, a);
      store<u32>(out, b, 4);
      store<u32>(out, c, 8);
      store<u32>(out, d, 12);
      out += 16;
    }
    for (; codes < end; codes++) {
      store<u32>(out, load<u32>(dictionary + (<usize>load<u8>(codes) << 2)));
      out += 4;
    }
  } else {
    for (; codes < end; codes++) {
      store<u8>(out, load<u8>(dictionary + load<u8>(codes)));
      out++;
    }
  }
}

/** The same for the positions (u32) at `sel` alone: out[position] becomes the value of codes[position]. */
export function codesGatherSelected(dictionary: usize, codes: usize, sel: usize, n: u32, shift: u32, out: usize): void {
  const end = sel + (<usize>n << 2);
  if (shift == 3) {
    for (; sel < end; sel += 4) {
      const position = <usize>load<u32>(sel);
      store<u64>(out + (position << 3), load<u64>(dictionary + (<usize>load<u8>(codes + position) << 3)));
    }
  } else if (shift == 4) {
    for (; sel < end; sel += 4) {
      const position = <usize>load<u32>(sel);
      v128.store(out + (position << 4), v128.load(dictionary + (<usize>load<u8>(codes + position) << 4)));
    }
  } else if (shift == 2) {
    for (; sel < end; sel += 4) {
      const position = <usize>load<u32>(sel);
      store<u32>(out + (position << 2), load<u32>(dictionary + (<usize>load<u8>(codes + position) << 2)));
    }
  } else {
    for (; sel < end; sel += 4) {
      const position = <usize>load<u32>(sel);
      store<u8>(out + position, load<u8>(dictionary + load<u8>(codes + position)));
    }
  }
}
