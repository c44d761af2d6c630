import { FileCache } from '../file-cache.js';
import type { FileFacts } from '../files.js';
import { isBomb, type Blocks } from './blocks.js';
import type { Codec } from './codec.js';
import { gzipBlocks } from './gzip-blocks.js';
import { zstdBlocks } from './zstd-blocks.js';

/** Text of a block is read at once. */
const TEXT_BYTES_MAX = 16 * 1024 * 1024;
/** What a block's places take. */
const PLACE_BYTES = 16;

const cacheOf = (find: (file: FileFacts) => Blocks | undefined): FileCache<Blocks | undefined> =>
  new FileCache(
    (file) => {
      const blocks = find(file);
      const isUseful = blocks !== undefined && blocks.longest <= TEXT_BYTES_MAX && !isBomb(blocks.textBytes, file.size);
      return isUseful ? blocks : undefined;
    },
    (blocks) => PLACE_BYTES * (blocks?.count ?? 1),
  );

const CACHES: { readonly [C in Codec]?: FileCache<Blocks | undefined> } = {
  gzip: cacheOf(gzipBlocks),
  zstd: cacheOf(zstdBlocks),
};

/** The blocks of a compressed file, where it tells of them: kept by this thread. What is wrong with a file is found out by who reads it. */
export function blocksOf(file: FileFacts, codec: Codec): Blocks | undefined {
  return CACHES[codec]?.get(file);
}
