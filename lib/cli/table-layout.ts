import { textWidth } from './text.js';

/** The columns of a table that are shown, by their place, and how wide each is. */
export interface TableLayout {
  /** Places of the shown columns, with `hidden` where those in the middle were left out. */
  readonly shown: readonly (number | 'hidden')[];
  /** Widths of the shown columns, without the space beside them. */
  readonly widths: readonly number[];
}

/** No cell is wider, however wide the terminal: a longer text is read in another format. */
export const CELL_WIDTH_MAX = 256;
/** A column is not shrunk below this as long as hiding others helps. */
const CELL_WIDTH_MIN = 8;
/** A border and a space on both sides. */
const BESIDE = 3;
const HIDDEN_WIDTH = 1;

/** The width that every column would like. */
export function naturalWidths(headers: readonly (readonly string[])[], rows: readonly (readonly string[])[]): number[] {
  return headers.map((lines, c) => {
    let width = 1;
    for (const line of lines) width = Math.max(width, textWidth(line));
    for (const row of rows) width = Math.max(width, textWidth(row[c]!));
    return Math.min(width, CELL_WIDTH_MAX);
  });
}

/** Fits columns into a total width: first the widest shrink, then columns in the middle go. */
export function layoutTable(natural: readonly number[], totalWidth: number): TableLayout {
  const count = natural.length;
  const smallest = natural.map((width) => Math.min(width, CELL_WIDTH_MIN));
  for (let kept = count; kept > 1; kept--) {
    const places = middleOut(count, kept);
    const hidden = kept < count ? HIDDEN_WIDTH + BESIDE : 0;
    const room = totalWidth - 1 - kept * BESIDE - hidden;
    if (sum(places.map((c) => smallest[c]!)) > room) continue;
    return withHidden(
      places,
      shrink(
        places.map((c) => natural[c]!),
        room,
      ),
      count,
    );
  }
  const room = totalWidth - 1 - BESIDE - (count > 1 ? HIDDEN_WIDTH + BESIDE : 0);
  return withHidden(
    count === 0 ? [] : [0],
    natural.slice(0, 1).map((width) => Math.max(1, Math.min(width, room))),
    count,
  );
}

/** The first and last places when `kept` of `count` stay. */
function middleOut(count: number, kept: number): number[] {
  const left = Math.ceil(kept / 2);
  return Array.from({ length: kept }, (_, i) => (i < left ? i : count - kept + i));
}

function withHidden(places: readonly number[], widths: readonly number[], count: number): TableLayout {
  if (places.length === count) return { shown: places, widths };
  const left = Math.ceil(places.length / 2);
  return {
    shown: [...places.slice(0, left), 'hidden', ...places.slice(left)],
    widths: [...widths.slice(0, left), HIDDEN_WIDTH, ...widths.slice(left)],
  };
}

/** Cuts the widest down to one common width, so that their sum fits. */
function shrink(widths: readonly number[], room: number): number[] {
  if (sum(widths) <= room) return [...widths];
  let low = 1;
  let high = Math.max(...widths);
  while (low < high) {
    const limit = Math.ceil((low + high) / 2);
    if (sum(widths.map((width) => Math.min(width, limit))) <= room) low = limit;
    else high = limit - 1;
  }
  const result = widths.map((width) => Math.min(width, low));
  // What rounding left over goes to the first columns that were cut.
  let left = room - sum(result);
  for (let c = 0; c < result.length && left > 0; c++) {
    if (result[c]! === widths[c]!) continue;
    result[c]!++;
    left--;
  }
  return result;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
