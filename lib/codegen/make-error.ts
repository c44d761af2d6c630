import { InternalError, QueryError } from '../core/errors.js';
import { errorName, type ErrorCode } from '../core/expr/error-codes.js';
import type { ErrorSite } from '../core/physical/stage-program.js';
import { typeText } from '../core/expr/literal-text.js';
import type { DataType } from '../core/types/data-type.js';
import {
  dateText,
  dayTimeIntervalText,
  decimalText,
  timestampText,
  yearMonthIntervalText,
} from '../core/types/javascript-values.js';
import { physicalTypeOf } from '../core/types/physical-type.js';
import {
  FRAME_ERROR_CODE,
  FRAME_ERROR_ROW,
  FRAME_ERROR_SITE,
  FRAME_ERROR_VALUE,
  VIEW_INLINE_MAX,
  VIEW_PREFIX,
  VIEW_REF,
} from '../memory/layout.js';
import type { MemoryViews } from '../memory/memory-access.js';

/** Longest piece of a value that a message quotes. */
const QUOTED_MAX = 200;

/** The error that compiled code left in a frame, as Spark words it; the frame is cleared. */
export function makeError(
  views: Pick<MemoryViews, 'i32' | 'memory'>,
  frame: number,
  sites: readonly ErrorSite[],
): QueryError | InternalError {
  const words = frame >>> 2;
  const code = errorName(views.i32[words + (FRAME_ERROR_CODE >>> 2)]!);
  const site = sites[views.i32[words + (FRAME_ERROR_SITE >>> 2)]!];
  const row = views.i32[words + (FRAME_ERROR_ROW >>> 2)]!;
  views.i32[words + (FRAME_ERROR_CODE >>> 2)] = 0;
  if (code === undefined || site === undefined)
    return new InternalError(`Compiled code left an unknown error at row ${row} of a batch.`);
  const value = valueText(views.memory, frame + FRAME_ERROR_VALUE, site.operand);
  return new QueryError({
    code,
    message: `${MESSAGES[code](site, value)}`,
    ...(site.start < 0 ? {} : { at: { start: site.start, end: site.end } }),
  });
}

const sqlType = typeText;
const zero = (what: string) => (): string =>
  `Division by zero. Use \`try_${what}\` to tolerate divisor being 0 and return NULL instead.`;
const interval = (): string =>
  'Integer overflow while operating with intervals. Use `try_add`, `try_subtract` or `try_multiply` to get NULL instead.';

const MESSAGES: { readonly [C in ErrorCode]: (site: ErrorSite, value: string) => string } = {
  DIVIDE_BY_ZERO: zero('divide'),
  REMAINDER_BY_ZERO: () => 'Remainder by zero. Use `try_mod` to tolerate divisor being 0 and return NULL instead.',
  ARITHMETIC_OVERFLOW: ({ text, target }) =>
    `Overflow of ${sqlType(target)} in ${text}. Use a wider type, or the \`try_\` form of the function to get NULL instead.`,
  BINARY_ARITHMETIC_OVERFLOW: ({ text, target }) =>
    `Overflow of ${sqlType(target)} in ${text}. Use a wider type, or the \`try_\` form of the function to get NULL instead.`,
  CAST_INVALID_INPUT: ({ operand, target }, value) =>
    `The value ${value} of the type "${sqlType(operand)}" cannot be cast to "${sqlType(target)}" because it is malformed. Correct the value as per the syntax, or change its target type. Use \`try_cast\` to tolerate malformed input and return NULL instead.`,
  CAST_OVERFLOW: ({ operand, target }, value) =>
    `The value ${value} of the type "${sqlType(operand)}" cannot be cast to "${sqlType(target)}" due to an overflow. Use \`try_cast\` to tolerate overflow and return NULL instead.`,
  'NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION': ({ target, text }, value) =>
    `The ${value} of ${text} cannot be represented as ${sqlType(target)}. Use \`try_cast\` to tolerate overflow, or a larger precision and scale.`,
  'NUMERIC_VALUE_OUT_OF_RANGE.WITHOUT_SUGGESTION': ({ target, text }, value) =>
    `The ${value} of ${text} cannot be represented as ${sqlType(target)}.`,
  'INTERVAL_ARITHMETIC_OVERFLOW.WITHOUT_SUGGESTION': interval,
  'INTERVAL_ARITHMETIC_OVERFLOW.WITH_SUGGESTION': interval,
  INTERVAL_DIVIDED_BY_ZERO: zero('divide'),
  DATETIME_OVERFLOW: ({ text }) => `Datetime operation overflow: ${text}.`,
  'DATETIME_FIELD_OUT_OF_BOUNDS.WITHOUT_SUGGESTION': ({ text }, value) => `A field of ${text} is out of bounds: ${value}.`,
  CANNOT_PARSE_TIMESTAMP: (_, value) =>
    `The value ${value} could not be parsed as a timestamp in the given format. Use \`try_to_timestamp\` to tolerate invalid input and return NULL instead.`,
  ILLEGAL_DAY_OF_WEEK: (_, value) => `Illegal input for day of week: ${value}.`,
  USER_RAISED_EXCEPTION: (_, value) => unquote(value),
  'INVALID_FORMAT.ESC_AT_THE_END': (_, value) =>
    `The format is invalid: ${value}. The escape character is not allowed to end with.`,
  'INVALID_FORMAT.ESC_IN_THE_MIDDLE': (_, value) =>
    `The format is invalid: ${value}. The escape character is not allowed to precede an ordinary character.`,
  INVALID_INDEX_OF_ZERO: () => 'The index 0 is invalid. An index shall be either < 0 or > 0 (the first element has index 1).',
  INVALID_ARRAY_INDEX: (_, value) =>
    `${outOfBounds(value)} Use the SQL function \`get()\` to tolerate accessing element at invalid index and return NULL instead.`,
  INVALID_ARRAY_INDEX_IN_ELEMENT_AT: (_, value) =>
    `${outOfBounds(value)} Use \`try_element_at\` to tolerate accessing element at invalid index and return NULL instead.`,
  NULL_MAP_KEY: () => 'Cannot use null as map key.',
  DUPLICATED_MAP_KEY: ({ text }) => `Duplicate map key in ${text}. A map may have each key once.`,
  'INVALID_PARAMETER_VALUE.PATTERN': ({ text }, value) => `The value of parameter(s) \`regexp\` in ${text} is invalid: ${value}.`,
  'INVALID_PARAMETER_VALUE.REGEX_GROUP_INDEX': ({ text }, value) =>
    `The value of parameter(s) \`idx\` in ${text} is invalid: no group ${value}.`,
};

