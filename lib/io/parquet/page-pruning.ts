import type { FileSource } from '../byte-source.js';
import { boundOf } from './comparable.js';
import { offsetIndexOf } from './offset-index.js';
import type { Conversion } from './column-types.js';
import { damagedFile, readingFile } from './errors.js';
import { readExactly, type ParquetFile } from './footer.js';
import type { ColumnChunk, SchemaElement } from './metadata.js';
import { readColumnIndex, type ColumnIndex, type OffsetIndex } from './page-index.js';
import { canBeNaN, mayPass, type PreparedTest, type ValueRange } from './statistics.js';

/** Rows of a row group, from..to, ascending and apart. */
export interface RowRange {
  readonly from: number;
  readonly to: number;
}

/** Rows in pages of which the page index says that some may pass the test; undefined where the file has no index of the column. */
export function indexedRows(
  file: ParquetFile,
  open: FileSource,
  chunk: ColumnChunk,
  rows: number,
  element: SchemaElement,
  conversion: Conversion,
  test: PreparedTest,
): { readonly ranges: RowRange[]; readonly skipped: number } | undefined {
  const offsets = offsetIndexOf(file, open, chunk, rows);
  if (offsets === undefined || offsets.offsets.length < 2) return undefined;
  const index = columnIndexOf(file, open, chunk, offsets);
  if (index === undefined) return undefined;
  const known = (index.ranges ??= pageRanges(index, offsets, rows, element, conversion));
  const hasNaN = canBeNaN(element);
  const ranges: RowRange[] = [];
  let skipped = 0;
  offsets.firstRows.forEach((from, page) => {
    const to = offsets.firstRows[page + 1] ?? rows;
    if (!mayPass(test, known[page]!, hasNaN)) {
      skipped++;
      return;
    }
    const last = ranges.at(-1);
    if (last?.to === from) ranges[ranges.length - 1] = { from: last.from, to };
    else ranges.push({ from, to });
  });
  return { ranges, skipped };
}

function pageRanges(
  index: ColumnIndex,
  { firstRows }: OffsetIndex,
  rows: number,
  element: SchemaElement,
  conversion: Conversion,
): readonly ValueRange[] {
  return index.nullPages.map((isNull, page) => {
    const pageRows = (firstRows[page + 1] ?? rows) - firstRows[page]!;
    if (isNull) return { nulls: pageRows, rows: pageRows };
    return {
      min: boundOf(index.bytes, index.minAt[page]!, index.minLength[page]!, element, conversion),
      max: boundOf(index.bytes, index.maxAt[page]!, index.maxLength[page]!, element, conversion),
      nulls: index.nulls?.[page] ?? -1,
      rows: pageRows,
    };
  });
}

function columnIndexOf(file: ParquetFile, open: FileSource, chunk: ColumnChunk, offsets: OffsetIndex): ColumnIndex | undefined {
  const { columnIndexOffset: offset, columnIndexLength: length } = chunk;
  if (offset <= 0 || length <= 0) return undefined;
  const { path } = file.facts;
  if (offset + length > file.footerOffset)
    throw damagedFile(path, offset, `a column index of ${length} bytes does not lie before the footer`);
  return file.indexes.get(offset, () => {
    const bytes = readExactly(open, path, offset, length);
    return readingFile(path, offset, () => readColumnIndex(bytes, offsets.offsets.length));
  });
}

/** Rows that are in both. */
export function intersect(a: readonly RowRange[], b: readonly RowRange[]): RowRange[] {
  const both: RowRange[] = [];
  for (let i = 0, k = 0; i < a.length && k < b.length;) {
    const [x, y] = [a[i]!, b[k]!];
    const from = Math.max(x.from, y.from);
    const to = Math.min(x.to, y.to);
    if (from < to) both.push({ from, to });
    if (x.to < y.to) i++;
    else k++;
  }
  return both;
}
