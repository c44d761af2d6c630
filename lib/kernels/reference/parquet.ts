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