/** The operand is a pair: the index in the low word, the number of elements in the high one. */
function outOfBounds(value: string): string {
  const pair = BigInt(value);
  const size = pair >> 64n;
  return `The index ${BigInt.asIntN(64, pair)} is out of bounds. The array has ${size} ${size === 1n ? 'element' : 'elements'}.`;
}

const unquote = (text: string): string => text.replace(/^'([^]*)'$/, '$1');

/** A value as Spark quotes it in messages: `'abc'`, `1.5D`, `12L`, `DATE '2020-01-01'`. */
function valueText(memory: WebAssembly.Memory, address: number, type: DataType): string {
  const at = new DataView(memory.buffer, address, 16);
  switch (physicalTypeOf(type)) {
    case 'bool':
      return at.getUint8(0) === 1 ? 'true' : 'false';
    case 'i32': {
      const value = at.getInt32(0, true);
      if (type.kind === 'date') return `DATE '${dateText(value)}'`;
      if (type.kind === 'year_month_interval') return yearMonthIntervalText(value);
      return type.kind === 'smallint' ? `${value}S` : type.kind === 'tinyint' ? `${value}Y` : String(value);
    }
    case 'i64': {
      const value = at.getBigInt64(0, true);
      if (type.kind === 'decimal') return decimalText(value, type.scale);
      if (type.kind === 'day_time_interval') return dayTimeIntervalText(value);
      return type.kind === 'bigint' ? `${value}L` : `TIMESTAMP '${timestampText(value)}'`;
    }
    case 'i128':
      return decimalText((at.getBigInt64(8, true) << 64n) | at.getBigUint64(0, true), type.kind === 'decimal' ? type.scale : 0);
    case 'f64':
      return doubleText(at.getFloat64(0, true));
    case 'view':
      return `'${viewText(memory, at)}'`;
  }
}

function doubleText(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
  const text = String(value);
  return `${/[.e]/.test(text) ? text.replace('e+', 'E').replace('e', 'E') : `${text}.0`}D`;
}

function viewText(memory: WebAssembly.Memory, at: DataView): string {
  const length = at.getUint32(0, true);
  const start = length <= VIEW_INLINE_MAX ? at.byteOffset + VIEW_PREFIX : at.getUint32(VIEW_REF, true);
  const bytes = Uint8Array.from(new Uint8Array(memory.buffer, start, Math.min(length, QUOTED_MAX)));
  const text = new TextDecoder().decode(bytes);
  return length > QUOTED_MAX ? `${text}…` : text;
}
