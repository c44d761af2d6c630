import { MAX_DECIMAL_PRECISION, decimal, type DataType, type DecimalType } from './data-type.js';

/** Spark's rules for the precision and scale of decimals. */

/** What `decimal` without digits means. */
export const DECIMAL_DEFAULT = decimal(10, 0);
/** What a string or a void becomes where some decimal is wanted. */
export const DECIMAL_SYSTEM = decimal(38, 18);

const MIN_ADJUSTED_SCALE = 6;

/** Both cut to what a decimal may have. */
export function boundedDecimal(precision: number, scale: number): DecimalType {
  return decimal(Math.min(precision, MAX_DECIMAL_PRECISION), Math.min(scale, MAX_DECIMAL_PRECISION));
}

/** Too many digits: integral digits stay, the fraction gives way, but never below 6 digits of it (or what it had). */
export function adjustedDecimal(precision: number, scale: number): DecimalType {
  if (precision <= MAX_DECIMAL_PRECISION) {
    return decimal(precision, scale);
  }
  const integralDigits = precision - scale;
  const minScale = Math.min(scale, MIN_ADJUSTED_SCALE);
  return decimal(MAX_DECIMAL_PRECISION, Math.max(MAX_DECIMAL_PRECISION - integralDigits, minScale));
}

/** Holds every value of both, if 38 digits allow; else integral digits win. */
export function widerDecimal(a: DecimalType, b: DecimalType): DecimalType {
  const scale = Math.max(a.scale, b.scale);
  const precision = Math.max(a.precision - a.scale, b.precision - b.scale) + scale;
  if (precision <= MAX_DECIMAL_PRECISION) {
    return decimal(precision, scale);
  }
  return decimal(MAX_DECIMAL_PRECISION, Math.max(0, scale - (precision - MAX_DECIMAL_PRECISION)));
}

export type DecimalOperator = 'add' | 'subtract' | 'multiply' | 'divide' | 'mod' | 'pmod';

/** The result type of arithmetic on two decimals. */
export function decimalResult(operator: DecimalOperator, a: DecimalType, b: DecimalType): DecimalType {
  const scale = Math.max(a.scale, b.scale);
  switch (operator) {
    case 'add':
    case 'subtract':
      return adjustedDecimal(Math.max(a.precision - a.scale, b.precision - b.scale) + scale + 1, scale);
    case 'multiply':
      return adjustedDecimal(a.precision + b.precision + 1, a.scale + b.scale);
    case 'divide': {
      const quotientScale = Math.max(MIN_ADJUSTED_SCALE, a.scale + b.precision + 1);
      return adjustedDecimal(a.precision - a.scale + b.scale + quotientScale, quotientScale);
    }
    case 'mod':
    case 'pmod':
      return adjustedDecimal(Math.min(a.precision - a.scale, b.precision - b.scale) + scale, scale);
  }
}

/** round, bround, floor and ceil of a decimal to `digits` after the point: one more integral digit may be needed. */
export function roundedDecimal(input: DecimalType, digits: number): DecimalType {
  const integralDigits = input.precision - input.scale + 1;
  if (digits < 0) {
    return decimal(Math.min(Math.max(integralDigits, -digits + 1), MAX_DECIMAL_PRECISION), 0);
  }
  const scale = Math.min(input.scale, digits);
  return decimal(Math.min(integralDigits + scale, MAX_DECIMAL_PRECISION), scale);
}

/** The decimal that holds every value of a number type; `undefined` for other types. */
export function decimalForType(type: DataType): DecimalType | undefined {
  switch (type.kind) {
    case 'decimal':
      return type;
    case 'tinyint':
      return decimal(3, 0);
    case 'smallint':
      return decimal(5, 0);
    case 'int':
      return decimal(10, 0);
    case 'bigint':
      return decimal(20, 0);
    case 'float':
      return decimal(14, 7);
    case 'double':
      return decimal(30, 15);
    default:
      return undefined;
  }
}

/** The decimal an integer literal needs: its own digits. */
export function decimalForInteger(value: number | bigint): DecimalType {
  const digits = (value < 0 ? -BigInt(value) : BigInt(value)).toString().length;
  return decimal(digits, 0);
}
