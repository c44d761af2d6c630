import * as assert from 'uvu/assert';
import { suite } from '../support/suite.js';
import { i64At, kernel, resetSpans, span, u32At } from './spans.js';

const test = suite('kernels: the legacy calendar');

const DAY_MICROS = 86_400_000_000n;
/** 1582-10-15, a Friday; the day before it was 1582-10-04. */
const FIRST = -141_427;

function gregorian(year: number, month: number, day: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, 1);
  return date.getTime() / 86_400_000 + day - 1;
}

/** Day by day backwards from 1582-10-04: what day has the same date in the Gregorian calendar, from `first` on. */
function julianDays(first: number): Map<number, number> {
  const days = new Map<number, number>();
  let [year, month, day] = [1582, 10, 4];
  for (let at = FIRST - 1; at >= first; at--) {
    days.set(at, gregorian(year, month, day));
    if (--day > 0) continue;
    if (--month === 0) [year, month] = [year - 1, 12];
    const isLeap = year % 4 === 0;
    day = month === 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
  }
  return days;
}

const EXPECTED = julianDays(-900_000);
const DAYS = [...EXPECTED.keys(), FIRST, FIRST + 1, 0, 20_000, 100_000_000];
const wanted = DAYS.map((day) => EXPECTED.get(day) ?? day);

test('days keep their date', () => {
  resetSpans();
  const values = span(new Uint8Array(Int32Array.from(DAYS).buffer));
  kernel('rebaseDays')(values.at, DAYS.length, values.at);
  const found = u32At(values.at, DAYS.length).map((day) => day | 0);
  const wrong = wanted.findIndex((day, i) => found[i] !== day);
  assert.is(wrong, -1, `day ${DAYS[wrong]}: ${found[wrong]}`);
});

test('microseconds keep date and time of day', () => {
  const times = [0n, 1n, DAY_MICROS - 1n];
  for (const time of times) {
    resetSpans();
    const micros = BigInt64Array.from(DAYS, (day) => BigInt(day) * DAY_MICROS + time);
    const values = span(new Uint8Array(micros.buffer));
    kernel('rebaseMicros')(values.at, DAYS.length, values.at);
    const found = i64At(values.at, DAYS.length).map(String);
    const wrong = wanted.findIndex((day, i) => found[i] !== String(BigInt(day) * DAY_MICROS + time));
    assert.is(wrong, -1, `day ${DAYS[wrong]}: ${found[wrong]}`);
  }
});

test('what is before a day is refused', () => {
  resetSpans();
  const days = span(new Uint8Array(Int32Array.of(5, FIRST, 7).buffer));
  assert.is(kernel('refuseDays')(days.at, 3, FIRST, days.at), 0);
  assert.is(kernel('refuseDays')(days.at, 3, FIRST + 1, days.at), -1);
  assert.is(kernel('refuseDays')(days.at, 0, FIRST + 1, days.at), 0);
  const micros = span(new Uint8Array(BigInt64Array.of(5n, BigInt(FIRST) * DAY_MICROS).buffer));
  assert.is(kernel('refuseMicros')(micros.at, 2, FIRST, micros.at), 0);
  assert.is(kernel('refuseMicros')(micros.at, 2, FIRST + 1, micros.at), -1);
});

test.run();
