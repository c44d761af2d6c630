import { QueryError } from '../../core/errors.js';
import { invalid, readOptions, type OptionsOf } from '../options.js';
import { COMPRESSION_END, compressionOption, type TextCompression } from './compressed-sink.js';
import { encodeLines } from './encode-lines.js';
import type { WriteFormat } from '../encoder.js';

interface TextSettings {
  readonly compression: TextCompression;
  readonly lineSep: string;
}

const OPTIONS: OptionsOf<TextSettings> = {
  what: 'text files',
  names: 'lineSep, compression, encoding',
  table: new Map<string, (value: string, name: string) => Partial<TextSettings>>([
    ['compression', (value, name) => ({ compression: compressionOption(value, name) })],
    ['codec', (value, name) => ({ compression: compressionOption(value, name) })],
    ['linesep', (value) => ({ lineSep: value })],
    [
      'encoding',
      (value, name) => {
        if (!/^utf-?8$/i.test(value)) throw invalid(name, 'UTF-8', value);
        return {};
      },
    ],
  ]),
  defaults: Object.freeze({ compression: 'none' as const, lineSep: '\n' }),
};

/** One column of strings, a line a row. */
export const TEXT_WRITE: WriteFormat = {
  name: 'text',
  extension: (options) => `txt${COMPRESSION_END[readOptions(options, OPTIONS).compression]}`,
  check({ schema: { fields }, options }) {
    readOptions(options, OPTIONS);
    if (fields.length === 1 && fields[0]!.type.kind === 'string') return;
    const found = fields.map(({ name, type }) => `${name} ${type.kind}`).join(', ');
    throw new QueryError({
      code: 'UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE',
      message: `Text files hold one column of strings, not (${found}). Select one: concat_ws joins several.`,
    });
  },
  open(context, { schema, options }, out) {
    const { lineSep, compression } = readOptions(options, OPTIONS);
    return encodeLines(context, { schema, options }, out, {
      compression,
      layout: {
        head: '',
        tail: lineSep,
        prefixes: ['\n'],
        nullText: '',
        strings: 'raw',
        quotesMoments: false,
        separator: '\n',
        quote: '',
        escape: '',
        quoteAll: false,
        quoteCells: false,
        skipNulls: false,
        marksEmpty: false,
      },
    });
  },
  repeatedBytes: () => 0,
};
