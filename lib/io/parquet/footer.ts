import { FileSource, type ByteSource } from '../byte-source.js';
import { Damage } from '../damage.js';
import { fileChanged } from '../errors.js';
import { FileCache } from '../file-cache.js';
import type { FileFacts } from '../files.js';
import { damagedFile, encryptedFile, notParquet, readingFile } from './errors.js';
import { readMetadata, type FileMetadata } from './metadata.js';
import { leavesOf, schemaTree, type SchemaNode } from './schema.js';
import { PageIndexes } from './page-index.js';

/** `PAR1`, and `PARE` of files with encrypted footers, as they lie at a file's end. */
const MAGIC = 0x31524150;
const MAGIC_ENCRYPTED = 0x45524150;
/** The footer's length and the magic. */
const TAIL_BYTES = 8;
const HEAD_BYTES = 4;
/** Most footers are shorter: read with the tail at once. */
const FOOTER_GUESS = 64 * 1024;

/** What a thread knows of a file. */
export interface ParquetFile {
  readonly facts: FileFacts;
  readonly metadata: FileMetadata;
  readonly root: SchemaNode;
  /** By leaf number. */
  readonly leaves: readonly SchemaNode[];
  /** Where the footer begins: what lies before it is data. */
  readonly footerOffset: number;
  /** Page indexes that were looked at. */
  readonly indexes: PageIndexes;
}

const cache = new FileCache(
  readFooter,
  ({ metadata }) => metadata.bytes.length,
  ({ indexes }) => indexes.forget(),
);

/** The footer of a file, kept by this thread while the file has the same size and time. @throws DataError. */
export function openFooter(facts: FileFacts): ParquetFile {
  return cache.get(facts);
}

function readFooter(facts: FileFacts): ParquetFile {
  const { path, size } = facts;
  if (size < HEAD_BYTES + TAIL_BYTES)
    throw notParquet(path, size === 0 ? 'it is empty' : `it has ${size} bytes, fewer than the smallest one`);
  const source = new FileSource(facts);
  try {
    const tail = readExactly(source, path, Math.max(0, size - FOOTER_GUESS), Math.min(size, FOOTER_GUESS));
    const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
    const magic = view.getUint32(tail.length - 4, true);
    if (magic === MAGIC_ENCRYPTED) throw encryptedFile(path, 'its footer is encrypted');
    if (magic !== MAGIC) throw notParquet(path, "its last four bytes are not 'PAR1'");
    const length = view.getUint32(tail.length - TAIL_BYTES, true);
    if (length > size - HEAD_BYTES - TAIL_BYTES)
      throw damagedFile(path, size - TAIL_BYTES, `the footer should have ${length} bytes and the file has ${size}`);
    const offset = size - TAIL_BYTES - length;
    const bytes =
      length + TAIL_BYTES <= tail.length
        ? tail.slice(tail.length - TAIL_BYTES - length, tail.length - TAIL_BYTES)
        : readExactly(source, path, offset, length);
    return readingFile(path, offset, () => {
      const metadata = readMetadata(bytes);
      if (metadata.isEncrypted) throw encryptedFile(path, 'its columns are encrypted');
      checkRows(metadata);
      const root = schemaTree(metadata);
      return { facts, metadata, root, leaves: leavesOf(root), footerOffset: offset, indexes: new PageIndexes() };
    });
  } finally {
    source.close();
  }
}

/** A row has a value, or what stands for none, in each column: where there are fewer, tasks would be planned for rows that are not there. */
function checkRows({ groups }: FileMetadata): void {
  groups.forEach(({ rows, columns }, group) => {
    const short = columns.findIndex(({ values }) => values < rows);
    if (short !== -1)
      throw new Damage(
        0,
        `row group ${group} should have ${rows} rows and its column ${short} has ${columns[short]!.values} values`,
      );
  });
}

/** Bytes of a file that must be there. @throws DataError where the file ends before. */
export function readExactly(source: ByteSource, path: string, position: number, bytes: number): Uint8Array {
  const target = new Uint8Array(bytes);
  if (source.read(position, target) < bytes) throw fileChanged(path);
  return target;
}
