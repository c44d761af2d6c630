import { QueryError } from '../../core/errors.js';
import { field, schema as schemaOf, type DataType, type Field, type Schema } from '../../core/types/data-type.js';
import type { FileFacts } from '../files.js';
import type { InspectRequest, InspectedFiles } from '../source.js';
import { oneOf, type OptionReader } from '../option-readers.js';
import { isUnreadable, nodeType } from './column-types.js';
import { unreadableColumn } from './errors.js';
import { openFooter, type ParquetFile } from './footer.js';
import { CALENDAR_DEFAULTS, CALENDAR_MODES, type CalendarMode, type CalendarModes } from './legacy-calendar.js';
import { REPETITION } from './metadata.js';
import type { SchemaNode } from './schema.js';

/** A column of a read: where it lies in the files' schemas, and what it is. */
export interface ParquetColumn {
  readonly path: readonly string[];
  readonly type: DataType;
  /** Of dates and times where the options say something else than the defaults. */
  readonly calendar?: CalendarModes;
}

/** What travels to the tasks: what the files say themselves, every thread reads in their footers. */
export interface ParquetDetail {
  readonly files: readonly FileFacts[];
  /** The schema's, then the hidden ones. */
  readonly columns: readonly ParquetColumn[];
}

/** Options that Spark's reader has, by lower-case name; the first two change nothing that is done here. */
const OPTIONS: ReadonlyMap<string, OptionReader<CalendarModes>> = new Map<string, OptionReader<CalendarModes>>([
  ['mergeschema', () => ({})],
  ['compression', () => ({})],
  ['datetimerebasemode', oneOf<CalendarModes, CalendarMode>(CALENDAR_MODES, (datetime) => ({ datetime }))],
  ['int96rebasemode', oneOf<CalendarModes, CalendarMode>(CALENDAR_MODES, (int96) => ({ int96 }))],
]);

/** Looks at the first file's footer. @throws DataError, QueryError. */
export function inspectParquet({ files, paths, options, schema, at }: InspectRequest): InspectedFiles {
  let calendar: CalendarModes = CALENDAR_DEFAULTS;
  for (const [name, value] of options) {
    const read = OPTIONS.get(name.toLowerCase());
    if (read !== undefined) {
      calendar = { ...calendar, ...read(value, name) };
      continue;
    }
    throw new QueryError({
      code: 'INVALID_OPTION',
      message: `Parquet has no option "${name}". Options: mergeSchema, datetimeRebaseMode, int96RebaseMode.`,
      ...(at === undefined ? {} : { at }),
    });
  }
  const first = openFooter(files[0]!);
  const found = schema ?? fileSchema(first);
  const hidden = hiddenColumns(first.root, schema === undefined);
  const columns: ParquetColumn[] = found.fields.map(({ name, type }) => ({ path: [name], type }));
  const own = calendar === CALENDAR_DEFAULTS ? {} : { calendar };
  const all = [...columns, ...hidden].map(({ path, type }) => ({ path, type, ...own }));
  return {
    format: 'parquet',
    schema: found,
    description: `parquet ${paths.join(', ')}${files.length > 1 ? ` (${files.length} files)` : ''}`,
    totalBytes: files.reduce((sum, { size }) => sum + size, 0),
    hidden,
    ...(files.length === 1 ? { rowCount: first.metadata.rows } : {}),
    detail: { files, columns: all } satisfies ParquetDetail,
  };
}

/** A file's columns. @throws DataError where one cannot be read. */
export function fileSchema({ root, facts }: ParquetFile): Schema {
  const fields: Field[] = root.children.map((node) => {
    const type = nodeType(node);
    if (isUnreadable(type)) throw unreadableColumn(facts.path, node.name, type.reason);
    return field(node.name, type, node.element.repetition === REPETITION.optional);
  });
  return schemaOf(fields);
}

/** Leaves of structs, for who asks for a field of a field: they are read without the rest. */
function hiddenColumns(root: SchemaNode, isOwnSchema: boolean): { path: string[]; type: DataType; nullable: boolean }[] {
  const found: { path: string[]; type: DataType; nullable: boolean }[] = [];
  const visit = (node: SchemaNode, path: string[], nullable: boolean): void => {
    const type = nodeType(node);
    if (isUnreadable(type) || node.element.repetition === REPETITION.repeated) return;
    const isNull = nullable || node.element.repetition === REPETITION.optional;
    if (type.kind === 'struct') for (const child of node.children) visit(child, [...path, child.name], isNull);
    else if (node.leaf !== -1 && path.length > 1) found.push({ path, type, nullable: isNull });
  };
  if (isOwnSchema) for (const node of root.children) visit(node, [node.name], false);
  return found;
}
