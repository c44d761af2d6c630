import type { ParquetMetadata } from '../index.js';
import { byteText, counted } from './text.js';

/** What `quern meta` shows: a row for each column of each row group. */
export const META_SCHEMA =
  'group int, column string, type string, stored string, codec string, encodings string, values bigint, bytes bigint, ratio double, nulls bigint, min string, max string, extras string';

/** Lines above the table. */
export function metaLines({ bytes, footerBytes, rows, createdBy, rowGroups }: ParquetMetadata): readonly string[] {
  const largest = rowGroups.reduce((most, group) => Math.max(most, group.rows), 0);
  return [
    `${byteText(bytes)}, ${byteText(footerBytes)} of them footer`,
    `${counted(rows, 'row')} in ${counted(rowGroups.length, 'row group')}${rowGroups.length > 1 ? ` of at most ${largest}` : ''}`,
    ...(createdBy === '' ? [] : [`written by ${createdBy}`]),
  ];
}

/** Bounds can be as long as values: a table has no room for more. */
const BOUND_CHARACTERS = 40;

const shortened = (text: string): string => (text.length > BOUND_CHARACTERS ? `${text.slice(0, BOUND_CHARACTERS)}…` : text);

export function metaRows({ rowGroups }: ParquetMetadata): Record<string, unknown>[] {
  return rowGroups.flatMap(({ columns }, group) =>
    columns.map((chunk) => ({
      group,
      column: chunk.name,
      type: chunk.type ?? null,
      stored: chunk.physicalType,
      codec: chunk.codec,
      encodings: chunk.encodings.join(' '),
      values: chunk.values,
      bytes: chunk.bytes,
      ratio: chunk.bytes === 0 ? null : Math.round((chunk.uncompressedBytes / chunk.bytes) * 100) / 100,
      nulls: chunk.nulls ?? null,
      min: chunk.min === undefined ? null : shortened(chunk.min),
      max: chunk.max === undefined ? null : shortened(chunk.max),
      extras: extrasOf(chunk).join(' '),
    })),
  );
}

function extrasOf(chunk: ParquetMetadata['rowGroups'][number]['columns'][number]): string[] {
  return [
    ...(chunk.hasDictionary ? ['dict'] : []),
    ...(chunk.hasBloomFilter ? ['bloom'] : []),
    ...(chunk.hasPageIndex ? ['index'] : []),
  ];
}
