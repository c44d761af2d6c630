import {
  BIGINT,
  BINARY,
  BOOLEAN,
  DATE,
  DOUBLE,
  FLOAT,
  INT,
  MAX_DECIMAL_PRECISION,
  NULL,
  SMALLINT,
  STRING,
  TIMESTAMP,
  TIMESTAMP_NTZ,
  TINYINT,
  array,
  decimal,
  field,
  map,
  struct,
  type DataType,
  type Field,
} from '../../core/types/data-type.js';
import { physicalTypeOf } from '../../core/types/physical-type.js';
import { PHYSICAL, REPETITION, type SchemaElement } from './metadata.js';
import type { SchemaNode } from './schema.js';

/**
 * What is done to a leaf's values, as the encodings yield them, to make them quern's. `as_is`: they are. `widen`: int32 to bigint, signed or not; `times`, `over`: units of
 * time to microseconds; `decimal`: big-endian bytes; `views`: bytes of a fixed width.
 */
export type Conversion =
  | 'as_is'
  | 'widen'
  | 'widen_unsigned'
  | 'widen_times_1000'
  | 'times_1000'
  | 'over_1000'
  | 'unsigned_64'
  | 'float'
  | 'float16'
  | 'int96'
  | 'decimal'
  | 'uuid'
  | 'interval'
  | 'views'
  | 'nothing';

/** A leaf as quern sees it. */
export interface LeafType {
  readonly type: DataType;
  readonly conversion: Conversion;
}

/** A leaf that cannot be read, and why. */
export interface UnreadableLeaf {
  readonly reason: string;
}

const as = (type: DataType, conversion: Conversion = 'as_is'): LeafType => ({ type, conversion });
const refused = (reason: string): UnreadableLeaf => ({ reason });

/** The type of a leaf's values. */
export function leafType(element: SchemaElement): LeafType | UnreadableLeaf {
  const { logical } = element;
  if (logical?.kind === 'null') return as(NULL, 'nothing');
  if (logical?.kind === 'decimal') return decimalLeaf(element, logical.precision, logical.scale);
  switch (element.type) {
    case PHYSICAL.boolean:
      return as(BOOLEAN);
    case PHYSICAL.int32:
      return int32Leaf(element);
    case PHYSICAL.int64:
      return int64Leaf(element);
    case PHYSICAL.int96:
      return as(TIMESTAMP, 'int96');
    case PHYSICAL.float:
      return as(FLOAT, 'float');
    case PHYSICAL.double:
      return as(DOUBLE);
    case PHYSICAL.byteArray:
      return as(logical?.kind === 'string' || logical?.kind === 'enum' || logical?.kind === 'json' ? STRING : BINARY);
    case PHYSICAL.fixed:
      return fixedLeaf(element);
    default:
      return refused(`its physical type has the number ${element.type}, which does not exist`);
  }
}

function int32Leaf({ logical }: SchemaElement): LeafType {
  if (logical?.kind === 'date') return as(DATE);
  if (logical?.kind === 'time') return as(BIGINT, 'widen_times_1000');
  if (logical?.kind !== 'integer') return as(INT);
  if (logical.isSigned) return as(logical.bits === 8 ? TINYINT : logical.bits === 16 ? SMALLINT : INT);
  return logical.bits === 8 ? as(SMALLINT) : logical.bits === 16 ? as(INT) : as(BIGINT, 'widen_unsigned');
}

function int64Leaf({ logical }: SchemaElement): LeafType {
  if (logical?.kind === 'integer' && !logical.isSigned) return as(decimal(20, 0), 'unsigned_64');
  if (logical?.kind !== 'time' && logical?.kind !== 'timestamp') return as(BIGINT);
  const type = logical.kind === 'time' ? BIGINT : logical.isUtc ? TIMESTAMP : TIMESTAMP_NTZ;
  return as(type, logical.unit === 'micros' ? 'as_is' : logical.unit === 'millis' ? 'times_1000' : 'over_1000');
}

function fixedLeaf({ logical, typeLength }: SchemaElement): LeafType | UnreadableLeaf {
  if (typeLength <= 0) return refused(`its values should have ${typeLength} bytes each`);
  if (logical?.kind === 'uuid') return typeLength === 16 ? as(STRING, 'uuid') : refused(`its UUIDs have ${typeLength} bytes`);
  if (logical?.kind === 'float16')
    return typeLength === 2 ? as(FLOAT, 'float16') : refused(`its 16-bit floats have ${typeLength} bytes`);
  if (logical?.kind === 'interval')
    return typeLength === 12 ? as(STRING, 'interval') : refused(`its intervals have ${typeLength} bytes`);
  return as(BINARY, 'views');
}

