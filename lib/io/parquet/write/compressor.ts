import * as zlib from 'node:zlib';
import { zstdCompress } from '../../zstd.js';
import type { ParquetWriteOptions } from './options.js';
import type { WorkSpace } from './work-space.js';

/** Compressed bytes: in shared memory at `address`, or JavaScript's own where that is 0. Good until the next call. */
export interface Compressed {
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** Compresses bytes of shared memory. */
export type Compress = (address: number, length: number) => Compressed;

/** Room that kernels need beside what they compress. */
const SCRATCH_BYTES = 128 * 1024;

export function openCompressor(work: WorkSpace, options: ParquetWriteOptions): Compress {
  const { u8 } = work.views;
  switch (options.compression) {
    case 'uncompressed':
      return (address, length) => ({ address, bytes: u8.subarray(address, address + length) });
    case 'snappy':
      return byKernel(work, 'snappy');
    case 'lz4_raw':
      return byKernel(work, 'lz4');
    case 'gzip':
      return (address, length) => ({ address: 0, bytes: zlib.gzipSync(u8.subarray(address, address + length)) });
    case 'zstd':
      return (address, length) => ({
        address: 0,
        bytes: zstdCompress(u8.subarray(address, address + length), options.zstdLevel),
      });
  }
}

function byKernel(work: WorkSpace, codec: 'snappy' | 'lz4'): Compress {
  const { u8 } = work.views;
  const bound = work.kernel(`${codec}Bound`);
  const compress = work.kernel(`${codec}Compress`);
  const scratch = work.allocate(SCRATCH_BYTES);
  return (address, length) => {
    work.compressed.ensure(bound(length) >>> 0, 0);
    const to = work.compressed.address;
    const bytes = compress(address, address + length, to, scratch);
    return { address: to, bytes: u8.subarray(to, to + bytes) };
  };
}
