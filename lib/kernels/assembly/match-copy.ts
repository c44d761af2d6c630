// What decompressing and compressing by copies of earlier text has in common.

/** Copies in steps of sixteen bytes: writes up to 15 behind. */
// @ts-ignore: decorator
@inline
export function wideCopy(to: usize, from: usize, bytes: usize): void {
  const end = to + bytes;
  do {
    v128.store(to, v128.load(from));
    to += 16;
    from += 16;
  } while (to < end);
}

/** A copy at any distance in steps of eight: overlapping ones repeat their pattern. Writes up to 15 behind. */
// @ts-ignore: decorator
@inline
export function repeatCopy(to: usize, distance: usize, bytes: usize): void {
  const end = to + bytes;
  // The first `distance` of eight bytes are right, and then there is twice the pattern.
  while (distance < 8) {
    store<u64>(to, load<u64>(to - distance));
    to += distance;
    distance += distance;
  }
  while (to < end) {
    store<u64>(to, load<u64>(to - distance));
    to += 8;
  }
}

/** How many bytes from `a` on are those from `b` on, `a` not beyond `end`. */
// @ts-ignore: decorator
@inline
export function commonBytes(a: usize, b: usize, end: usize): usize {
  const start = a;
  while (end - a >= 8) {
    const difference = load<u64>(a) ^ load<u64>(b);
    if (difference != 0) return a - start + <usize>(ctz<u64>(difference) >> 3);
    a += 8;
    b += 8;
  }
  while (a < end) {
    if (load<u8>(a) != load<u8>(b)) break;
    a++;
    b++;
  }
  return a - start;
}