function decimalLeaf({ type, typeLength }: SchemaElement, precision: number, scale: number): LeafType | UnreadableLeaf {
  if (precision < 1 || scale < 0 || scale > precision)
    return refused(`it is a decimal of ${precision} digits, ${scale} of them behind the point`);
  if (precision > MAX_DECIMAL_PRECISION)
    return refused(`it is a decimal of ${precision} digits, and quern's have at most ${MAX_DECIMAL_PRECISION}`);
  const wanted = decimal(precision, scale);
  switch (type) {
    case PHYSICAL.int32:
      return physicalTypeOf(wanted) === 'i64'
        ? as(wanted, 'widen')
        : refused(`it is a decimal of ${precision} digits in 32 bits`);
    case PHYSICAL.int64:
      return physicalTypeOf(wanted) === 'i64' ? as(wanted) : refused(`it is a decimal of ${precision} digits in 64 bits`);
    case PHYSICAL.fixed:
      return typeLength > 0 ? as(wanted, 'decimal') : refused(`its values should have ${typeLength} bytes each`);
    case PHYSICAL.byteArray:
      return as(wanted, 'decimal');
    default:
      return refused('it is a decimal of a type that has no decimals');
  }
}

/** The type of a place of the schema, nested ones included; what cannot be read is told with where it is. */
export function nodeType(node: SchemaNode): DataType | UnreadableLeaf {
  return node.element.repetition === REPETITION.repeated ? repeatedType(node) : valueType(node);
}

export function isUnreadable(type: DataType | LeafType | UnreadableLeaf): type is UnreadableLeaf {
  return 'reason' in type;
}

/** A repeated place without a list around it is a list of what it is. */
function repeatedType(node: SchemaNode): DataType | UnreadableLeaf {
  const element = valueType(node);
  return isUnreadable(element) ? element : array(element, false);
}

function valueType(node: SchemaNode): DataType | UnreadableLeaf {
  if (node.leaf !== -1) {
    const leaf = leafType(node.element);
    return isUnreadable(leaf) ? leaf : leaf.type;
  }
  const list = listElement(node);
  if (list !== undefined) {
    const element = list.isWrapped ? nodeType(list.node) : valueType(list.node);
    return isUnreadable(element)
      ? element
      : array(element, list.isWrapped && list.node.element.repetition === REPETITION.optional);
  }
  const entries = mapEntries(node);
  if (entries !== undefined) {
    const [key, value] = [nodeType(entries.key), entries.value === undefined ? NULL : nodeType(entries.value)];
    if (isUnreadable(key)) return key;
    return isUnreadable(value) ? value : map(key, value, entries.value?.element.repetition !== REPETITION.required);
  }
  const fields: Field[] = [];
  for (const child of node.children) {
    const type = nodeType(child);
    if (isUnreadable(type)) return { reason: `${child.name}: ${type.reason}` };
    fields.push(field(child.name, type, child.element.repetition !== REPETITION.required));
  }
  return fields.length === 0 ? refused('it is a group without fields') : struct(fields);
}

/**
 * Where the elements of a list are: in a group of three levels, in the one child of the repeated group (`isWrapped`); in lists of two levels, as old writers have them, the
 * repeated place itself. The rules are those of the format's document on logical types.
 */
export function listElement(
  node: SchemaNode,
): { readonly node: SchemaNode; readonly repeated: SchemaNode; readonly isWrapped: boolean } | undefined {
  if (node.element.logical?.kind !== 'list') return undefined;
  const [repeated, ...others] = node.children;
  if (repeated === undefined || others.length > 0 || repeated.element.repetition !== REPETITION.repeated) return undefined;
  const [only] = repeated.children;
  const isElement =
    repeated.leaf !== -1 ||
    repeated.children.length !== 1 ||
    repeated.name === 'array' ||
    repeated.name === `${node.name}_tuple` ||
    repeated.element.logical?.kind === 'list' ||
    repeated.element.logical?.kind === 'map' ||
    only!.element.repetition === REPETITION.repeated;
  return isElement ? { node: repeated, repeated, isWrapped: false } : { node: only!, repeated, isWrapped: true };
}

/** Keys and values of a map: the children of its repeated group. Without values it is a set. */
export function mapEntries(
  node: SchemaNode,
): { readonly repeated: SchemaNode; readonly key: SchemaNode; readonly value: SchemaNode | undefined } | undefined {
  if (node.element.logical?.kind !== 'map') return undefined;
  const [repeated, ...others] = node.children;
  if (repeated === undefined || others.length > 0 || repeated.element.repetition !== REPETITION.repeated) return undefined;
  const [key, value, ...rest] = repeated.children;
  return key === undefined || rest.length > 0 ? undefined : { repeated, key, value };
}
