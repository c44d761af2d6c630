import type { FileSource } from '../byte-source.js';
import { damagedFile, readingFile } from './errors.js';
import { readExactly, type ParquetFile } from './footer.js';
import type { ColumnChunk } from './metadata.js';
import { readOffsetIndex, type OffsetIndex } from './page-index.js';

/** The number of the page that has a row. */
export function pageOf({ firstRows }: OffsetIndex, row: number): number {
  let [low, high] = [0, firstRows.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (firstRows[middle]! <= row) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** A chunk's offset index, if the file has one. @throws DataError. */
export function offsetIndexOf(file: ParquetFile, open: FileSource, chunk: ColumnChunk, rows: number): OffsetIndex | undefined {
  const { offsetIndexOffset: offset, offsetIndexLength: length } = chunk;
  if (offset <= 0 || length <= 0) return undefined;
  if (offset + length > file.footerOffset)
    throw damagedFile(open.file.path, offset, `a page index of ${length} bytes does not lie before the footer`);
  return file.indexes.get(offset, () => {
    const bytes = readExactly(open, open.file.path, offset, length);
    return readingFile(open.file.path, offset, () => readOffsetIndex(bytes, rows));
  });
}
