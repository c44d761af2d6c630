import { QueryError } from '../../core/errors.js';
import { COMPRESSIONS, type Compression } from '../compression/codec.js';

/** A CSV reader's options, complete. What is `undefined` is found out by looking at samples. */
export interface CsvOptions {
  readonly sep: string | undefined;
  readonly quote: string | undefined;
  readonly escape: string | undefined;
  readonly header: boolean | undefined;
  readonly comment: string | undefined;
  readonly nullValue: string;
  readonly trimLeading: boolean;
  readonly trimTrailing: boolean;
  readonly encoding: 'utf-8' | 'latin1';
  readonly mode: 'PERMISSIVE' | 'DROPMALFORMED' | 'FAILFAST';
  readonly corruptRecordColumn: string | undefined;
  readonly dateFormat: string | undefined;
  readonly timestampFormat: string | undefined;
  readonly inferSchema: boolean;
  readonly compression: Compression;
}

type OptionReader = (value: string, name: string) => Partial<CsvOptions>;

const oneByte =
  (member: 'sep' | 'quote' | 'escape' | 'comment'): OptionReader =>
  (value, name) => {
    const text = value === '\\t' ? '\t' : value;
    if (member !== 'sep' && text === '') return { [member]: '' };
    if (text.length !== 1 || text.charCodeAt(0) > 127 || text === '\n' || text === '\r') {
      throw new QueryError({ code: 'INVALID_OPTION', message: `Option ${name} must be one ASCII character, not '${value}'.` });
    }
    return { [member]: text };
  };

const flag =
  (make: (value: boolean) => Partial<CsvOptions>): OptionReader =>
  (value, name) => {
    const lower = value.toLowerCase();
    if (lower !== 'true' && lower !== 'false')
      throw new QueryError({ code: 'INVALID_OPTION', message: `Option ${name} must be true or false, not '${value}'.` });
    return make(lower === 'true');
  };

const oneOf =
  <K extends 'encoding' | 'mode' | 'compression'>(member: K, values: Readonly<Record<string, CsvOptions[K]>>): OptionReader =>
  (value, name) => {
    const found = values[value.toUpperCase()];
    if (found === undefined)
      throw new QueryError({
        code: 'INVALID_OPTION',
        message: `Option ${name} must be one of ${Object.keys(values).join(', ')}, not '${value}'.`,
      });
    return { [member]: found };
  };

const ENCODINGS = { 'UTF-8': 'utf-8', UTF8: 'utf-8', 'ISO-8859-1': 'latin1', LATIN1: 'latin1', 'US-ASCII': 'utf-8' } as const;
const MODES = { PERMISSIVE: 'PERMISSIVE', DROPMALFORMED: 'DROPMALFORMED', FAILFAST: 'FAILFAST' } as const;

/** By lower-case name. */
const READERS: ReadonlyMap<string, OptionReader> = new Map([
  ['sep', oneByte('sep')],
  ['delimiter', oneByte('sep')],
  ['quote', oneByte('quote')],
  ['escape', oneByte('escape')],
  ['comment', oneByte('comment')],
  ['header', flag((header) => ({ header }))],
  ['inferschema', flag((inferSchema) => ({ inferSchema }))],
  ['ignoreleadingwhitespace', flag((trimLeading) => ({ trimLeading }))],
  ['ignoretrailingwhitespace', flag((trimTrailing) => ({ trimTrailing }))],
  // Values over several lines are always read right.
  ['multiline', flag(() => ({}))],
  ['nullvalue', (nullValue) => ({ nullValue })],
  ['encoding', oneOf('encoding', ENCODINGS)],
  ['charset', oneOf('encoding', ENCODINGS)],
  ['mode', oneOf('mode', MODES)],
  ['columnnameofcorruptrecord', (corruptRecordColumn) => ({ corruptRecordColumn })],
  ['dateformat', (dateFormat) => ({ dateFormat })],
  ['compression', oneOf('compression', COMPRESSIONS)],
  ['codec', oneOf('compression', COMPRESSIONS)],
  ['timestampformat', (timestampFormat) => ({ timestampFormat })],
]);

/** Spark's spelling, for messages. */
const NAMES =
  'sep, delimiter, quote, escape, header, comment, nullValue, encoding, mode, columnNameOfCorruptRecord, dateFormat, timestampFormat, inferSchema, ignoreLeadingWhiteSpace, ignoreTrailingWhiteSpace, multiLine, compression';

const DEFAULTS: CsvOptions = Object.freeze({
  sep: undefined,
  quote: undefined,
  escape: undefined,
  header: undefined,
  comment: undefined,
  nullValue: '',
  trimLeading: false,
  trimTrailing: false,
  encoding: 'utf-8',
  mode: 'PERMISSIVE',
  corruptRecordColumn: undefined,
  dateFormat: undefined,
  timestampFormat: undefined,
  inferSchema: true,
  compression: 'auto',
});

/** @throws QueryError for an option that does not exist, or a value it cannot have. */
export function readCsvOptions(options: ReadonlyMap<string, string>): CsvOptions {
  let result = DEFAULTS;
  for (const [name, value] of options) {
    const reader = READERS.get(name.toLowerCase());
    if (reader === undefined)
      throw new QueryError({ code: 'INVALID_OPTION', message: `CSV has no option "${name}". Options: ${NAMES}.` });
    result = { ...result, ...reader(value, name) };
  }
  return Object.freeze(result);
}
