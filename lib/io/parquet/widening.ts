import type { DataType } from '../../core/types/data-type.js';
import { physicalTypeOf } from '../../core/types/physical-type.js';

/** A kernel of (from, n, to), or with a factor (from, n, factor, to), that makes values of a file those of its column, where they lie. */
export interface WideningStep {
  readonly kernel:
    | 'widenI32'
    | 'widenI64'
    | 'doublesI32'
    | 'doublesI64'
    | 'scaleUp'
    | 'rebaseDays'
    | 'rebaseMicros'
    | 'refuseDays'
    | 'refuseMicros';
  readonly factor?: number;
  /** What a column has, and what to do, where the kernel refuses a value that is not damaged. */
  readonly refusal?: string;
}

const INTEGERS = ['tinyint', 'smallint', 'int', 'bigint'];
const SECONDS_PER_DAY = 86_400;
const MICROS_PER_SECOND = 1_000_000;
/** Factors are unsigned 32-bit numbers. */
const DIGITS_PER_STEP = 9;
const DIGITS_MAX = 18;

const up = (factor: number): WideningStep => ({ kernel: 'scaleUp', factor });

/**
 * How values of one type become those of another that files of one table have in common: the steps of an exact conversion; undefined where there is none here. None
 * are needed where both lie alike.
 */
export function wideningSteps(from: DataType, to: DataType): readonly WideningStep[] | undefined {
  const [a, b] = [INTEGERS.indexOf(from.kind), INTEGERS.indexOf(to.kind)];
  if (a !== -1 && b !== -1)
    return a > b ? undefined : from.kind !== 'bigint' && to.kind === 'bigint' ? [{ kernel: 'widenI32' }] : [];
  if (a !== -1 && to.kind === 'double') return [{ kernel: from.kind === 'bigint' ? 'doublesI64' : 'doublesI32' }];
  if (from.kind === 'float' && to.kind === 'double') return [];
  if ((from.kind === 'binary' && to.kind === 'string') || (from.kind === 'string' && to.kind === 'binary')) return [];
  if (from.kind === 'date' && (to.kind === 'timestamp' || to.kind === 'timestamp_ntz'))
    return [{ kernel: 'widenI32' }, up(SECONDS_PER_DAY), up(MICROS_PER_SECOND)];
  if (from.kind === 'timestamp_ntz' && to.kind === 'timestamp') return [];
  if (to.kind !== 'decimal') return undefined;
  if (a !== -1 && from.kind !== 'bigint' && to.precision - to.scale >= 10)
    return physicalTypeOf(to) === 'i64' ? [{ kernel: 'widenI32' }, ...powers(to.scale)] : undefined;
  return from.kind === 'decimal' ? decimalSteps(from, to) : undefined;
}

function decimalSteps(
  from: Extract<DataType, { kind: 'decimal' }>,
  to: Extract<DataType, { kind: 'decimal' }>,
): readonly WideningStep[] | undefined {
  const digits = to.scale - from.scale;
  if (digits < 0 || to.precision - to.scale < from.precision - from.scale || physicalTypeOf(from) !== 'i64')
    return digits === 0 && to.precision >= from.precision ? [] : undefined;
  // What is multiplied still has 18 digits at most.
  if (from.precision + digits > DIGITS_MAX) return digits === 0 ? [{ kernel: 'widenI64' }] : undefined;
  return physicalTypeOf(to) === 'i64' ? powers(digits) : [...powers(digits), { kernel: 'widenI64' }];
}

function powers(digits: number): WideningStep[] {
  const steps: WideningStep[] = [];
  for (let left = digits; left > 0; left -= DIGITS_PER_STEP) steps.push(up(10 ** Math.min(left, DIGITS_PER_STEP)));
  return steps;
}
