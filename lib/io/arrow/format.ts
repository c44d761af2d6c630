import { QueryError } from '../../core/errors.js';
import { field, schema as schemaOf, type DataType, type Field, type Schema } from '../../core/types/data-type.js';
import type { FileFacts } from '../files.js';
import { mergeSchemas } from '../merge-schemas.js';
import type { FileFormat, InspectRequest, InspectedFiles } from '../source.js';
import { isUnreadable, typeOfField } from './column-types.js';
import { unreadableArrow } from './errors.js';
import { openArrow, type ArrowFile } from './file.js';
import { ArrowSource } from './source.js';
import { splitArrow } from './splits.js';

/** What travels to the tasks: what the files say themselves, every thread reads in their metadata. */
export interface ArrowDetail {
  readonly files: readonly FileFacts[];
  readonly columns: readonly { readonly name: string; readonly type: DataType }[];
}

/** Looks at the first file's schema. @throws DataError, QueryError. */
function inspectArrow({ files, paths, options, schema, mergeSchema, at }: InspectRequest): InspectedFiles {
  for (const name of options.keys()) {
    if (name.toLowerCase() === 'mergeschema') continue;
    throw new QueryError({
      code: 'INVALID_OPTION',
      message: `Reading Arrow has no option "${name}". Options: mergeSchema.`,
      ...(at === undefined ? {} : { at }),
    });
  }
  const first = openArrow(files[0]!);
  const found =
    schema ??
    (mergeSchema
      ? mergeSchemas(files.map((file) => ({ path: file.path, schema: fileSchema(openArrow(file)) })))
      : fileSchema(first));
  return {
    format: 'arrow',
    schema: found,
    description: `arrow ${paths.join(', ')}${files.length > 1 ? ` (${files.length} files)` : ''}`,
    totalBytes: files.reduce((sum, { size }) => sum + size, 0),
    hidden: [],
    ...(files.length === 1 ? { rowCount: first.rows } : {}),
    detail: { files, columns: found.fields.map(({ name, type }) => ({ name, type })) } satisfies ArrowDetail,
  };
}

/** A file's columns. @throws DataError where one cannot be read. */
export function fileSchema({ schema, facts }: ArrowFile): Schema {
  const fields: Field[] = schema.fields.map((of) => {
    const type = typeOfField(of);
    if (isUnreadable(type)) throw unreadableArrow(facts.path, of.name, type.reason);
    return field(of.name, type, of.nullable);
  });
  return schemaOf(fields);
}

/** Arrow IPC files and streams. */
export const ARROW: FileFormat = {
  name: 'arrow',
  tellsRows: true,
  inspect: inspectArrow,
  merge: {
    kinds: (request) => ({
      kinds: request.files.map((file) => JSON.stringify(fileSchema(openArrow(file)))),
      request,
    }),
  },
  splits: ({ detail }, request) => splitArrow((detail as ArrowDetail).files, request),
  open: (context, { detail }) => new ArrowSource(context, detail as ArrowDetail),
  facts: ({ detail }, _columns, only) => {
    const { files } = detail as ArrowDetail;
    const numbers = only ?? [...files.keys()];
    return { rows: numbers.reduce((sum, i) => sum + openArrow(files[i]!).rows, 0), columns: new Map() };
  },
};
