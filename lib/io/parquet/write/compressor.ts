import * as zlib from 'node:zlib';
import { QueryError } from '../../../core/errors.js';
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

/** Node 22.15 and 23.8 have it; the types of Node 20 do not. */
const { zstdCompressSync, constants } = zlib as unknown as {
  readonly zstdCompressSync?: (bytes: Uint8Array, options: object) => Buffer;
  readonly constants: Readonly<Record<string, number>>;
};

/** @throws QueryError where this Node cannot write what the options ask for. */
export function checkCodec({ compression }: ParquetWriteOptions): void {
  if (compression === 'zstd' && zstdCompressSync === undefined) {
    throw new QueryError({
      code: 'CODEC_NOT_AVAILABLE',
      message:
        `Node.js ${process.versions.node} cannot compress with zstd; Node.js 22.15 and newer can. ` +
        `Other values of option compression: snappy, gzip, lz4_raw, uncompressed.`,
    });
  }
}

export function openCompressor(work: WorkSpace, options: ParquetWriteOptions): Compress {
  checkCodec(options);
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
    case 'zstd': {
      const params = { params: { [constants['ZSTD_c_compressionLevel']!]: options.zstdLevel } };
      return (address, length) => ({ address: 0, bytes: zstdCompressSync!(u8.subarray(address, address + length), params) });
    }
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
