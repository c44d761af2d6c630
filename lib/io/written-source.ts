import type { FileFacts } from './files.js';
import { knownFormat } from './formats.js';
import { manyFiles, withFileColumns, type ManyFiles } from './many-files.js';
import type { InspectedFiles } from './source.js';

/**
 * A source of files that were all written for the same columns, at least one, and which partition of the rows each one is. Its types are the files', which tell fewer (of an interval
 * not its fields): whoever wrote them knows what the values are.
 */
export function writtenSource(format: string, files: readonly FileFacts[], partitionOf: readonly number[]): InspectedFiles {
  const reader = knownFormat(format);
  const request = { paths: files.map(({ path }) => path), options: new Map<string, string>(), files, mergeSchema: false };
  const source = withFileColumns(reader.inspect(request), reader, files, [], `cached ${format} (${files.length} files)`);
  return Object.freeze({ ...source, detail: { ...manyFiles(source), partitionOf } satisfies ManyFiles });
}
