import { pathToFileURL } from 'node:url';
import type { TestValue } from '../core/types/column-test.js';
import { BIGINT, STRING, TIMESTAMP, type DataType } from '../core/types/data-type.js';
import type { FileFacts } from './files.js';
import type { FileValues } from './file-values.js';

/** The hidden column `_metadata` of files: Spark's fields, of which each file has one value. */

export const METADATA = '_metadata';
/** The field that differs from row to row. */
export const ROW_INDEX = 'row_index';

interface Fact {
  readonly type: DataType;
  of(file: FileFacts): TestValue;
}

const FACTS = {
  // As Spark has it, a URI: spaces and such are escaped.
  file_path: { type: STRING, of: ({ path }) => pathToFileURL(path).href },
  file_name: { type: STRING, of: ({ path }) => path.slice(path.lastIndexOf('/') + 1) },
  file_size: { type: BIGINT, of: ({ size }) => String(size) },
  // A file is one block, whatever the tasks that read it.
  file_block_start: { type: BIGINT, of: () => '0' },
  file_block_length: { type: BIGINT, of: ({ size }) => String(size) },
  file_modification_time: { type: TIMESTAMP, of: ({ modified }) => String(Math.floor(modified) * 1000) },
} as const satisfies Readonly<Record<string, Fact>>;

export type FactName = keyof typeof FACTS;

export const FACT_NAMES = Object.keys(FACTS) as readonly FactName[];

export function factType(name: FactName): DataType {
  return FACTS[name].type;
}

/** A fact of one file. */
export function factOf(name: FactName, file: FileFacts): TestValue {
  return FACTS[name].of(file);
}

/** A fact as a column of all files. */
export function factValues(name: FactName, files: readonly FileFacts[]): FileValues {
  const fact: Fact = FACTS[name];
  return { type: fact.type, values: files.map((file) => fact.of(file)), codes: files.map((_, i) => i) };
}
