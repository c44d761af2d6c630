import { VIEW_BYTES, VIEW_INLINE_MAX, VIEW_PREFIX, VIEW_REF } from '../../memory/layout.js';
import type { MemoryViews } from '../../memory/memory-access.js';

/** Months, days and milliseconds, unsigned 32-bit numbers. */
const INTERVAL_BYTES = 12;
/** `P` and three numbers with their units. */
const TEXT_BYTES_MAX = 48;

/**
 * Parquet's intervals as texts of ISO 8601 (`P1Y2M3DT4.5S`): months, days and milliseconds are no interval of one unit, and quern has only those.
 */
export function writeIntervals(
  views: MemoryViews,
  from: number,
  count: number,
  out: number,
  allocate: (bytes: number) => number,
): void {
  const heap = allocate(count * TEXT_BYTES_MAX);
  const { u8, u32 } = views;
  const data = new DataView(u8.buffer);
  for (let i = 0; i < count; i++) {
    const at = from + i * INTERVAL_BYTES;
    const text = intervalText(data.getUint32(at, true), data.getUint32(at + 4, true), data.getUint32(at + 8, true));
    const view = out + i * VIEW_BYTES;
    u8.fill(0, view, view + VIEW_BYTES);
    u32[view >>> 2] = text.length;
    const bytes = text.length <= VIEW_INLINE_MAX ? view + VIEW_PREFIX : heap + i * TEXT_BYTES_MAX;
    for (let k = 0; k < text.length; k++) u8[bytes + k] = text.charCodeAt(k);
    if (text.length <= VIEW_INLINE_MAX) continue;
    for (let k = 0; k < 4; k++) u8[view + VIEW_PREFIX + k] = text.charCodeAt(k);
    u32[(view + VIEW_REF) >>> 2] = bytes;
  }
}

function intervalText(months: number, days: number, millis: number): string {
  const years = Math.floor(months / 12);
  const date = `${years > 0 ? `${years}Y` : ''}${months % 12 > 0 ? `${months % 12}M` : ''}${days > 0 ? `${days}D` : ''}`;
  const time = millis > 0 ? `T${millis / 1000}S` : '';
  return date === '' && time === '' ? 'PT0S' : `P${date}${time}`;
}
