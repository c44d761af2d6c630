import * as zlib from 'node:zlib';

/** An empty member, which bgzip ends its files with. */
export const BGZF_END = bgzfMember(Buffer.alloc(0));

/** A member as bgzip writes it: its size in the subfield BC of the extra field, behind other subfields if there are any. */
export function bgzfMember(text: Uint8Array, subfields: Uint8Array = Buffer.alloc(0)): Buffer {
  const plain = zlib.gzipSync(text);
  const head = Buffer.alloc(12 + subfields.length + 6);
  plain.copy(head, 0, 0, 10);
  head[3] = 4;
  head.writeUInt16LE(subfields.length + 6, 10);
  head.set(subfields, 12);
  const field = 12 + subfields.length;
  head.write('BC', field, 'latin1');
  head.writeUInt16LE(2, field + 2);
  head.writeUInt16LE(head.length + plain.length - 10 - 1, field + 4);
  return Buffer.concat([head, plain.subarray(10)]);
}

/** Texts as members of one file. */
export function bgzf(texts: readonly Uint8Array[]): Buffer {
  return Buffer.concat([...texts.map((text) => bgzfMember(text)), BGZF_END]);
}

/** A frame of blocks that are not compressed, which every Node can write: RFC 8878, 3.1.1. */
export function zstdFrame(data: Uint8Array): Buffer {
  const parts: Buffer[] = [Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58])];
  for (let at = 0; at < data.length || at === 0; at += 100_000) {
    const block = data.subarray(at, at + 100_000);
    const isLast = at + 100_000 >= data.length ? 1 : 0;
    const head = (block.length << 3) | isLast;
    parts.push(Buffer.from([head & 255, (head >> 8) & 255, head >> 16]), Buffer.from(block));
  }
  return Buffer.concat(parts);
}

/** Texts as frames of one file, with a table of them at its end. */
export function seekableZstd(texts: readonly Uint8Array[], hasChecksums = false): Buffer {
  const frames = texts.map(zstdFrame);
  const entryBytes = hasChecksums ? 12 : 8;
  const table = Buffer.alloc(8 + texts.length * entryBytes + 9);
  table.writeUInt32LE(0x184d2a5e, 0);
  table.writeUInt32LE(table.length - 8, 4);
  texts.forEach((text, i) => {
    table.writeUInt32LE(frames[i]!.length, 8 + i * entryBytes);
    table.writeUInt32LE(text.length, 12 + i * entryBytes);
  });
  table.writeUInt32LE(texts.length, table.length - 9);
  table[table.length - 5] = hasChecksums ? 0x80 : 0;
  table.writeUInt32LE(0x8f92eab1, table.length - 4);
  return Buffer.concat([...frames, table]);
}
