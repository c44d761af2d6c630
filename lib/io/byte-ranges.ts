import type { FileFacts } from './files.js';
import { codecOf, type Compression } from './compression/codec.js';
import type { ScanSplit } from './source.js';

/** Bytes of a partition, about. */
export const PARTITION_BYTES = 128 * 1024 * 1024;

/**
 * Files cut into tasks: [file, first byte, end byte, bytes of a full range]. A row belongs to the range that its first byte is in. Small files share a partition, large
 * ones are cut into several.
 */
export function splitByBytes(
  files: readonly FileFacts[],
  compression: Compression,
  rangeBytes: number,
  only?: readonly number[],
): ScanSplit[] {
  const splits: ScanSplit[] = [];
  let partition = 0;
  let filled = 0;
  for (const file of only ?? files.keys()) {
    const { size, path } = files[file]!;
    // What is compressed can only be read from its beginning.
    const step = codecOf(path, compression) === undefined ? rangeBytes : size;
    for (let start = 0; start < size; start += step) {
      const end = Math.min(size, start + step);
      if (filled > 0 && filled + (end - start) > PARTITION_BYTES) {
        partition++;
        filled = 0;
      }
      filled += end - start;
      splits.push({ partition, split: [file, start, end, rangeBytes] });
    }
  }
  return splits;
}

/** Files that one task each reads from the beginning to the end, in pieces of `pieceBytes`. */
export function splitByFiles(
  files: readonly FileFacts[],
  pieceBytes: number,
  only?: readonly number[],
  countsEmpty = false,
): ScanSplit[] {
  const splits: ScanSplit[] = [];
  let partition = 0;
  let filled = 0;
  for (const file of only ?? files.keys()) {
    const { size } = files[file]!;
    if (size === 0 && !countsEmpty) continue;
    if (filled > 0 && filled + size > PARTITION_BYTES) {
      partition++;
      filled = 0;
    }
    filled += size;
    splits.push({ partition, split: [file, 0, size, pieceBytes] });
  }
  return splits;
}
