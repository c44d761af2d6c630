/**
 * What compiled code can raise, by number (FRAME_ERROR_CODE). Spark's conditions; a number is only a number between a module and its thread,
 * both of one build. Messages are in codegen/make-error.ts. Kernels of the text and date families may raise these too.
 */
export const ERROR_CODE = {
  DIVIDE_BY_ZERO: 1,
  REMAINDER_BY_ZERO: 2,
  ARITHMETIC_OVERFLOW: 3,
  CAST_INVALID_INPUT: 4,
  CAST_OVERFLOW: 5,
  'NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION': 6,
  'NUMERIC_VALUE_OUT_OF_RANGE.WITHOUT_SUGGESTION': 7,
  'INTERVAL_ARITHMETIC_OVERFLOW.WITHOUT_SUGGESTION': 8,
  INTERVAL_DIVIDED_BY_ZERO: 9,
  DATETIME_OVERFLOW: 10,
  'DATETIME_FIELD_OUT_OF_BOUNDS.WITHOUT_SUGGESTION': 11,
  CANNOT_PARSE_TIMESTAMP: 12,
  USER_RAISED_EXCEPTION: 13,
  'INVALID_FORMAT.ESC_AT_THE_END': 14,
  'INVALID_FORMAT.ESC_IN_THE_MIDDLE': 15,
  INVALID_INDEX_OF_ZERO: 16,
  INVALID_ARRAY_INDEX: 17,
  'INVALID_PARAMETER_VALUE.PATTERN': 18,
  'INVALID_PARAMETER_VALUE.REGEX_GROUP_INDEX': 19,
  'INTERVAL_ARITHMETIC_OVERFLOW.WITH_SUGGESTION': 20,
  BINARY_ARITHMETIC_OVERFLOW: 21,
  ILLEGAL_DAY_OF_WEEK: 22,
  INVALID_ARRAY_INDEX_IN_ELEMENT_AT: 23,
  NULL_MAP_KEY: 24,
  DUPLICATED_MAP_KEY: 25,
} as const;

export type ErrorCode = keyof typeof ERROR_CODE;

const NAMES: ReadonlyMap<number, ErrorCode> = new Map(
  Object.entries(ERROR_CODE).map(([name, code]) => [code, name as ErrorCode]),
);

export function errorName(code: number): ErrorCode | undefined {
  return NAMES.get(code);
}
