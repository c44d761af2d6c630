import * as zlib from 'node:zlib';
import { invalid } from '../options.js';
import { zstdCompress } from '../zstd.js';
import type { ByteSink } from '../encoder.js';

/** How files of text are compressed: in members that may follow each other, so that pieces of a file can be put together as they are. */
export type TextCompression = 'none' | 'gzip' | 'zstd';

/** End of a file's name. */
export const COMPRESSION_END: { readonly [C in TextCompression]: string } = { none: '', gzip: '.gz', zstd: '.zst' };

const NAMES: ReadonlyMap<string, TextCompression> = new Map([
  ['none', 'none'],
  ['uncompressed', 'none'],
  ['gzip', 'gzip'],
  ['gz', 'gzip'],
  ['zstd', 'zstd'],
  ['zst', 'zstd'],
]);

/** @throws QueryError for a compression that there is not. */
export function compressionOption(value: string, name: string): TextCompression {
  const found = NAMES.get(value.toLowerCase());
  if (found === undefined) throw invalid(name, 'one of none, gzip, zstd', value);
  return found;
}

/** The same bytes for the same text, always. */
export function compressText(bytes: Uint8Array, compression: Exclude<TextCompression, 'none'>): Uint8Array {
  return compression === 'gzip' ? zlib.gzipSync(bytes) : zstdCompress(bytes);
}

/** Every write is a member of its own. */
export class CompressedSink implements ByteSink {
  constructor(
    private readonly out: ByteSink,
    private readonly compression: Exclude<TextCompression, 'none'>,
  ) {}

  get position(): number {
    return this.out.position;
  }

  write(bytes: Uint8Array): void {
    this.out.write(compressText(bytes, this.compression));
  }

  /** No text at all is a member too. */
  finish(): void {
    if (this.out.position === 0) this.write(new Uint8Array(0));
  }
}
