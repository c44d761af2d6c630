import { widerType } from '../../core/types/coercion.js';
import { STRING, field, schema, type DataType, type Schema } from '../../core/types/data-type.js';
import type { FileColumns } from '../merge-schemas.js';
import type { MergeRules } from '../source.js';
import { inspectCsv, readHeader, type CsvDetail } from './inspect.js';

/** CSV files by the names in their headers. */
export const CSV_MERGE: MergeRules = {
  kinds: (request) => {
    const { files, paths, options } = request;
    const { dialect, header } = inspectCsv(files.slice(0, 1), paths, options).detail as CsvDetail;
    if (!header) return { kinds: files.map(() => ''), request };
    const written = new Map([...options, ['header', 'true'], ['sep', dialect.sep]]);
    const kinds = files.map((file) => JSON.stringify(readHeader(file, written).map((text) => text.toLowerCase())));
    return { kinds, request: { ...request, options: written } };
  },
  schemas: mergedColumns,
  // All values are texts: they are parsed as what they are to be.
  retyped: (source, types) => ({ ...source, detail: { ...(source.detail as CsvDetail), types } }),
};

/** Types that do not meet become string, which every text is. */
function mergedColumns(files: readonly FileColumns[]): Schema {
  const types = new Map<string, { readonly name: string; readonly type: DataType }>();
  for (const { schema: own } of files) {
    for (const { name, type } of own.fields) {
      const key = name.toLowerCase();
      const known = types.get(key);
      types.set(key, known === undefined ? { name, type } : { name: known.name, type: textType(known.type, type) });
    }
  }
  return schema([...types.values()].map(({ name, type }) => field(name, type)));
}

/** Strings meet numbers as strings here, not as numbers. */
function textType(a: DataType, b: DataType): DataType {
  return a.kind === 'string' || b.kind === 'string' ? STRING : (widerType(a, b) ?? STRING);
}
