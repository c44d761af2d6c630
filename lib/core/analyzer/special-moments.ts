import { literal } from '../expr/build.js';
import type { Bound } from '../expr/bound.js';
import { DATE, type DataType } from '../types/data-type.js';
import { floorDiv } from '../types/javascript-values.js';

const MICROS_PER_DAY = 86_400_000_000n;
const DAYS_FROM_TODAY: ReadonlyMap<string, bigint> = new Map([
  ['yesterday', -1n],
  ['today', 0n],
  ['tomorrow', 1n],
]);

/** A cast of the literals 'epoch', 'now', 'today', 'yesterday' and 'tomorrow' to a date or timestamp is that moment. */
export function specialMoment(input: Bound, type: DataType, now: () => bigint): Bound | undefined {
  if (input.kind !== 'literal' || typeof input.value !== 'string') return undefined;
  if (type.kind !== 'date' && type.kind !== 'timestamp' && type.kind !== 'timestamp_ntz') return undefined;
  const micros = microsOf(input.value.trim().toLowerCase(), now);
  if (micros === undefined) return undefined;
  return type.kind === 'date'
    ? literal(Number(floorDiv(micros, MICROS_PER_DAY)), DATE, input.at)
    : literal(micros, type, input.at);
}

function microsOf(word: string, now: () => bigint): bigint | undefined {
  if (word === 'epoch') return 0n;
  if (word === 'now') return now();
  const days = DAYS_FROM_TODAY.get(word);
  return days === undefined ? undefined : (floorDiv(now(), MICROS_PER_DAY) + days) * MICROS_PER_DAY;
}
