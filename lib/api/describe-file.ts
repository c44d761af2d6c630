import { describeCsv } from '../io/index.js';
import { typeName } from '../core/types/data-type.js';

/** How a file is written and what is in it, as an inspection found. */
export interface FileDescription {
  /** Lines for people. */
  readonly dialect: readonly string[];
  readonly columns: readonly { readonly name: string; readonly type: string; readonly note: string }[];
}

const shown = (text: string): string => (text === '' ? 'none' : text === '\t' ? 'tab' : `'${text}'`);

export function describeFile(path: string): FileDescription {
  const { dialect, header, columns } = describeCsv([path], new Map());
  return {
    dialect: [
      `delimiter ${shown(dialect.sep)}`,
      `quote ${shown(dialect.quote)}`,
      `escape ${shown(dialect.escape)}`,
      `header ${header ? 'yes' : 'no'}`,
    ],
    columns: columns.map(({ name, type, note }) => ({ name, type: typeName(type), note })),
  };
}
