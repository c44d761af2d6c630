/** How a file of text may be compressed. */
export type Codec = 'gzip' | 'zstd' | 'brotli';

/** What the option `compression` says: by each file's name, the same for all, or none. */
export type Compression = 'auto' | 'none' | Codec;

/** The option's values, in upper case. */
export const COMPRESSIONS: { readonly [name: string]: Compression } = {
  AUTO: 'auto',
  NONE: 'none',
  UNCOMPRESSED: 'none',
  GZIP: 'gzip',
  ZSTD: 'zstd',
  BROTLI: 'brotli',
};

const ENDINGS: ReadonlyMap<string, Codec> = new Map([
  ['gz', 'gzip'],
  ['gzip', 'gzip'],
  ['bgz', 'gzip'],
  ['zst', 'zstd'],
  ['zstd', 'zstd'],
  ['br', 'brotli'],
]);

/** The codec of a file; undefined if it is not compressed. */
export function codecOf(path: string, compression: Compression): Codec | undefined {
  if (compression === 'none') return undefined;
  if (compression !== 'auto') return compression;
  return ENDINGS.get(path.slice(path.lastIndexOf('.') + 1).toLowerCase());
}
