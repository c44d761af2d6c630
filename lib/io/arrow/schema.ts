import { NESTING_MAX } from '../../core/types/nested.js';
import { Damage } from '../damage.js';
import type { FlatTable } from './flat-table.js';

/** Members of the union of types, by number. */
export const ARROW_TYPE = {
  null: 1, int: 2, float: 3, binary: 4, utf8: 5, bool: 6, decimal: 7, date: 8, time: 9, timestamp: 10, interval: 11, list: 12, struct: 13, union: 14,
  fixedBinary: 15, fixedList: 16, map: 17, duration: 18, largeBinary: 19, largeUtf8: 20, largeList: 21, runEnd: 22, binaryView: 23, utf8View: 24,
  listView: 25, largeListView: 26,
} as const; // prettier-ignore

export type ArrowUnit = 'second' | 'milli' | 'micro' | 'nano';

const UNITS: readonly ArrowUnit[] = ['second', 'milli', 'micro', 'nano'];

/** A type as the file says it. */
export type ArrowType =
  | { readonly kind: 'null' | 'bool' | 'list' | 'largeList' | 'struct' | 'map' }
  | { readonly kind: 'int'; readonly bits: number; readonly signed: boolean }
  | { readonly kind: 'float'; readonly bits: number }
  | { readonly kind: 'bytes'; readonly isText: boolean; readonly layout: 'offsets32' | 'offsets64' | 'views' }
  | { readonly kind: 'fixedBinary'; readonly width: number }
  | { readonly kind: 'fixedList'; readonly size: number }
  | { readonly kind: 'decimal'; readonly bits: number; readonly precision: number; readonly scale: number }
  | { readonly kind: 'date'; readonly isDays: boolean }
  | { readonly kind: 'time'; readonly bits: number; readonly unit: ArrowUnit }
  | { readonly kind: 'timestamp'; readonly unit: ArrowUnit; readonly isUtc: boolean }
  | { readonly kind: 'duration'; readonly unit: ArrowUnit }
  | { readonly kind: 'interval'; readonly unit: 'months' | 'dayTime' | 'monthDayNano' }
  | { readonly kind: 'other'; readonly name: string };

/** A field of the file's schema. */
export interface ArrowField {
  readonly name: string;
  readonly nullable: boolean;
  readonly type: ArrowType;
  readonly children: readonly ArrowField[];
  /** Values are numbers in a dictionary of `type`. */
  readonly dictionary: { readonly id: bigint; readonly bits: number; readonly signed: boolean } | undefined;
  /** Its number among all fields of record batches, children behind their parent; fields of dictionaries' values are not among them. */
  readonly node: number;
}

export interface ArrowSchema {
  readonly fields: readonly ArrowField[];
  /** All that have nodes in record batches, by number. */
  readonly nodes: readonly ArrowField[];
}

/** A map has two levels of fields below it. */
const DEPTH_MAX = 2 * NESTING_MAX + 1;
const FIELDS_MAX = 100_000;

/** Reads a Schema table. @throws Damage. */
export function readSchema(table: FlatTable): ArrowSchema {
  if (table.u16(0) !== 0) throw new Damage(table.at, 'its numbers are big-endian, which is not supported');
  const nodes: ArrowField[] = [];
  let count = 0;
  const visit = (from: FlatTable, depth: number, isCounted: boolean): ArrowField => {
    if (depth > DEPTH_MAX) throw new Damage(from.at, `fields are nested more than ${DEPTH_MAX} deep`);
    if (++count > FIELDS_MAX) throw new Damage(from.at, `the schema has more than ${FIELDS_MAX} fields`);
    const encoding = from.table(4);
    const dictionary = encoding === undefined ? undefined : readEncoding(encoding);
    const node = isCounted ? nodes.length : -1;
    if (isCounted) nodes.push(undefined as never);
    // What a dictionary's values are made of has no place in record batches.
    const children = from.tables(5).map((child) => visit(child, depth + 1, isCounted && dictionary === undefined));
    const field: ArrowField = Object.freeze({
      name: from.text(0) ?? '',
      nullable: from.u8(1) !== 0,
      type: readType(from.u8(2), from.table(3), from.at),
      children: Object.freeze(children),
      dictionary,
      node,
    });
    if (isCounted) nodes[node] = field;
    checkChildren(field, from.at);
    return field;
  };
  const fields = table.tables(1).map((child) => visit(child, 1, true));
  return Object.freeze({ fields, nodes });
}

