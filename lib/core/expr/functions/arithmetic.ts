import { stringPromotion, tightestCommonType, type TypeClass } from '../../types/coercion.js';
import { BIGINT, DOUBLE, isIntegral, isInterval, isNumeric, type DataType } from '../../types/data-type.js';
import { decimalForInteger, decimalForType, decimalResult, type DecimalOperator } from '../../types/decimal.js';
import type { Bound } from '../bound.js';
import { call, coerce, strictCall } from '../build.js';
import { scalar, type CallSite, type Resolver, type ScalarEntry } from './entry.js';
import { arg, arity, coerceArg } from './resolve.js';
import { resolveTemporal } from './temporal-arithmetic.js';

const NUMERIC_OR_INTERVAL: TypeClass = ['numeric', 'day_time_interval', 'year_month_interval'];

const isFloat = (type: DataType): boolean => type.kind === 'float' || type.kind === 'double';

/** An integer beside a decimal becomes the decimal it needs: a literal its own digits, another its type's. */
function asDecimalOperand(input: Bound): Bound {
  if (!isIntegral(input.type)) {
    return input;
  }
  const digits =
    input.kind === 'literal' && input.value !== null
      ? decimalForInteger(input.value as number | bigint)
      : decimalForType(input.type);
  return digits === undefined ? input : coerce(input, digits);
}

/** Both operands ready for a decimal operation, or both doubles beside a float; `undefined` when no decimal takes part. */
export function decimalOperands(left: Bound, right: Bound): readonly [Bound, Bound] | undefined {
  if ((left.type.kind !== 'decimal' && right.type.kind !== 'decimal') || !isNumeric(left.type) || !isNumeric(right.type)) {
    return undefined;
  }
  if (isFloat(left.type) || isFloat(right.type)) {
    return [coerce(left, DOUBLE), coerce(right, DOUBLE)];
  }
  return [asDecimalOperand(left), asDecimalOperand(right)];
}

/** Strings become numbers, decimals meet decimals, other types their tightest common one. Incompatible types stay as they are. */
function operands(left: Bound, right: Bound, accepted: (type: DataType) => boolean): readonly [Bound, Bound] {
  const promoted = left.type.kind === 'null' || right.type.kind === 'null' ? undefined : stringPromotion(left.type, right.type);
  if (promoted !== undefined) {
    return [coerce(left, promoted), coerce(right, promoted)];
  }
  const decimals = decimalOperands(left, right);
  if (decimals !== undefined) {
    return decimals;
  }
  const common = tightestCommonType(left.type, right.type);
  return common !== undefined && accepted(common) ? [coerce(left, common), coerce(right, common)] : [left, right];
}

function checkOperands(
  site: CallSite,
  left: Bound,
  right: Bound,
  wanted: TypeClass,
  accepted: (type: DataType) => boolean,
): void {
  const bothDecimal = left.type.kind === 'decimal' && right.type.kind === 'decimal';
  if (
    !bothDecimal &&
    (left.type.kind !== right.type.kind || (isInterval(left.type) && tightestCommonType(left.type, right.type) === undefined))
  ) {
    throw site.fail.binaryOpDiffTypes(left.type, right.type);
  }
  if (!accepted(left.type)) {
    throw site.fail.binaryOpWrongType(wanted, left.type);
  }
}

const isNumericOrInterval = (type: DataType): boolean => isNumeric(type) || isInterval(type);

function plusOrMinus(operator: 'add' | 'subtract', tried: boolean): Resolver {
  return (site) => {
    arity(site, 2);
    const temporal = resolveTemporal(operator, site, tried);
    return temporal ?? arithmetic(site, operator, tried);
  };
}

function arithmetic(site: CallSite, operator: DecimalOperator, tried: boolean): Bound {
  const [left, right] = operands(arg(site, 0), arg(site, 1), (t) => isNumericOrInterval(t) || t.kind === 'null');
  const bothNull = left.type.kind === 'null' && right.type.kind === 'null';
  const [a, b] = bothNull ? [coerce(left, DOUBLE), coerce(right, DOUBLE)] : [left, right];
  const intervals = operator === 'add' || operator === 'subtract';
  checkOperands(site, a, b, intervals ? NUMERIC_OR_INTERVAL : 'numeric', intervals ? isNumericOrInterval : isNumeric);
  const type = a.type.kind === 'decimal' && b.type.kind === 'decimal' ? decimalResult(operator, a.type, b.type) : a.type;
  if (isInterval(type)) {
    return call(`${tried ? 'try_' : ''}interval_${operator}`, [a, b], type, tried || a.nullable || b.nullable, site.at);
  }
  return call(tried ? `try_${operator}` : operator, [a, b], type, tried || a.nullable || b.nullable, site.at);
}

function multiply(tried: boolean): Resolver {
  return (site) => {
    arity(site, 2);
    return resolveTemporal('multiply', site, tried) ?? arithmetic(site, 'multiply', tried);
  };
}

function divide(tried: boolean): Resolver {
  return (site) => {
    arity(site, 2);
    const temporal = resolveTemporal('divide', site, tried);
    if (temporal !== undefined) {
      return temporal;
    }
    const accepted = (t: DataType): boolean => t.kind === 'double' || t.kind === 'decimal';
    let [left, right] = operands(arg(site, 0), arg(site, 1), isNumericOrNull);
    if (
      isNumericOrNull(left.type) &&
      isNumericOrNull(right.type) &&
      !(left.type.kind === 'decimal' && right.type.kind === 'decimal')
    ) {
      [left, right] = [coerce(left, DOUBLE), coerce(right, DOUBLE)];
    }
    checkOperands(site, left, right, [DOUBLE, 'decimal'], accepted);
    const type =
      left.type.kind === 'decimal' && right.type.kind === 'decimal' ? decimalResult('divide', left.type, right.type) : DOUBLE;
    return call(tried ? 'try_divide' : 'divide', [left, right], type, tried || left.nullable || right.nullable, site.at);
  };
}

