import { zstdCompress } from '../../zstd.js';
import type { WorkSpace } from '../../parquet/write/work-space.js';

export type ArrowCodec = 'none' | 'lz4' | 'zstd';

/** Compresses buffers of a body: each begins with the length of its text. What it returns is its own. */
export interface CompressBuffer {
  /** Its number in the format. */
  readonly codec: number;
  run(address: number, bytes: number): readonly Uint8Array[];
}

/** Frames of LZ4: magic, independent blocks of at most 4 MiB without checksums, the checksum of that. */
const FRAME_HEAD = Uint8Array.of(0x04, 0x22, 0x4d, 0x18, 0x60, 0x70, 0x73);
const FRAME_END = new Uint8Array(4);
const BLOCK_BYTES = 4 * 1024 * 1024;
const STORED = 0x80000000;
const SCRATCH_BYTES = 128 * 1024;

export function openBufferCompressor(work: WorkSpace, codec: ArrowCodec): CompressBuffer | undefined {
  switch (codec) {
    case 'none':
      return undefined;
    case 'lz4': {
      const scratch = work.allocate(SCRATCH_BYTES);
      return { codec: 0, run: (address, bytes) => withLength(work, address, bytes, lz4Frame(work, scratch, address, bytes)) };
    }
    case 'zstd':
      return {
        codec: 1,
        run: (address, bytes) =>
          withLength(work, address, bytes, [zstdCompress(work.views.u8.subarray(address, address + bytes))]),
      };
  }
}

/** Behind the length of the text; as it is, and −1 before it, where compressing makes nothing shorter. */
function withLength(work: WorkSpace, address: number, bytes: number, pieces: readonly Uint8Array[]): readonly Uint8Array[] {
  const head = new Uint8Array(8);
  const isSmaller = pieces.reduce((sum, piece) => sum + piece.length, 0) < bytes;
  new DataView(head.buffer).setBigInt64(0, isSmaller ? BigInt(bytes) : -1n, true);
  return isSmaller ? [head, ...pieces] : [head, work.views.u8.subarray(address, address + bytes)];
}

function lz4Frame(work: WorkSpace, scratch: number, address: number, bytes: number): Uint8Array[] {
  const pieces: Uint8Array[] = [FRAME_HEAD];
  for (let done = 0; done < bytes; done += BLOCK_BYTES) {
    const take = Math.min(BLOCK_BYTES, bytes - done);
    work.compressed.ensure(work.kernel('lz4Bound')(take) >>> 0, 0);
    const to = work.compressed.address;
    const size = work.kernel('lz4Compress')(address + done, address + done + take, to, scratch);
    const isSmaller = size < take;
    const [from, length] = isSmaller ? [to, size] : [address + done, take];
    const block = new Uint8Array(4 + length);
    new DataView(block.buffer).setUint32(0, isSmaller ? length : length + STORED, true);
    block.set(work.views.u8.subarray(from, from + length), 4);
    pieces.push(block);
  }
  pieces.push(FRAME_END);
  return pieces;
}
