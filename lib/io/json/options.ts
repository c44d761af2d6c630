import { COMPRESSIONS, type Compression } from '../compression/codec.js';
import { flag, oneOf, readOptions, type OptionTable } from '../option-readers.js';

/** A JSON reader's options, complete. */
export interface JsonOptions {
  /** Values may go over several lines; undefined: seen by the first file. */
  readonly multiLine: boolean | undefined;
  readonly mode: 'PERMISSIVE' | 'DROPMALFORMED' | 'FAILFAST';
  readonly corruptRecordColumn: string;
  readonly primitivesAsString: boolean;
  readonly dateFormat: string | undefined;
  readonly timestampFormat: string | undefined;
  readonly compression: Compression;
}

const MODES = { PERMISSIVE: 'PERMISSIVE', DROPMALFORMED: 'DROPMALFORMED', FAILFAST: 'FAILFAST' } as const;

const OPTIONS: OptionTable<JsonOptions> = {
  format: 'JSON',
  names: 'multiLine, mode, columnNameOfCorruptRecord, primitivesAsString, dateFormat, timestampFormat, encoding, compression',
  readers: new Map([
    ['multiline', flag<JsonOptions>((multiLine) => ({ multiLine }))],
    ['mode', oneOf<JsonOptions, JsonOptions['mode']>(MODES, (mode) => ({ mode }))],
    ['columnnameofcorruptrecord', (corruptRecordColumn) => ({ corruptRecordColumn })],
    ['primitivesasstring', flag<JsonOptions>((primitivesAsString) => ({ primitivesAsString }))],
    ['dateformat', (dateFormat) => ({ dateFormat })],
    ['timestampformat', (timestampFormat) => ({ timestampFormat })],
    ['compression', oneOf<JsonOptions, Compression>(COMPRESSIONS, (compression) => ({ compression }))],
    ['encoding', oneOf<JsonOptions, true>({ 'UTF-8': true, UTF8: true }, () => ({}))],
    ['charset', oneOf<JsonOptions, true>({ 'UTF-8': true, UTF8: true }, () => ({}))],
  ]),
  defaults: Object.freeze({
    multiLine: undefined,
    mode: 'PERMISSIVE',
    corruptRecordColumn: '_corrupt_record',
    primitivesAsString: false,
    dateFormat: undefined,
    timestampFormat: undefined,
    compression: 'auto',
  }),
};

/** @throws QueryError for an option that does not exist, or a value it cannot have. */
export function readJsonOptions(options: ReadonlyMap<string, string>): JsonOptions {
  return readOptions(OPTIONS, options);
}
