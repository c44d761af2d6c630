import { QueryError } from '../../core/errors.js';
import { booleanOption, invalid, readOptions, type OptionsOf } from '../options.js';
import { COMPRESSION_END, compressionOption, type TextCompression } from '../text/compressed-sink.js';
import { encodeLines } from '../text/encode-lines.js';
import type { WriteFormat } from '../encoder.js';

interface JsonWriteSettings {
  readonly compression: TextCompression;
  readonly ignoreNullFields: boolean;
}

const OPTIONS: OptionsOf<JsonWriteSettings> = {
  what: 'JSON files',
  names: 'ignoreNullFields, compression, encoding',
  table: new Map<string, (value: string, name: string) => Partial<JsonWriteSettings>>([
    ['compression', (value, name) => ({ compression: compressionOption(value, name) })],
    ['codec', (value, name) => ({ compression: compressionOption(value, name) })],
    ['ignorenullfields', (value, name) => ({ ignoreNullFields: booleanOption(value, name) })],
    [
      'encoding',
      (value, name) => {
        if (!/^utf-?8$/i.test(value)) throw invalid(name, 'UTF-8', value);
        return {};
      },
    ],
  ]),
  defaults: Object.freeze({ compression: 'none' as const, ignoreNullFields: false }),
};

/** One object a line. Bigints and decimals are numbers with all their digits, moments ISO 8601, NaN and the infinities strings, binary is base64. */
export const JSON_WRITE: WriteFormat = {
  name: 'json',
  extension: (options) => `json${COMPRESSION_END[readOptions(options, OPTIONS).compression]}`,
  check({ schema, options }) {
    readOptions(options, OPTIONS);
    const seen = new Set<string>();
    for (const { name } of schema.fields) {
      if (seen.has(name))
        throw new QueryError({
          code: 'COLUMN_ALREADY_EXISTS',
          message: `An object has no two fields of one name: column "${name}" is there twice. Rename one with withColumnRenamed or AS.`,
        });
      seen.add(name);
    }
  },
  open(context, { schema, options }, out) {
    const { ignoreNullFields, compression } = readOptions(options, OPTIONS);
    return encodeLines(context, { schema, options }, out, {
      compression,
      layout: {
        head: '{',
        tail: '}\n',
        prefixes: schema.fields.map(({ name }) => `,${JSON.stringify(name)}:`),
        nullText: 'null',
        strings: 'json',
        quotesMoments: true,
        separator: ',',
        quote: '',
        escape: '',
        quoteAll: false,
        quoteCells: false,
        skipNulls: ignoreNullFields,
        marksEmpty: false,
      },
    });
  },
  repeatedBytes: () => 0,
};