function readEncoding(encoding: FlatTable): NonNullable<ArrowField['dictionary']> {
  const index = encoding.table(1);
  const bits = index === undefined ? 32 : index.i32(0);
  if (![8, 16, 32, 64].includes(bits)) throw new Damage(encoding.at, `numbers in a dictionary have ${bits} bits`);
  return { id: encoding.i64(0), bits, signed: index === undefined || index.u8(1) !== 0 };
}

const CHILDREN: Readonly<Record<string, number>> = { list: 1, largeList: 1, fixedList: 1, map: 1 };

function checkChildren({ type, children, name }: ArrowField, at: number): void {
  const expected = CHILDREN[type.kind] ?? (type.kind === 'struct' || type.kind === 'other' ? children.length : 0);
  if (children.length !== expected)
    throw new Damage(at, `field "${name}", a ${type.kind}, has ${children.length} fields below it instead of ${expected}`);
  if (type.kind === 'map' && (children[0]!.type.kind !== 'struct' || children[0]!.children.length !== 2))
    throw new Damage(at, `field "${name}", a map, has no pairs of keys and values below it`);
}

function unitOf(value: number, at: number): ArrowUnit {
  const unit = UNITS[value];
  if (unit === undefined) throw new Damage(at, `a unit of time has the number ${value}, which does not exist`);
  return unit;
}

const bytes = (isText: boolean, layout: 'offsets32' | 'offsets64' | 'views'): ArrowType => ({ kind: 'bytes', isText, layout });
const other = (name: string): ArrowType => ({ kind: 'other', name });

function readType(tag: number, table: FlatTable | undefined, at: number): ArrowType {
  if (table === undefined) throw new Damage(at, 'a field has no type');
  switch (tag) {
    case ARROW_TYPE.null:
      return { kind: 'null' };
    case ARROW_TYPE.int:
      return { kind: 'int', bits: table.i32(0), signed: table.u8(1) !== 0 };
    case ARROW_TYPE.float:
      return { kind: 'float', bits: 16 << table.u16(0) };
    case ARROW_TYPE.binary:
      return bytes(false, 'offsets32');
    case ARROW_TYPE.utf8:
      return bytes(true, 'offsets32');
    case ARROW_TYPE.bool:
      return { kind: 'bool' };
    case ARROW_TYPE.decimal:
      return { kind: 'decimal', precision: table.i32(0), scale: table.i32(1), bits: table.i32(2, 128) };
    case ARROW_TYPE.date:
      return { kind: 'date', isDays: table.u16(0, 1) === 0 };
    case ARROW_TYPE.time:
      return { kind: 'time', unit: unitOf(table.u16(0, 1), at), bits: table.i32(1, 32) };
    case ARROW_TYPE.timestamp:
      return { kind: 'timestamp', unit: unitOf(table.u16(0), at), isUtc: (table.text(1) ?? '') !== '' };
    case ARROW_TYPE.interval:
      return intervalType(table.u16(0), at);
    case ARROW_TYPE.list:
      return { kind: 'list' };
    case ARROW_TYPE.struct:
      return { kind: 'struct' };
    case ARROW_TYPE.union:
      return other('a union');
    case ARROW_TYPE.fixedBinary:
      return { kind: 'fixedBinary', width: notNegative(table.i32(0), at) };
    case ARROW_TYPE.fixedList:
      return { kind: 'fixedList', size: notNegative(table.i32(0), at) };
    case ARROW_TYPE.map:
      return { kind: 'map' };
    case ARROW_TYPE.duration:
      return { kind: 'duration', unit: unitOf(table.u16(0, 1), at) };
    case ARROW_TYPE.largeBinary:
      return bytes(false, 'offsets64');
    case ARROW_TYPE.largeUtf8:
      return bytes(true, 'offsets64');
    case ARROW_TYPE.largeList:
      return { kind: 'largeList' };
    case ARROW_TYPE.runEnd:
      return other('run-end encoded');
    case ARROW_TYPE.binaryView:
      return bytes(false, 'views');
    case ARROW_TYPE.utf8View:
      return bytes(true, 'views');
    case ARROW_TYPE.listView:
    case ARROW_TYPE.largeListView:
      return other('a list of views');
    default:
      throw new Damage(at, `a type has the number ${tag}, which does not exist`);
  }
}

function intervalType(unit: number, at: number): ArrowType {
  const known = (['months', 'dayTime', 'monthDayNano'] as const)[unit];
  if (known === undefined) throw new Damage(at, `a unit of intervals has the number ${unit}, which does not exist`);
  return { kind: 'interval', unit: known };
}

function notNegative(value: number, at: number): number {
  if (value < 0) throw new Damage(at, `a width is ${value}`);
  return value;
}
