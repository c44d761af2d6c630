// Columns of CSV fields that are numbers, dates, times and booleans: one loop for all, of which each kernel is a copy with its own parsing in it.

import {
  COL_ENDS, COL_FIELD, COL_N, COL_NULLS, COL_NULL_COUNT, COL_POWERS, COL_RETURN, COL_ROWS, COL_SEL, COL_SLOW, COL_STRIDE, COL_VALUES, beginColumn, fieldEntry, isPlain, positionOf,
  startOf, stopOf,
} from './csv-column';
import { BOOLEAN, DATE, TIMESTAMP, fastMoment, slowMoment } from './csv-moments';
import { DECIMAL_LONG, DECIMAL_WIDE, DOUBLE, INT, LONG, fastNumber, slowNumber } from './csv-numbers';

/** Stores what a field says in its usual form; false if it does not. */
// @ts-ignore: decorator
@inline
function fastField(c: usize, kind: u32, values: u32, position: u32, start: u32, stop: u32, powers: u32): bool {
  if (kind < DATE) return fastNumber(c, kind, values, position, start, stop, powers);
  return fastMoment(kind, values, position, start, stop - start);
}

/** One field the slow way; returns 1 if it is null. */
// @ts-ignore: decorator
@inline
function slowField(c: usize, kind: u32, values: u32, position: u32, start: u32, stop: u32): u32 {
  if (kind < DATE) return slowNumber(c, kind, position, start, stop);
  return slowMoment(c, kind, values, position, start, stop);
}

/** What lies below nulls. */
// @ts-ignore: decorator
@inline
export function storeZero(kind: u32, values: u32, position: u32): void {
  if (kind == BOOLEAN) store<u8>(values + position, 0);
  else if (kind == INT || kind == DATE) store<i32>(values + (position << 2), 0);
  else if (kind == DECIMAL_WIDE) v128.store(values + (position << 4), i64x2.splat(0));
  else store<i64>(values + (position << 3), 0);
}

// @ts-ignore: decorator
@inline
function column(c: usize, kind: u32): void {
  beginColumn(c);
  if (isPlain(c)) plainColumn(c, kind);
  else anyColumn(c, kind);
}

/** All rows of a uniform batch: fields lie at fixed distances in the ends. */
// @ts-ignore: decorator
@inline
function plainColumn(c: usize, kind: u32): void {
  const n = load<u32>(c, COL_N);
  const values = load<u32>(c, COL_VALUES);
  const nulls = load<u32>(c, COL_NULLS);
  const powers = load<u32>(c, COL_POWERS);
  const step = load<u32>(c, COL_STRIDE) << 2;
  let entry = load<u32>(c, COL_ENDS) + (load<u32>(c, COL_FIELD) << 2) - 4;
  let nullCount: u32 = 0;
  for (let position: u32 = 0; position < n; position++) {
    const start = load<u32>(entry) + 1;
    const stop = load<u32>(entry, 4);
    entry += step;
    let isNull: u32 = 0;
    if (!fastField(c, kind, values, position, start, stop, powers)) {
      isNull = start == stop ? 1 : slowField(c, kind, values, position, start, stop);
      if (isNull != 0) {
        nullCount++;
        storeZero(kind, values, position);
      }
    }
    store<u8>(nulls + position, <u8>isNull);
  }
  store<u32>(c, nullCount, COL_NULL_COUNT);
}

// @ts-ignore: decorator
@inline
function anyColumn(c: usize, kind: u32): void {
  const rows = load<u32>(c, COL_ROWS);
  const ends = load<u32>(c, COL_ENDS);
  const field = load<u32>(c, COL_FIELD);
  const stride = load<u32>(c, COL_STRIDE);
  const sel = load<u32>(c, COL_SEL);
  const n = load<u32>(c, COL_N);
  const values = load<u32>(c, COL_VALUES);
  const nulls = load<u32>(c, COL_NULLS);
  const powers = load<u32>(c, COL_POWERS);
  const slow = load<u32>(c, COL_SLOW) != 0;
  const ret = load<u32>(c, COL_RETURN);
  let nullCount: u32 = 0;
  for (let k: u32 = 0; k < n; k++) {
    const position = positionOf(sel, k);
    const entry = fieldEntry(position, field, ends, stride, rows);
    let isNull: u32 = 1;
    if (entry != 0) {
      const start = startOf(entry, position, field, stride, rows);
      const stop = stopOf(entry, start, position, field, stride, rows, ret);
      if (stop != start) {
        isNull = 0;
        if (slow || !fastField(c, kind, values, position, start, stop, powers)) isNull = slowField(c, kind, values, position, start, stop);
      }
    }
    store<u8>(nulls + position, <u8>isNull);
    if (isNull != 0) {
      nullCount++;
      storeZero(kind, values, position);
    }
  }
  store<u32>(c, nullCount, COL_NULL_COUNT);
}

export function csvInt32(c: usize): void {
  column(c, INT);
}

export function csvInt64(c: usize): void {
  column(c, LONG);
}

export function csvFloat64(c: usize): void {
  column(c, DOUBLE);
}

export function csvDecimal64(c: usize): void {
  column(c, DECIMAL_LONG);
}

export function csvDecimal128(c: usize): void {
  column(c, DECIMAL_WIDE);
}

export function csvDate(c: usize): void {
  column(c, DATE);
}

export function csvTimestamp(c: usize): void {
  column(c, TIMESTAMP);
}

export function csvBoolean(c: usize): void {
  column(c, BOOLEAN);
}
