import { stringPromotion, tightestCommonType } from '../../types/coercion.js';
import { BOOLEAN, STRING, type DataType } from '../../types/data-type.js';
import { isNested, isOrderable, withNamesOf } from '../../types/nested.js';
import { widerDecimal } from '../../types/decimal.js';
import type { Bound } from '../bound.js';
import { call, coerce, strictCall } from '../build.js';
import { decimalOperands } from './arithmetic.js';
import { scalar, sugar, type CallSite, type Failures, type FunctionEntry, type Resolver } from './entry.js';
import { alike, arg, arity } from './resolve.js';

/** Both operands as one comparable type. */
function comparable(left: Bound, right: Bound, fail: Failures): readonly [Bound, Bound] {
  const both = (type: DataType): readonly [Bound, Bound] => [coerce(left, type), coerce(right, type)];
  const promoted = stringPromotion(left.type, right.type);
  if (promoted !== undefined) {
    return both(promoted);
  }
  const decimals = decimalOperands(left, right);
  if (decimals !== undefined) {
    const [a, b] = decimals;
    const type = a.type.kind === 'decimal' && b.type.kind === 'decimal' ? widerDecimal(a.type, b.type) : a.type;
    return [coerce(a, type), coerce(b, type)];
  }
  const common = tightestCommonType(left.type, right.type);
  if (common === undefined) {
    throw fail.binaryOpDiffTypes(left.type, right.type);
  }
  return both(common.kind === 'null' ? BOOLEAN : common);
}

/** Rows are compared by position: the fields of one take the names of the other's. */
function sameNames(input: Bound, like: DataType): Bound {
  const type = isNested(input.type) ? withNamesOf(input.type, like) : undefined;
  return type === undefined ? input : coerce(input, type);
}

/** `left op right`, coerced. '<=>' is never null. */
export function compare(site: CallSite, fn: string, left: Bound, right: Bound): Bound {
  const [a, b] = comparable(left, sameNames(right, left.type), site.fail);
  if (!isOrderable(a.type)) {
    throw site.fail.invalidOrdering(a.type);
  }
  return fn === '<=>' ? call(fn, [a, b], BOOLEAN, false, site.at) : strictCall(fn, [a, b], BOOLEAN, site.at);
}

function comparison(fn: string): Resolver {
  return (site) => {
    arity(site, 2);
    return compare(site, fn, arg(site, 0), arg(site, 1));
  };
}

export function not(input: Bound, site: CallSite): Bound {
  return strictCall('not', [input], BOOLEAN, site.at);
}

function isIn(site: CallSite): Bound {
  arity(site, 2, Infinity);
  const first = arg(site, 0);
  const { args, type } = alike(
    site,
    site.args.map((a) => sameNames(a, first.type)),
  );
  if (!isOrderable(type)) {
    throw site.fail.invalidOrdering(type);
  }
  return strictCall('in', type.kind === 'null' ? args.map((a) => coerce(a, BOOLEAN)) : args, BOOLEAN, site.at);
}

function between(site: CallSite): Bound {
  arity(site, 3);
  const input = arg(site, 0);
  return strictCall(
    'and',
    [compare(site, '>=', input, arg(site, 1)), compare(site, '<=', input, arg(site, 2))],
    BOOLEAN,
    site.at,
  );
}

const STRINGS = [{ params: [STRING, STRING], returns: BOOLEAN }];

export const COMPARISON: readonly FunctionEntry[] = [
  scalar({ name: '=', aliases: ['=='], resolve: comparison('='), doc: 'Equal. NaN equals NaN.', example: '1 = 1.0 → true' }),
  scalar({
    name: '<=>',
    aliases: ['equal_null'],
    nulls: 'custom',
    resolve: comparison('<=>'),
    doc: 'Equal, where null equals null; never null.',
    example: 'NULL <=> NULL → true',
  }),
  scalar({
    name: '<',
    resolve: comparison('<'),
    doc: 'Less. NaN is larger than all numbers; strings compare by their UTF-8 bytes.',
    example: '1 < 2 → true',
  }),
  scalar({ name: '<=', resolve: comparison('<='), doc: 'Less or equal.', example: '2 <= 2 → true' }),
  scalar({ name: '>', resolve: comparison('>'), doc: 'Greater.', example: '2 > 1 → true' }),
  scalar({ name: '>=', resolve: comparison('>='), doc: 'Greater or equal.', example: '2 >= 2 → true' }),
  sugar({
    name: '<>',
    aliases: ['!='],
    resolve: (site) => not(comparison('=')(site), site),
    doc: 'Not equal.',
    example: '1 <> 2 → true',
  }),
  scalar({
    name: 'in',
    nulls: 'custom',
    resolve: isIn,
    doc: 'Equal to one of the values; null when not and a value is null.',
    example: '1 IN (1, 2) → true',
  }),
  sugar({
    name: 'between',
    resolve: between,
    doc: 'At least the lower and at most the upper bound.',
    example: '2 BETWEEN 1 AND 3 → true',
  }),
  scalar({
    name: 'like',
    signatures: [{ params: [STRING, STRING, STRING], optional: 1, returns: BOOLEAN }],
    raises: 'always',
    doc: 'Matches a pattern: % any text, _ one character.',
    example: "'Spark' LIKE 'S%' → true",
  }),
  scalar({
    name: 'ilike',
    signatures: [{ params: [STRING, STRING, STRING], optional: 1, returns: BOOLEAN }],
    raises: 'always',
    doc: 'like, without case.',
    example: "'Spark' ILIKE 's%' → true",
  }),
  scalar({
    name: 'rlike',
    aliases: ['regexp', 'regexp_like'],
    signatures: STRINGS,
    raises: 'always',
    doc: 'Some part matches a regular expression.',
    example: "'Spark' RLIKE 'a.k' → true",
  }),
];
