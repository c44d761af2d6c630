import { closeSync, openSync, readSync } from 'node:fs';
import { fileFacts } from '../../lib/io/files.js';
import { openFooter } from '../../lib/io/parquet/footer.js';
import { newPageHeader, readPageHeader } from '../../lib/io/parquet/page-header.js';
import { ThriftReader } from '../../lib/io/parquet/thrift.js';

/** A compressed page of a Parquet file, v1, and the bytes that it becomes. */
export interface Page {
  readonly block: Uint8Array;
  readonly textBytes: number;
}

/** The first pages of a column, dictionaries among them, as they lie in the file, until their text has `bytesMax`. */
export function pagesOf(path: string, column: string, bytesMax: number): Page[] {
  const { metadata, leaves } = openFooter(fileFacts(path));
  const leaf = leaves.findIndex(({ element }) => element.name === column);
  const descriptor = openSync(path, 'r');
  const pages: Page[] = [];
  const header = newPageHeader();
  let bytes = 0;
  for (const { columns } of metadata.groups) {
    const chunk = columns[leaf]!;
    const start = chunk.dictionaryOffset > 0 ? chunk.dictionaryOffset : chunk.dataOffset;
    const all = new Uint8Array(chunk.bytes);
    readSync(descriptor, all, 0, all.length, start);
    for (let at = 0; at < all.length && bytes < bytesMax;) {
      readPageHeader(new ThriftReader(all, at, all.length), header);
      const from = at + header.headerBytes;
      at = from + header.bytes;
      pages.push({ block: all.slice(from, at), textBytes: header.uncompressedBytes });
      bytes += header.uncompressedBytes;
    }
  }
  closeSync(descriptor);
  return pages;
}
