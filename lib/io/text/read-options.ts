import { QueryError } from '../../core/errors.js';
import { COMPRESSIONS, type Compression } from '../compression/codec.js';
import { flag, oneOf, readOptions, type OptionTable } from '../option-readers.js';

/** A text reader's options, complete. */
export interface TextReadOptions {
  /** A row is a whole file. */
  readonly wholeText: boolean;
  /** The byte that ends lines; undefined: a line feed, before which a carriage return is not part of the line. */
  readonly lineBreak: number | undefined;
  readonly compression: Compression;
}

function lineBreakOf(value: string): number | undefined {
  if (value === '\n' || value === '\r\n') return undefined;
  if (value.length === 1 && value.charCodeAt(0) < 128) return value.charCodeAt(0);
  throw new QueryError({
    code: 'INVALID_OPTION',
    message: `Option lineSep must be one ASCII character, or a carriage return and a line feed, not '${value}'.`,
  });
}

const OPTIONS: OptionTable<TextReadOptions> = {
  format: 'Text',
  names: 'wholetext, lineSep, encoding, compression',
  readers: new Map([
    ['wholetext', flag<TextReadOptions>((wholeText) => ({ wholeText }))],
    ['linesep', (value) => ({ lineBreak: lineBreakOf(value) })],
    ['encoding', oneOf<TextReadOptions, true>({ 'UTF-8': true, UTF8: true }, () => ({}))],
    ['compression', oneOf<TextReadOptions, Compression>(COMPRESSIONS, (compression) => ({ compression }))],
  ]),
  defaults: Object.freeze({ wholeText: false, lineBreak: undefined, compression: 'auto' }),
};

/** @throws QueryError for an option that does not exist, or a value it cannot have. */
export function readTextOptions(options: ReadonlyMap<string, string>): TextReadOptions {
  return readOptions(OPTIONS, options);
}
