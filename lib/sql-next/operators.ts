/** The infix operators: how tightly each binds, and the call it makes. Higher binds tighter. */
export interface Infix {
  readonly power: number;
  readonly call: string;
  /** `a AND b AND c` is one call of three arguments. */
  readonly chained?: boolean;
}

export const POWER = {
  or: 1,
  and: 2,
  not: 3,
  predicate: 4,
  comparison: 5,
  bitOr: 6,
  bitXor: 7,
  bitAnd: 8,
  shift: 9,
  sum: 10,
  product: 11,
} as const;

const level = (power: number, ...pairs: readonly (readonly [string, string])[]): [string, Infix][] =>
  pairs.map(([text, call]) => [text, { power, call }]);

export const INFIX: ReadonlyMap<string, Infix> = new Map<string, Infix>([
  ['OR', { power: POWER.or, call: 'or', chained: true }],
  ['AND', { power: POWER.and, call: 'and', chained: true }],
  ...level(
    POWER.comparison,
    ['=', '='],
    ['==', '='],
    ['<>', '<>'],
    ['!=', '<>'],
    ['<', '<'],
    ['<=', '<='],
    ['!>', '<='],
    ['>', '>'],
    ['>=', '>='],
    ['!<', '>='],
    ['<=>', '<=>'],
  ),
  ...level(POWER.bitOr, ['|', '|']),
  ...level(POWER.bitXor, ['^', '^']),
  ...level(POWER.bitAnd, ['&', '&']),
  ...level(POWER.shift, ['<<', 'shiftleft'], ['>>', 'shiftright'], ['>>>', 'shiftrightunsigned']),
  ...level(POWER.sum, ['+', 'add'], ['-', 'subtract']),
  ['||', { power: POWER.sum, call: 'concat', chained: true }],
  ...level(POWER.product, ['*', 'multiply'], ['/', 'divide'], ['%', 'mod'], ['DIV', 'div']),
]);

/** Sign and complement: operand binds tighter than any infix operator. */
export const SIGNS: ReadonlyMap<string, string> = new Map([
  ['-', 'negative'],
  ['+', 'positive'],
  ['~', '~'],
]);
