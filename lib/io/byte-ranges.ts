import { codecOf, type Compression } from './compression/codec.js';
import type { FileFacts } from './files.js';
import type { ScanSplit } from './source.js';
import { textRanges } from './text-ranges.js';

/** Bytes of a partition, about. */
export const PARTITION_BYTES = 128 * 1024 * 1024;

/**
 * Texts cut into tasks: [file, first byte, end byte, step of TextRanges]. Those that only one task can read end at Infinity, and are read in pieces of as many bytes as the
 * fourth number says.
 */
export function splitByBytes(
  files: readonly FileFacts[],
  compression: Compression,
  rangeBytes: number,
  only?: readonly number[],
): ScanSplit[] {
  const splits = new SplitList();
  for (const file of only ?? files.keys()) {
    const facts = files[file]!;
    // Many compressed files are small: those that are no longer than a range are not opened to find blocks.
    const isSmall = facts.size <= rangeBytes && codecOf(facts.path, compression) !== undefined;
    const ranges = isSmall ? undefined : textRanges(facts, compression, rangeBytes);
    if (ranges === undefined) splits.add(facts.size, [file, 0, Infinity, rangeBytes]);
    else
      for (let byte = 0; byte < ranges.size; byte += ranges.step) {
        const start = ranges.startAt(byte);
        const end = byte + ranges.step < ranges.size ? ranges.startAt(byte + ranges.step) : ranges.size;
        splits.add(end - start, [file, start, end, ranges.step]);
      }
  }
  return splits.list;
}

/** Files that one task each reads from the beginning to the end, in pieces of `pieceBytes`. */
export function splitByFiles(
  files: readonly FileFacts[],
  pieceBytes: number,
  only?: readonly number[],
  countsEmpty = false,
): ScanSplit[] {
  const splits = new SplitList();
  for (const file of only ?? files.keys()) {
    const { size } = files[file]!;
    if (size > 0 || countsEmpty) splits.add(size, [file, 0, Infinity, pieceBytes]);
  }
  return splits.list;
}

/** Small files share a partition, large ones are cut into several. */
class SplitList {
  readonly list: ScanSplit[] = [];
  #partition = 0;
  #filled = 0;

  add(bytes: number, split: readonly number[]): void {
    if (this.#filled > 0 && this.#filled + bytes > PARTITION_BYTES) {
      this.#partition++;
      this.#filled = 0;
    }
    this.#filled += bytes;
    this.list.push({ partition: this.#partition, split });
  }
}
