import { booleanOption, byteOption, invalid, readOptions, type OptionsOf } from '../options.js';
import { checkTypes, isFlat } from '../text/check-types.js';
import { COMPRESSION_END, compressText, compressionOption, type TextCompression } from '../text/compressed-sink.js';
import { encodeLines } from '../text/encode-lines.js';
import type { EncodeRequest, WriteFormat } from '../encoder.js';

interface CsvWriteSettings {
  readonly header: boolean;
  readonly sep: string;
  readonly quote: string;
  readonly escape: string;
  readonly nullValue: string;
  readonly quoteAll: boolean;
  readonly compression: TextCompression;
}

const sep = (value: string, name: string): Partial<CsvWriteSettings> => ({ sep: byteOption(value, name) });
const compression = (value: string, name: string): Partial<CsvWriteSettings> => ({
  compression: compressionOption(value, name),
});
const nullValue = (value: string, name: string): Partial<CsvWriteSettings> => {
  if (/[\r\n"]/.test(value)) throw invalid(name, 'a text without quotes and line breaks', value);
  return { nullValue: value };
};

const OPTIONS: OptionsOf<CsvWriteSettings> = {
  what: 'CSV files',
  names: 'header, sep, delimiter, quote, escape, nullValue, quoteAll, compression, encoding',
  table: new Map<string, (value: string, name: string) => Partial<CsvWriteSettings>>([
    ['header', (value, name) => ({ header: booleanOption(value, name) })],
    ['sep', sep],
    ['delimiter', sep],
    ['delim', sep],
    ['quote', (value, name) => ({ quote: byteOption(value, name, true) })],
    ['escape', (value, name) => ({ escape: byteOption(value, name, true) })],
    ['nullvalue', nullValue],
    ['nullstr', nullValue],
    ['null', nullValue],
    ['quoteall', (value, name) => ({ quoteAll: booleanOption(value, name) })],
    ['compression', compression],
    ['codec', compression],
    ['encoding', utf8],
    ['charset', utf8],
  ]),
  defaults: Object.freeze({
    header: true,
    sep: ',',
    quote: '"',
    escape: '"',
    nullValue: '',
    quoteAll: false,
    compression: 'none',
  }),
};

function utf8(value: string, name: string): Partial<CsvWriteSettings> {
  if (!/^utf-?8$/i.test(value)) throw invalid(name, 'UTF-8', value);
  return {};
}

/** Characters that numbers, booleans, dates and intervals are written with. */
const CELL_CHARACTERS = /[-+.:' 0-9A-Za-z]/;

/** RFC 4180 with a bare line feed at line ends. Null is an empty field, the empty string `""`. */
export const CSV_WRITE: WriteFormat = {
  name: 'csv',
  extension: (options) => `csv${COMPRESSION_END[readOptions(options, OPTIONS).compression]}`,
  check({ schema, options }) {
    readOptions(options, OPTIONS);
    checkTypes('CSV', schema, isFlat, 'Take its parts as columns of their own, explode it, or cast it to string.');
  },
  open(context, { schema, options }, out) {
    const settings = readOptions(options, OPTIONS);
    return encodeLines(context, { schema, options }, out, {
      head: headerLine({ schema, options }),
      compression: settings.compression,
      layout: {
        head: '',
        tail: '\n',
        prefixes: schema.fields.map(() => settings.sep),
        nullText: settings.nullValue,
        strings: 'csv',
        quotesMoments: false,
        separator: settings.sep,
        quote: settings.quote,
        escape: settings.escape,
        quoteAll: settings.quoteAll,
        quoteCells:
          settings.quoteAll ||
          settings.nullValue !== '' ||
          CELL_CHARACTERS.test(settings.sep) ||
          CELL_CHARACTERS.test(settings.quote),
        skipNulls: false,
        marksEmpty: true,
      },
    });
  },
  repeatedBytes(request) {
    const line = headerLine(request);
    const { compression } = readOptions(request.options, OPTIONS);
    return line === '' || compression === 'none' ? Buffer.byteLength(line) : compressText(Buffer.from(line), compression).length;
  },
};

function headerLine({ schema, options }: EncodeRequest): string {
  const { header, ...settings } = readOptions(options, OPTIONS);
  if (!header) return '';
  const line = schema.fields.map(({ name }) => headerField(name, settings)).join(settings.sep);
  // An empty line is passed over by readers.
  return `${line === '' ? settings.quote.repeat(2) : line}\n`;
}

function headerField(name: string, settings: Omit<CsvWriteSettings, 'header'>): string {
  const { quote, escape, quoteAll } = settings;
  const isPlain =
    name !== '' &&
    name !== settings.nullValue &&
    !name.includes(settings.sep) &&
    !(quote !== '' && name.includes(quote)) &&
    !/[\r\n]|^\s|\s$/.test(name);
  if (quote === '' || (isPlain && !quoteAll)) return name;
  const before = escape === '' ? quote : escape;
  const escaped = Array.from(name, (c) => (c === quote || c === before ? before + c : c)).join('');
  return quote + escaped + quote;
}
