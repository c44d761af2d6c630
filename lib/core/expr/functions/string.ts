import { BINARY, BOOLEAN, INT, STRING } from '../../types/data-type.js';
import type { TypeClass } from '../../types/coercion.js';
import type { Bound } from '../bound.js';
import { call, coerce, literal, strictCall } from '../build.js';
import { scalar, sugar, type CallSite, type FunctionEntry, type ScalarEntry, type Signature } from './entry.js';
import { arity, coerceArg } from './resolve.js';

const TEXT: TypeClass = [STRING, BINARY];

interface Extras {
  readonly aliases?: readonly string[];
  readonly result?: ScalarEntry['result'];
  readonly raises?: ScalarEntry['raises'];
}

function plain(name: string, signature: Signature, doc: string, example: string, extras: Extras = {}): FunctionEntry {
  return scalar({ name, signatures: [signature], doc, example, ...extras });
}

const made: Extras = { result: 'transient' };

/** Both strings or both binary; anything else becomes strings. All binary stays binary. */
function concat(site: CallSite): Bound {
  const binary = site.args.length > 0 && site.args.every((a) => a.type.kind === 'binary');
  const type = binary ? BINARY : STRING;
  if (site.args.length === 0) {
    return literal('', STRING, site.at);
  }
  const args = site.args.map((a, i) => (a.type.kind === 'binary' ? coerce(a, type) : coerceArg(site, i, type)));
  const flat = args.flatMap((a) => (a.kind === 'call' && a.fn === 'concat' && a.type.kind === type.kind ? a.args : [a]));
  return flat.length === 1 && flat[0] !== undefined ? flat[0] : strictCall('concat', flat, type, site.at);
}

/** concat_ws(separator, …): nulls are left out; null only when the separator is. */
function concatWs(site: CallSite): Bound {
  arity(site, 1, Infinity);
  const args = site.args.map((_, i) => coerceArg(site, i, STRING));
  return call('concat_ws', args, STRING, args[0]?.nullable ?? true, site.at);
}

/** ltrim(s), and SQL's ltrim(characters, s): bound as (s, characters). */
function trim(fn: 'btrim' | 'ltrim' | 'rtrim', charactersFirst: boolean): (site: CallSite) => Bound {
  return (site) => {
    arity(site, 1, 2);
    const args = site.args.map((_, i) => coerceArg(site, i, STRING));
    return strictCall(fn, charactersFirst && args.length === 2 ? args.toReversed() : args, STRING, site.at);
  };
}

function substring(site: CallSite): Bound {
  arity(site, 2, 3);
  const args = [coerceArg(site, 0, TEXT), ...site.args.slice(1).map((_, i) => coerceArg(site, i + 1, INT))];
  return strictCall('substring', args, args[0]?.type ?? STRING, site.at);
}

/** locate(part, text[, from]): a null `from` finds nothing, 0. */
function locate(site: CallSite): Bound {
  arity(site, 2, 3);
  const part = coerceArg(site, 0, STRING);
  const text = coerceArg(site, 1, STRING);
  const from = site.args.length === 3 ? coerceArg(site, 2, INT) : literal(1, INT);
  return call('locate', [part, text, from], INT, part.nullable || text.nullable, site.at);
}

function instr(site: CallSite): Bound {
  arity(site, 2);
  const [text, part] = [coerceArg(site, 0, STRING), coerceArg(site, 1, STRING)];
  return strictCall('locate', [part, text, literal(1, INT)], INT, site.at);
}

function replace(site: CallSite): Bound {
  arity(site, 2, 3);
  const by = site.args.length === 3 ? coerceArg(site, 2, STRING) : literal('', STRING);
  return strictCall('replace', [coerceArg(site, 0, STRING), coerceArg(site, 1, STRING), by], STRING, site.at);
}

function pad(fn: 'lpad' | 'rpad') {
  return (site: CallSite): Bound => {
    arity(site, 2, 3);
    const fill = site.args.length === 3 ? coerceArg(site, 2, STRING) : literal(' ', STRING);
    return strictCall(fn, [coerceArg(site, 0, STRING), coerceArg(site, 1, INT), fill], STRING, site.at);
  };
}

const length: Signature = { params: [TEXT], returns: INT };
const test: Signature = { params: [STRING, STRING], returns: BOOLEAN };

