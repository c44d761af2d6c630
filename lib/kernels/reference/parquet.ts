/** What the kernels of Parquet pages mean, a value at a time; `undefined` for damaged input. Written for reading. */

/** Bits [from, from + count) of bytes, the least significant first. */
function bitsOf(bytes: Uint8Array, from: number, count: number): bigint {
  let value = 0n;
  for (let i = 0; i < count; i++) {
    const bit = from + i;
    if ((bytes[bit >> 3]! >> (bit & 7)) & 1) value |= 1n << BigInt(i);
  }
  return value;
}

/** An unsigned varint and where it ends; `undefined` past `bytesMax` bytes or the end. */
function varint(bytes: Uint8Array, at: number, bytesMax: number): { value: bigint; at: number } | undefined {
  let value = 0n;
  for (let i = 0; i < bytesMax; i++) {
    const byte = bytes[at + i];
    if (byte === undefined) return undefined;
    value |= BigInt(byte & 127) << BigInt(7 * i);
    if (byte < 128) return { value, at: at + i + 1 };
  }
  return undefined;
}

/** All values of the hybrid of runs and packed values, up to `limit` of them, and whether it ended in damage or for want of bytes. */
export function hybridValues(bytes: Uint8Array, width: number, limit: number): { values: number[]; ended: boolean } {
  const values: number[] = [];
  let at = 0;
  while (values.length < limit) {
    const head = varint(bytes, at, 5);
    if (head === undefined) return { values, ended: true };
    at = head.at;
    const header = Number(head.value & 0xffffffffn);
    const count = Math.floor(header / 2);
    if (header % 2 === 0) {
      const size = Math.ceil(width / 8);
      if (at + size > bytes.length) return { values, ended: true };
      const value = Number(bitsOf(bytes, at * 8, size * 8));
      at += size;
      for (let i = 0; i < count && values.length < limit; i++) values.push(value);
    } else {
      const there = width === 0 ? Infinity : Math.floor(((bytes.length - at) * 8) / width);
      for (let i = 0; i < Math.min(count * 8, there) && values.length < limit; i++) {
        values.push(Number(bitsOf(bytes, at * 8 + i * width, width)));
      }
      at = Math.min(bytes.length, at + count * width);
    }
  }
  return { values, ended: false };
}

/** The hybrid's bytes for values: runs of eight and more alike are repeated ones, others are packed, the last group filled with zeros. */
export function hybridEncoded(values: readonly number[], width: number, longestPacked = 504): Uint8Array {
  const out: number[] = [];
  const head = (header: number): void => {
    let rest = header;
    for (; rest >= 128; rest = Math.floor(rest / 128)) out.push((rest & 127) | 128);
    out.push(rest);
  };
  const alike = (from: number): number => {
    let n = 1;
    while (values[from + n] === values[from]) n++;
    return Math.min(n, values.length - from);
  };
  for (let from = 0; from < values.length;) {
    const same = alike(from);
    if (same >= 8) {
      head(same * 2);
      for (let i = 0; i < Math.ceil(width / 8); i++) out.push(Math.floor(values[from]! / 256 ** i) & 255);
      from += same;
      continue;
    }
    let to = from;
    while (to < values.length && to - from < longestPacked && alike(to) < 8) to += 8;
    const groups = (to - from) / 8;
    head(groups * 2 + 1);
    const bits = Array.from({ length: groups * 8 * width }, (_, bit) => {
      const value = values[from + Math.floor(bit / width)] ?? 0;
      return Math.floor(value / 2 ** (bit % width)) % 2;
    });
    for (let i = 0; i < bits.length; i += 8) out.push(bits.slice(i, i + 8).reduce((byte, bit, k) => byte | (bit << k), 0));
    from = Math.min(to, values.length);
  }
  return Uint8Array.from(out);
}

const unzigzag = (value: bigint): bigint => (value & 1n ? -((value + 1n) >> 1n) : value >> 1n);
const MASK = 0xffffffffffffffffn;

/** All values of DELTA_BINARY_PACKED modulo 2^64, and the bytes they take. */
export function deltaValues(bytes: Uint8Array, limit = Infinity): { values: bigint[]; bytes: number } | undefined {
  let at = 0;
  const next = (): bigint => {
    const found = varint(bytes, at, 10);
    if (found === undefined) throw new RangeError('damaged');
    at = found.at;
    return found.value & MASK;
  };
  try {
    const [blockValues, miniblocks, count, first] = [next(), next(), next(), next()];
    if (blockValues === 0n || blockValues > 0x7fffffffn || miniblocks === 0n || miniblocks > blockValues) return undefined;
    if (count > 0x7fffffffn || blockValues % miniblocks !== 0n || (blockValues / miniblocks) % 8n !== 0n) return undefined;
    const size = Number(blockValues / miniblocks);
    const values = count === 0n ? [] : [unzigzag(first) & MASK];
    const wanted = Math.min(Number(count), limit);
    while (values.length < wanted) {
      const least = unzigzag(next());
      const widths = bytes.subarray(at, at + Number(miniblocks));
      at += Number(miniblocks);
      if (at > bytes.length) return undefined;
      for (const width of widths) {
        if (values.length >= wanted) break;
        const end = at + (size / 8) * width;
        if (width > 64 || end > bytes.length) return undefined;
        for (let i = 0; i < size && values.length < wanted; i++) {
          values.push((values.at(-1)! + least + bitsOf(bytes, at * 8 + i * width, width)) & MASK);
        }
        at = end;
      }
    }
    return { values, bytes: at };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** DELTA_BINARY_PACKED bytes of values (modulo 2^64). */
export function deltaEncoded(values: readonly bigint[], blockValues = 128, miniblocks = 4): Uint8Array {
  const out: number[] = [];
  const put = (value: bigint): void => {
    let rest = value;
    for (; rest >= 128n; rest >>= 7n) out.push(Number(rest & 127n) | 128);
    out.push(Number(rest));
  };
  const signed = (value: bigint): bigint => BigInt.asIntN(64, value);
  const putSigned = (value: bigint): void => put(BigInt.asUintN(64, (signed(value) << 1n) ^ (signed(value) >> 63n)));
  put(BigInt(blockValues));
  put(BigInt(miniblocks));
  put(BigInt(values.length));
  putSigned(values[0] ?? 0n);
  const size = blockValues / miniblocks;
  for (let from = 1; from < values.length; from += blockValues) {
    const deltas = values.slice(from, from + blockValues).map((value, i) => signed(value - values[from + i - 1]!));
    const least = deltas.reduce((a, b) => (a < b ? a : b));
    const rests = deltas.map((delta) => BigInt.asUintN(64, delta - least));
    putSigned(least);
    const minis = Array.from({ length: miniblocks }, (_, i) => rests.slice(i * size, (i + 1) * size));
    const widths = minis.map((mini) =>
      mini.reduce((width, rest) => Math.max(width, rest === 0n ? 0 : rest.toString(2).length), 0),
    );
    out.push(...widths);
    minis.forEach((mini, i) => {
      if (mini.length === 0) return;
      const bytes = new Uint8Array((size / 8) * widths[i]!);
      mini.forEach((rest, k) => {
        for (let bit = 0; bit < widths[i]!; bit++) {
          const place = k * widths[i]! + bit;
          if ((rest >> BigInt(bit)) & 1n) bytes[place >> 3]! |= 1 << (place & 7);
        }
      });
      out.push(...bytes);
    });
  }
  return Uint8Array.from(out);
}
