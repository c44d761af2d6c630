import { BIGINT, DOUBLE, INT, isIntegral } from '../../types/data-type.js';
import { roundedDecimal } from '../../types/decimal.js';
import type { Bound } from '../bound.js';
import { call, coerce, literal, strictCall } from '../build.js';
import { scalar, type CallSite, type FunctionEntry, type Resolver } from './entry.js';
import { arg, arity, coerceArg } from './resolve.js';

/** The digits of round(x, digits): a constant. `undefined`: null, and so is the result. */
function digitsOf(site: CallSite): number | undefined {
  const coerced = coerceArg(site, 1, INT);
  const value = site.constant(1, 'the number of digits');
  return value === null || coerced.type.kind !== 'int' ? undefined : Number(value);
}

function rounding(fn: 'round' | 'bround'): Resolver {
  return (site) => {
    arity(site, 1, 2);
    const input = coerceArg(site, 0, 'numeric');
    const digits = site.args.length === 1 ? 0 : digitsOf(site);
    const type = input.type.kind === 'decimal' ? roundedDecimal(input.type, digits ?? 0) : input.type;
    return digits === undefined ? literal(null, type, site.at) : strictCall(fn, [input, literal(digits, INT)], type, site.at);
  };
}

/** To a whole number: bigint of integers and doubles, decimal of decimals. With digits: always a decimal. */
function towards(fn: 'floor' | 'ceil'): Resolver {
  return (site) => {
    arity(site, 1, 2);
    if (site.args.length === 2) {
      return towardsDigits(site, fn);
    }
    const given = arg(site, 0);
    const input = isIntegral(given.type) ? coerce(given, BIGINT) : coerceArg(site, 0, [DOUBLE, 'decimal', BIGINT]);
    if (input.type.kind === 'decimal') {
      const type = input.type.scale === 0 ? input.type : roundedDecimal(input.type, 0);
      return strictCall(fn, [input], type, site.at);
    }
    return input.type.kind === 'bigint' ? input : strictCall(fn, [input], BIGINT, site.at);
  };
}

function towardsDigits(site: CallSite, fn: 'floor' | 'ceil'): Bound {
  const input = coerceArg(site, 0, 'decimal');
  const digits = digitsOf(site);
  const type = input.type.kind === 'decimal' ? roundedDecimal(input.type, digits ?? 0) : input.type;
  return digits === undefined ? literal(null, type, site.at) : strictCall(fn, [input, literal(digits, INT)], type, site.at);
}

function ofDouble(name: string, doc: string, example: string, aliases: readonly string[] = []): FunctionEntry {
  return scalar({ name, aliases, signatures: [{ params: [DOUBLE], returns: DOUBLE }], doc, example });
}

function ofTwoDoubles(name: string, doc: string, example: string): FunctionEntry {
  return scalar({ name, signatures: [{ params: [DOUBLE, DOUBLE], returns: DOUBLE }], doc, example });
}

/** Logarithms are null at 0 and below. */
function logarithm(name: string, doc: string, example: string): FunctionEntry {
  return scalar({
    name,
    nulls: 'custom',
    doc,
    example,
    resolve: (site) => {
      arity(site, 1);
      return call(name, [coerceArg(site, 0, DOUBLE)], DOUBLE, true, site.at);
    },
  });
}

function log(site: CallSite): Bound {
  arity(site, 1, 2);
  const args = site.args.map((_, i) => coerceArg(site, i, DOUBLE));
  return call(args.length === 1 ? 'ln' : 'log', args, DOUBLE, true, site.at);
}

