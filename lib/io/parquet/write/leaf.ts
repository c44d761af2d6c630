import { QueryError } from '../../../core/errors.js';
import { physicalTypeOf, type PhysicalType } from '../../../core/types/physical-type.js';
import { typeName, type DataType } from '../../../core/types/data-type.js';
import { ParquetType } from './codes.js';

/** How the values of a leaf column lie before they are encoded, one after the other without gaps for nulls. */
export type LeafKind = 'boolean' | 'int32' | 'int64' | 'float' | 'double' | 'fixed' | 'bytes';

interface LeafKindFacts {
  readonly parquetType: number;
  /** log2 of a value's bytes. */
  readonly shift: number;
  /** Kernel that finds the least and greatest. */
  readonly range: string;
  /** Kernel that turns values into codes, and the number that `buildTable` has for it; none: no dictionary. */
  readonly build?: { readonly kernel: string; readonly table: number };
}

/** Truth values are bytes; `fixed` are i128, `bytes` are views. */
export const LEAF_KINDS: { readonly [K in LeafKind]: LeafKindFacts } = {
  boolean: { parquetType: ParquetType.boolean, shift: 0, range: 'rangeBytes' },
  int32: {
    parquetType: ParquetType.int32,
    shift: 2,
    range: 'rangeI32',
    build: { kernel: 'build4', table: 0 },
  },
  int64: {
    parquetType: ParquetType.int64,
    shift: 3,
    range: 'rangeI64',
    build: { kernel: 'build8', table: 1 },
  },
  float: {
    parquetType: ParquetType.float,
    shift: 2,
    range: 'rangeF32',
    build: { kernel: 'build4', table: 0 },
  },
  double: {
    parquetType: ParquetType.double,
    shift: 3,
    range: 'rangeF64',
    build: { kernel: 'build8', table: 1 },
  },
  fixed: {
    parquetType: ParquetType.fixed,
    shift: 4,
    range: 'rangeI128',
    build: { kernel: 'build16', table: 2 },
  },
  bytes: {
    parquetType: ParquetType.byteArray,
    shift: 4,
    range: 'rangeViews',
    build: { kernel: 'buildViews', table: 3 },
  },
};

/** A leaf of the schema: a column of the file. */
export interface Leaf {
  readonly path: readonly string[];
  readonly type: DataType;
  readonly physical: PhysicalType;
  readonly kind: LeafKind;
  /** Bytes of a `fixed` value in the file. */
  readonly fixedBytes: number;
  /** Kernel that brings values of the physical type to the leaf's kind, where that is needed. */
  readonly convert: 'narrowI64' | 'narrowF64' | undefined;
  /** Strings, whose limits must stay text when they are cut. */
  readonly isText: boolean;
  readonly maxDefinition: number;
  readonly maxRepetition: number;
}

/** Decimals of so many digits are int32. */
const MAX_I32_PRECISION = 9;

export function makeLeaf(path: readonly string[], type: DataType, maxDefinition: number, maxRepetition: number): Leaf {
  const kind = leafKind(path, type);
  const physical = physicalTypeOf(type);
  return Object.freeze({
    path: Object.freeze([...path]),
    type,
    physical,
    kind,
    fixedBytes: type.kind === 'decimal' && kind === 'fixed' ? decimalBytes(type.precision) : 0,
    convert: kind === 'float' ? 'narrowF64' : kind === 'int32' && physical === 'i64' ? 'narrowI64' : undefined,
    isText: type.kind === 'string',
    maxDefinition,
    maxRepetition,
  });
}

function leafKind(path: readonly string[], type: DataType): LeafKind {
  switch (type.kind) {
    case 'boolean':
      return 'boolean';
    case 'null':
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'date':
      return 'int32';
    case 'bigint':
    case 'timestamp':
    case 'timestamp_ntz':
      return 'int64';
    case 'float':
      return 'float';
    case 'double':
      return 'double';
    case 'decimal':
      return type.precision <= MAX_I32_PRECISION ? 'int32' : physicalTypeOf(type) === 'i64' ? 'int64' : 'fixed';
    case 'string':
    case 'binary':
      return 'bytes';
    default:
      throw new QueryError({
        code: 'UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE',
        message:
          `Column "${path.join('.')}" has type ${typeName(type)}, which Parquet files cannot hold; ` +
          `cast it to another type, for example with cast(… AS string).`,
        column: path.join('.'),
      });
  }
}

/** The fewest bytes that hold every decimal of so many digits. */
function decimalBytes(precision: number): number {
  let bytes = 1;
  while (2n ** BigInt(8 * bytes - 1) < 10n ** BigInt(precision)) bytes++;
  return bytes;
}
