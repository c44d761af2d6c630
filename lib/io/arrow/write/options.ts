import { invalid, readOptions, type OptionsOf } from '../../options.js';
import type { ArrowCodec } from './compressor.js';

export interface ArrowWriteOptions {
  readonly compression: ArrowCodec;
}

const CODECS: ReadonlyMap<string, ArrowCodec> = new Map([
  ['none', 'none'],
  ['uncompressed', 'none'],
  ['lz4', 'lz4'],
  ['lz4_frame', 'lz4'],
  ['zstd', 'zstd'],
]);

const OPTIONS: OptionsOf<ArrowWriteOptions> = {
  what: 'Arrow files',
  names: 'compression',
  table: new Map<string, (value: string, name: string) => Partial<ArrowWriteOptions>>([
    [
      'compression',
      (value, name) => {
        const compression = CODECS.get(value.toLowerCase());
        if (compression === undefined) throw invalid(name, 'none, lz4 or zstd', value);
        return { compression };
      },
    ],
  ]),
  defaults: Object.freeze({ compression: 'none' as const }),
};

/** Reads options by their lower-case names. @throws QueryError for one that Arrow files do not have, and for values out of range. */
export function readArrowWriteOptions(options: ReadonlyMap<string, string>): ArrowWriteOptions {
  return readOptions(options, OPTIONS);
}
