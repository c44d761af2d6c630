import { QueryError } from '../../core/errors.js';
import { typeName, type DataType, type Schema } from '../../core/types/data-type.js';

/** @throws QueryError for a column whose type a format of text cannot hold. */
export function checkTypes(format: string, { fields }: Schema, holds: (type: DataType) => boolean, advice: string): void {
  for (const { name, type } of fields) {
    if (holds(type)) continue;
    throw new QueryError({
      code: 'UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE',
      message: `${format} has no form for column "${name}" of type ${typeName(type)}. ${advice}`,
      column: name,
    });
  }
}

export const isFlat = ({ kind }: DataType): boolean => kind !== 'array' && kind !== 'map' && kind !== 'struct';