const isNumericOrNull = (type: DataType): boolean => isNumeric(type) || type.kind === 'null';

function remainder(fn: 'mod' | 'pmod', tried: boolean): Resolver {
  return (site) => {
    arity(site, 2);
    return arithmetic(site, fn, tried);
  };
}

function integralDivide(site: CallSite): Bound {
  arity(site, 2);
  const accepted = (t: DataType): boolean => t.kind === 'bigint' || t.kind === 'decimal';
  let [left, right] = operands(arg(site, 0), arg(site, 1), (t) => isIntegral(t) || t.kind === 'decimal' || t.kind === 'null');
  const widened = (input: Bound): Bound => (isIntegral(input.type) || input.type.kind === 'null' ? coerce(input, BIGINT) : input);
  [left, right] = [widened(left), widened(right)];
  checkOperands(site, left, right, [BIGINT, 'decimal', 'year_month_interval', 'day_time_interval'], accepted);
  return strictCall('div', [left, right], BIGINT, site.at);
}

function bitwise(fn: string): Resolver {
  return (site) => {
    arity(site, 2);
    const [left, right] = operands(arg(site, 0), arg(site, 1), isIntegral);
    checkOperands(site, left, right, 'integral', isIntegral);
    return strictCall(fn, [left, right], left.type, site.at);
  };
}

const DIVISION = { nulls: 'strict', raises: 'ansi' } as const;
const TRIED = { nulls: 'custom', raises: 'never' } as const;

export const ARITHMETIC: readonly ScalarEntry[] = [
  scalar({
    name: 'add',
    raises: 'ansi',
    resolve: plusOrMinus('add', false),
    doc: 'Sum of two numbers or intervals; a date or timestamp moved by an interval or days.',
    example: '1 + 2.5 → 3.5',
  }),
  scalar({
    name: 'subtract',
    raises: 'ansi',
    resolve: plusOrMinus('subtract', false),
    doc: 'Difference of two numbers, intervals, dates or timestamps.',
    example: '3 - 5 → -2',
  }),
  scalar({
    name: 'multiply',
    raises: 'ansi',
    resolve: multiply(false),
    doc: 'Product of two numbers, or of an interval and a number.',
    example: '3 * 1.5 → 4.5',
  }),
  scalar({
    name: 'divide',
    ...DIVISION,
    resolve: divide(false),
    doc: 'Quotient: a double, or a decimal of decimals.',
    example: '3 / 2 → 1.5',
  }),
  scalar({
    name: 'mod',
    ...DIVISION,
    resolve: remainder('mod', false),
    doc: 'Remainder with the sign of the dividend.',
    example: '-7 % 3 → -1',
  }),
  scalar({
    name: 'pmod',
    ...DIVISION,
    resolve: remainder('pmod', false),
    doc: 'Remainder that is never negative for a positive divisor.',
    example: 'pmod(-7, 3) → 2',
  }),
  scalar({
    name: 'div',
    ...DIVISION,
    resolve: integralDivide,
    doc: 'Quotient without its fraction, a bigint.',
    example: '7 div 2 → 3',
  }),
  scalar({
    name: 'try_add',
    ...TRIED,
    resolve: plusOrMinus('add', true),
    doc: 'add, null on overflow.',
    example: 'try_add(2147483647, 1) → NULL',
  }),
  scalar({
    name: 'try_subtract',
    ...TRIED,
    resolve: plusOrMinus('subtract', true),
    doc: 'subtract, null on overflow.',
    example: 'try_subtract(-2147483648, 1) → NULL',
  }),
  scalar({
    name: 'try_multiply',
    ...TRIED,
    resolve: multiply(true),
    doc: 'multiply, null on overflow.',
    example: 'try_multiply(2147483647, 2) → NULL',
  }),
  scalar({
    name: 'try_divide',
    ...TRIED,
    resolve: divide(true),
    doc: 'divide, null where the divisor is 0.',
    example: 'try_divide(1, 0) → NULL',
  }),
  scalar({
    name: 'try_mod',
    ...TRIED,
    resolve: remainder('mod', true),
    doc: 'mod, null where the divisor is 0.',
    example: 'try_mod(1, 0) → NULL',
  }),
  scalar({
    name: 'negative',
    raises: 'ansi',
    signatures: [{ params: [NUMERIC_OR_INTERVAL], returns: 'same' }],
    doc: 'The value with the other sign.',
    example: '-(3) → -3',
  }),
  scalar({
    name: 'abs',
    raises: 'ansi',
    signatures: [{ params: [NUMERIC_OR_INTERVAL], returns: 'same' }],
    doc: 'The value without its sign.',
    example: 'abs(-3) → 3',
  }),
  scalar({ name: '&', resolve: bitwise('&'), doc: 'Bits that both have.', example: '6 & 3 → 2' }),
  scalar({ name: '|', resolve: bitwise('|'), doc: 'Bits that one has.', example: '6 | 3 → 7' }),
  scalar({ name: '^', resolve: bitwise('^'), doc: 'Bits that one alone has.', example: '6 ^ 3 → 5' }),
  scalar({ name: '~', signatures: [{ params: ['integral'], returns: 'same' }], doc: 'All bits turned.', example: '~5 → -6' }),
];

/** `+x`: x itself, checked to be a number or interval. */
export function positive(site: CallSite): Bound {
  arity(site, 1);
  return coerceArg(site, 0, NUMERIC_OR_INTERVAL);
}