export const MATH: readonly FunctionEntry[] = [
  scalar({
    name: 'round',
    raises: 'ansi',
    resolve: rounding('round'),
    doc: 'Rounded to so many digits after the point, halves away from zero.',
    example: 'round(2.5) → 3',
  }),
  scalar({
    name: 'bround',
    raises: 'ansi',
    resolve: rounding('bround'),
    doc: 'Rounded, halves to the even digit.',
    example: 'bround(2.5) → 2',
  }),
  scalar({
    name: 'floor',
    raises: 'ansi',
    resolve: towards('floor'),
    doc: 'The largest whole number that is not larger.',
    example: 'floor(-0.5) → -1',
  }),
  scalar({
    name: 'ceil',
    aliases: ['ceiling'],
    raises: 'ansi',
    resolve: towards('ceil'),
    doc: 'The smallest whole number that is not smaller.',
    example: 'ceil(0.5) → 1',
  }),
  ofDouble('sqrt', 'Square root; NaN of negative numbers.', 'sqrt(4) → 2.0'),
  ofDouble('cbrt', 'Cube root.', 'cbrt(27) → 3.0'),
  ofDouble('exp', 'e to the power.', 'exp(0) → 1.0'),
  ofDouble('rint', 'Rounded to a whole number, halves to even, as a double.', 'rint(2.5) → 2.0'),
  ofDouble('expm1', 'e to the power, less 1; exact near 0.', 'expm1(0) → 0.0'),
  ofDouble('sin', 'Sine of an angle in radians.', 'sin(0) → 0.0'),
  ofDouble('cos', 'Cosine of an angle in radians.', 'cos(0) → 1.0'),
  ofDouble('tan', 'Tangent of an angle in radians.', 'tan(0) → 0.0'),
  ofDouble('asin', 'Angle with this sine; NaN beyond -1 and 1.', 'asin(0) → 0.0'),
  ofDouble('acos', 'Angle with this cosine; NaN beyond -1 and 1.', 'acos(1) → 0.0'),
  ofDouble('atan', 'Angle with this tangent.', 'atan(0) → 0.0'),
  ofDouble('sinh', 'Hyperbolic sine.', 'sinh(0) → 0.0'),
  ofDouble('cosh', 'Hyperbolic cosine.', 'cosh(0) → 1.0'),
  ofDouble('tanh', 'Hyperbolic tangent.', 'tanh(0) → 0.0'),
  ofDouble('asinh', 'Inverse hyperbolic sine.', 'asinh(0) → 0.0'),
  ofDouble('acosh', 'Inverse hyperbolic cosine; NaN below 1.', 'acosh(1) → 0.0'),
  ofDouble('atanh', 'Inverse hyperbolic tangent; NaN beyond -1 and 1.', 'atanh(0) → 0.0'),
  ofDouble('degrees', 'An angle in radians as degrees.', 'degrees(0) → 0.0'),
  ofDouble('radians', 'An angle in degrees as radians.', 'radians(0) → 0.0'),
  ofTwoDoubles('atan2', 'Angle of the point (x, y), given as y and x.', 'atan2(0, 1) → 0.0'),
  ofTwoDoubles('hypot', 'Root of the sum of the squares.', 'hypot(3, 4) → 5.0'),
  logarithm('ln', 'Natural logarithm; null at 0 and below.', 'ln(1) → 0.0'),
  logarithm('log10', 'Logarithm to base 10; null at 0 and below.', 'log10(100) → 2.0'),
  logarithm('log2', 'Logarithm to base 2; null at 0 and below.', 'log2(8) → 3.0'),
  logarithm('log1p', 'Natural logarithm of x + 1; null at -1 and below.', 'log1p(0) → 0.0'),
  scalar({
    name: 'log',
    nulls: 'custom',
    resolve: log,
    doc: 'log(base, x), or the natural logarithm of one argument.',
    example: 'log(2, 8) → 3.0',
  }),
  scalar({
    name: 'power',
    aliases: ['pow'],
    signatures: [{ params: [DOUBLE, DOUBLE], returns: DOUBLE }],
    doc: 'The first to the power of the second.',
    example: 'power(2, 3) → 8.0',
  }),
  scalar({
    name: 'sign',
    aliases: ['signum'],
    signatures: [{ params: [[DOUBLE, 'year_month_interval', 'day_time_interval']], returns: DOUBLE }],
    doc: '-1.0, 0.0 or 1.0 by the sign.',
    example: 'sign(-3) → -1.0',
  }),
];
