import {
  BIGINT, BINARY, BOOLEAN, DATE, DAY_TIME_INTERVAL, DOUBLE, FLOAT, INT, MAX_DECIMAL_PRECISION, NULL, SMALLINT, STRING, TIMESTAMP, TIMESTAMP_NTZ, TINYINT,
  YEAR_MONTH_INTERVAL, array, decimal, field, map, struct, type DataType, type Field,
} from '../../core/types/data-type.js'; // prettier-ignore
import { physicalTypeOf } from '../../core/types/physical-type.js';
import type { ArrowField, ArrowType, ArrowUnit } from './schema.js';

/** A kernel of (from, n, …args, to) that makes values those of the engine; −1 where one does not fit. */
export interface Step {
  readonly kernel: string;
  readonly args?: readonly number[];
}

/** Values of a fixed width: how wide they are in the file and what becomes of them. */
export interface FixedType {
  readonly type: DataType;
  readonly width: number;
  readonly steps: readonly Step[];
}

/** A type that cannot be read, and why. */
export interface UnreadableType {
  readonly reason: string;
}

const fixed = (type: DataType, width: number, ...steps: Step[]): FixedType => ({ type, width, steps });
const step = (kernel: string, ...args: number[]): Step => ({ kernel, args });
const refused = (reason: string): UnreadableType => ({ reason });

export function isUnreadable(type: DataType | FixedType | UnreadableType): type is UnreadableType {
  return 'reason' in type;
}

const TO_MICROS: Readonly<Record<ArrowUnit, readonly Step[]>> = {
  second: [step('scaleUp', 1_000_000)],
  milli: [step('scaleUp', 1000)],
  micro: [],
  nano: [step('scaleDown', 1000)],
};

const DAY_MILLIS = 86_400_000;

/** Values that have a fixed width; undefined for those that have not. */
export function fixedType(type: ArrowType): FixedType | UnreadableType | undefined {
  switch (type.kind) {
    case 'int':
      return intType(type.bits, type.signed);
    case 'float':
      if (type.bits === 64) return fixed(DOUBLE, 8);
      if (type.bits === 32) return fixed(FLOAT, 4, step('widenF32'));
      return type.bits === 16
        ? fixed(FLOAT, 2, step('widenF16'))
        : refused('its floating-point numbers have a width that does not exist');
    case 'decimal':
      return decimalType(type);
    case 'date':
      return type.isDays ? fixed(DATE, 4) : fixed(DATE, 8, step('scaleDown', DAY_MILLIS), step('narrowI64'));
    case 'time':
      if (type.bits === 32) return fixed(BIGINT, 4, step('widenI32'), ...TO_MICROS[type.unit]);
      return type.bits === 64 ? fixed(BIGINT, 8, ...TO_MICROS[type.unit]) : refused(`its times have ${type.bits} bits`);
    case 'timestamp':
      return fixed(type.isUtc ? TIMESTAMP : TIMESTAMP_NTZ, 8, ...TO_MICROS[type.unit]);
    case 'duration':
      return fixed(DAY_TIME_INTERVAL, 8, ...TO_MICROS[type.unit]);
    case 'interval':
      if (type.unit === 'months') return fixed(YEAR_MONTH_INTERVAL, 4);
      return type.unit === 'dayTime'
        ? fixed(DAY_TIME_INTERVAL, 8, step('arrowDayTimes'))
        : refused('its intervals have months, days and nanoseconds at a time');
    default:
      return undefined;
  }
}

function intType(bits: number, signed: boolean): FixedType | UnreadableType {
  switch (bits) {
    case 8:
      return fixed(signed ? TINYINT : SMALLINT, 1, step(signed ? 'arrowWidenI8' : 'arrowWidenU8'));
    case 16:
      return fixed(signed ? SMALLINT : INT, 2, step(signed ? 'arrowWidenI16' : 'arrowWidenU16'));
    case 32:
      return signed ? fixed(INT, 4) : fixed(BIGINT, 4, step('widenU32'));
    case 64:
      return signed ? fixed(BIGINT, 8) : fixed(decimal(20, 0), 8, step('widenU64'));
    default:
      return refused(`its integers have ${bits} bits`);
  }
}

function decimalType({ bits, precision, scale }: Extract<ArrowType, { kind: 'decimal' }>): FixedType | UnreadableType {
  if (![32, 64, 128, 256].includes(bits)) return refused(`its decimals have ${bits} bits`);
  if (precision < 1 || scale < 0 || scale > precision)
    return refused(`it is a decimal of ${precision} digits, ${scale} of them behind the point`);
  if (precision > MAX_DECIMAL_PRECISION)
    return refused(`it is a decimal of ${precision} digits, and quern's have at most ${MAX_DECIMAL_PRECISION}`);
  const type = decimal(precision, scale);
  const wide = physicalTypeOf(type) === 'i128';
  const width = bits / 8;
  return width === (wide ? 16 : 8) ? fixed(type, width) : fixed(type, width, step('arrowDecimals', width, wide ? 16 : 8));
}

/** The type of a field's values. */
export function typeOfField(of: ArrowField): DataType | UnreadableType {
  const { type, children, dictionary } = of;
  if (dictionary !== undefined && children.length > 0) return refused('it is a dictionary of nested values');
  switch (type.kind) {
    case 'null':
      return NULL;
    case 'bool':
      return BOOLEAN;
    case 'bytes':
      return type.isText ? STRING : BINARY;
    case 'fixedBinary':
      return BINARY;
    case 'list':
    case 'largeList':
    case 'fixedList': {
      const element = typeOfField(children[0]!);
      return isUnreadable(element) ? element : array(element, children[0]!.nullable);
    }
    case 'map': {
      const [key, value] = children[0]!.children.map((child) => typeOfField(child)) as [DataType, DataType];
      if (isUnreadable(key)) return key;
      return isUnreadable(value) ? value : map(key, value, children[0]!.children[1]!.nullable);
    }
    case 'struct':
      return structType(children);
    case 'other':
      return refused(`it is ${type.name}`);
    default: {
      const found = fixedType(type)!;
      return isUnreadable(found) ? found : found.type;
    }
  }
}

function structType(children: readonly ArrowField[]): DataType | UnreadableType {
  const fields: Field[] = [];
  for (const child of children) {
    const type = typeOfField(child);
    if (isUnreadable(type)) return refused(`${child.name}: ${type.reason}`);
    fields.push(field(child.name, type, child.nullable));
  }
  return fields.length === 0 ? refused('it is a struct without fields') : struct(fields);
}
