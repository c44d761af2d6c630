/** What the decompression kernels mean: a byte at a time, `undefined` for a damaged block. */

/** A block of snappy's raw format. */
export function snappyText(block: Uint8Array, capacity: number): Uint8Array | undefined {
  let length = 0;
  let at = 0;
  for (let i = 0; ; i++) {
    const byte = block[at++];
    if (byte === undefined || i === 5) return undefined;
    length += (byte & 127) * 2 ** (7 * i);
    if (byte < 128) break;
  }
  if (length > capacity) return undefined;
  const out: number[] = [];
  while (at < block.length) {
    const tag = block[at++]!;
    const kind = tag & 3;
    let size = tag >> 2;
    if (kind === 0) {
      if (size >= 60) {
        const extra = size - 59;
        if (at + extra > block.length) return undefined;
        size = littleEndian(block, at, extra);
        at += extra;
      }
      size++;
      if (at + size > block.length || out.length + size > length) return undefined;
      for (let i = 0; i < size; i++) out.push(block[at++]!);
      continue;
    }
    const extra = kind === 3 ? 4 : kind;
    if (at + extra > block.length) return undefined;
    let distance = littleEndian(block, at, extra);
    at += extra;
    size++;
    if (kind === 1) {
      distance += (tag >> 5) * 256;
      size = 4 + ((tag >> 2) & 7);
    }
    if (!copyBack(out, distance, size, length)) return undefined;
  }
  return out.length === length ? Uint8Array.from(out) : undefined;
}

/** A block of LZ4; `history` is what copies may reach before the block's own text. */
export function lz4Text(block: Uint8Array, capacity: number, history: Uint8Array = new Uint8Array(0)): Uint8Array | undefined {
  const out = Array.from(history);
  const limit = history.length + capacity;
  let at = 0;
  const sizeOf = (nibble: number): number => {
    let size = nibble;
    if (nibble < 15) return size;
    for (;;) {
      const byte = block[at++];
      if (byte === undefined) return Infinity;
      size += byte;
      if (byte < 255) return size;
    }
  };
  while (at < block.length) {
    const token = block[at++]!;
    const literals = sizeOf(token >> 4);
    if (at + literals > block.length || out.length + literals > limit) return undefined;
    for (let i = 0; i < literals; i++) out.push(block[at++]!);
    if (at === block.length) return Uint8Array.from(out.slice(history.length));
    if (at + 2 > block.length) return undefined;
    const distance = littleEndian(block, at, 2);
    at += 2;
    if (!copyBack(out, distance, 4 + sizeOf(token & 15), limit)) return undefined;
  }
  return undefined;
}

function copyBack(out: number[], distance: number, size: number, limit: number): boolean {
  if (distance === 0 || distance > out.length || out.length + size > limit) return false;
  for (let i = 0; i < size; i++) out.push(out[out.length - distance]!);
  return true;
}

function littleEndian(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let i = 0; i < count; i++) value += bytes[at + i]! * 256 ** i;
  return value;
}
