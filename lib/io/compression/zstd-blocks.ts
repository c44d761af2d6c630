import { FileSource } from '../byte-source.js';
import type { FileFacts } from '../files.js';
import { BlockList, type Blocks } from './blocks.js';

/**
 * zstd's seekable format (contrib/seekable_format of zstd): the last frame is one that decompressors skip and holds a table of all others:
 *
 *     u32 0x184d2a5e, u32 bytes of the rest
 *     for each frame: u32 its bytes, u32 bytes of its text, u32 checksum if there are any
 *     u32 frames, u8 bit 7: there are checksums, bits 2 to 6: 0, u32 0x8f92eab1
 */
const SKIPPABLE = 0x184d2a5e;
const SEEKABLE = 0x8f92eab1;
const HEAD_BYTES = 8;
const FOOTER_BYTES = 9;
const HAS_CHECKSUMS = 0x80;
const RESERVED = 0x7c;
/** More are not read. */
const FRAMES_MAX = 1024 * 1024;

/** The frames of a seekable zstd file; undefined where it has no table, or one that does not lead to the table itself. */
export function zstdBlocks(file: FileFacts): Blocks | undefined {
  if (file.size < HEAD_BYTES + FOOTER_BYTES) return undefined;
  const source = new FileSource(file);
  try {
    const footer = readAt(source, file.size - FOOTER_BYTES, FOOTER_BYTES);
    const frames = footer.getUint32(0, true);
    const flags = footer.getUint8(4);
    if (footer.getUint32(5, true) !== SEEKABLE || (flags & RESERVED) !== 0 || frames > FRAMES_MAX) return undefined;
    const entryBytes = (flags & HAS_CHECKSUMS) === 0 ? 8 : 12;
    const bytes = HEAD_BYTES + frames * entryBytes + FOOTER_BYTES;
    if (bytes > file.size) return undefined;
    const table = readAt(source, file.size - bytes, bytes);
    if (table.getUint32(0, true) !== SKIPPABLE || table.getUint32(4, true) !== bytes - HEAD_BYTES) return undefined;
    const list = new BlockList();
    for (let at = HEAD_BYTES; at < bytes - FOOTER_BYTES; at += entryBytes)
      list.add(table.getUint32(at, true), table.getUint32(at + 4, true));
    return list.end === file.size - bytes ? list.blocks() : undefined;
  } finally {
    source.close();
  }
}

function readAt(source: FileSource, position: number, bytes: number): DataView {
  const target = new Uint8Array(bytes);
  source.read(position, target);
  return new DataView(target.buffer);
}
