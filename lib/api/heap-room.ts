import { ResourceError } from '../core/errors.js';

/** V8 ends the process when its heap is full, and collects garbage most of the time shortly before. */
const FULL = 0.85;
/** The limit counts the young generation, which keeps nothing: 48 MiB in Node 20 and 22, 192 in 24, 96 in 26; nothing else tells. */
const YOUNG_BYTES = (Number.parseInt(process.versions.node, 10) < 23 ? 48 : 192) * 2 ** 20;
/** Of a small heap it is not more than this part. */
const YOUNG_PART = 2 / 3;
/** Bytes of a row's place in an array that grows: the old one and one and a half times as much. */
const PLACE_BYTES = 20;

/** Looks whether the JavaScript heap has room for more of a result. @throws ResourceError if it has none: an error, and not a dead process. */
export function checkHeapRoom(rows: number, totalRows: number): void {
  // Not imported: node:v8 takes a millisecond to load, and short-lived processes rarely come here.
  const { heap_size_limit: limit, used_heap_size: used } = process.getBuiltinModule('node:v8').getHeapStatistics();
  const old = limit - Math.min(YOUNG_BYTES, limit * YOUNG_PART);
  if (used + rows * PLACE_BYTES < old * FULL) return;
  throw new ResourceError({
    code: 'RESULT_TOO_LARGE',
    message: `The result does not fit the JavaScript heap: after ${rows} of ${totalRows} rows, ${Math.round(used / 2 ** 20)} of its ${Math.round(limit / 2 ** 20)} MiB are used. Take the rows one by one with toLocalIterator(), as typed arrays with toColumns(), or write them to files; or raise node's --max-old-space-size.`,
  });
}