export const STRINGS: readonly FunctionEntry[] = [
  plain('upper', { params: [STRING], returns: STRING }, 'In upper case.', "upper('a') → A", { aliases: ['ucase'], ...made }),
  plain('lower', { params: [STRING], returns: STRING }, 'In lower case.', "lower('A') → a", { aliases: ['lcase'], ...made }),
  plain('length', length, 'Characters of a string, bytes of a binary.', "length('é') → 1", {
    aliases: ['len', 'char_length', 'character_length'],
  }),
  plain('octet_length', length, 'Bytes.', "octet_length('é') → 2"),
  plain('bit_length', length, 'Bits.', "bit_length('é') → 16"),
  scalar({
    name: 'btrim',
    resolve: trim('btrim', false),
    doc: 'Without blanks, or the given characters, at both ends.',
    example: "btrim('xax', 'x') → a",
  }),
  sugar({ name: 'trim', resolve: trim('btrim', true), doc: 'Without blanks at both ends.', example: "trim(' a ') → a" }),
  scalar({
    name: 'ltrim',
    resolve: trim('ltrim', true),
    doc: 'Without blanks, or the given characters, at the start.',
    example: "ltrim('x', 'xa') → a",
  }),
  scalar({
    name: 'rtrim',
    resolve: trim('rtrim', true),
    doc: 'Without blanks, or the given characters, at the end.',
    example: "rtrim('x', 'ax') → a",
  }),
  scalar({
    name: 'substring',
    aliases: ['substr'],
    resolve: substring,
    doc: 'From a position (1 is the first, -1 the last) on, at most so many characters.',
    example: "substring('Spark', 2, 3) → par",
  }),
  plain('left', { params: [TEXT, INT], returns: 'same' }, 'The first characters.', "left('Spark', 2) → Sp"),
  plain('right', { params: [STRING, INT], returns: STRING }, 'The last characters.', "right('Spark', 2) → rk"),
  scalar({ name: 'concat', resolve: concat, result: 'transient', doc: 'One after the other.', example: "concat('a', 1) → a1" }),
  scalar({
    name: 'concat_ws',
    nulls: 'custom',
    resolve: concatWs,
    result: 'transient',
    doc: 'Joined with a separator; nulls are left out.',
    example: "concat_ws('-', 'a', NULL, 'b') → a-b",
  }),
  plain('contains', test, 'Whether the second is a part of the first.', "contains('Spark', 'ar') → true"),
  plain('startswith', test, 'Whether the first begins with the second.', "startswith('Spark', 'Sp') → true"),
  plain('endswith', test, 'Whether the first ends with the second.', "endswith('Spark', 'rk') → true"),
  scalar({
    name: 'locate',
    aliases: ['position', 'charindex'],
    nulls: 'custom',
    resolve: locate,
    doc: 'Where the first is in the second, from 1; 0 when it is not.',
    example: "locate('ar', 'Spark') → 3",
  }),
  sugar({
    name: 'instr',
    resolve: instr,
    doc: 'Where the second is in the first, from 1; 0 when it is not.',
    example: "instr('Spark', 'ar') → 3",
  }),
  scalar({
    name: 'replace',
    resolve: replace,
    result: 'transient',
    doc: 'With every occurrence of the second replaced by the third.',
    example: "replace('aba', 'a', 'x') → xbx",
  }),
  plain('repeat', { params: [STRING, INT], returns: STRING }, 'So many times.', "repeat('ab', 2) → abab", made),
  plain('reverse', { params: [STRING], returns: STRING }, 'Characters in the other order.', "reverse('abc') → cba", made),
  scalar({
    name: 'lpad',
    resolve: pad('lpad'),
    result: 'transient',
    doc: 'Filled on the left, or cut, to so many characters.',
    example: "lpad('a', 3, 'x') → xxa",
  }),
  scalar({
    name: 'rpad',
    resolve: pad('rpad'),
    result: 'transient',
    doc: 'Filled on the right, or cut, to so many characters.',
    example: "rpad('a', 3, 'x') → axx",
  }),
  plain('ascii', { params: [STRING], returns: INT }, 'The code point of the first character; 0 of nothing.', "ascii('a') → 97"),
  plain(
    'initcap',
    { params: [STRING], returns: STRING },
    'Words with a capital first letter.',
    "initcap('spark sql') → Spark Sql",
    made,
  ),
  plain(
    'split_part',
    { params: [STRING, STRING, INT], returns: STRING },
    'The part of that number between delimiters.',
    "split_part('a,b', ',', 2) → b",
    { raises: 'always' },
  ),
  plain(
    'translate',
    { params: [STRING, STRING, STRING], returns: STRING },
    'Characters of the second replaced by those of the third.',
    "translate('abc', 'ab', '12') → 12c",
    made,
  ),
];
