import { describeFiles } from '../io/index.js';
import { typeName } from '../core/types/data-type.js';

/** How files are written and what is in them, as an inspection found. */
export interface FileDescription {
  /** Lines for people: the format, how many files, a CSV dialect. */
  readonly lines: readonly string[];
  readonly columns: readonly {
    readonly name: string;
    readonly type: string;
    /** Why the type is what it is, where that may surprise. */
    readonly note: string;
  }[];
}

export function describeFile(path: string, format: string | undefined, options: ReadonlyMap<string, string>): FileDescription {
  const { lines, columns } = describeFiles({ paths: [path], options, ...(format === undefined ? {} : { format }) });
  return { lines, columns: columns.map(({ name, type, note }) => ({ name, type: typeName(type), note })) };
}
