import type { DataType, DecimalType } from '../../core/types/data-type.js';
import type { CastEmitter, CastTable, RowCompiler, Value } from '../emitter.js';
import { physicalTypeOf } from '../../core/types/physical-type.js';
import { F64, I32, I64, OP, type ValueType } from '../encoder.js';

/** Casts between strings and everything else, by the functions of codegen/host-text.ts. */

/** The value that a parse left in the scratch place. */
function parsed(e: RowCompiler, type: DataType): Value {
  const physical = physicalTypeOf(type)!;
  const at = e.scratch();
  const base = { type, physical, high: -1, null: false as const };
  switch (physical) {
    case 'bool':
    case 'i32':
      return { ...base, local: e.let(I32, () => e.f.get(at).mem(OP.i32_load)) };
    case 'f64':
      return { ...base, local: e.let(F64, () => e.f.get(at).mem(OP.f64_load)) };
    case 'i128':
      return {
        ...base,
        local: e.let(I64, () => e.f.get(at).mem(OP.i64_load)),
        high: e.let(I64, () => e.f.get(at).mem(OP.i64_load, 8)),
      };
    default:
      return { ...base, local: e.let(I64, () => e.f.get(at).mem(OP.i64_load)) };
  }
}

/** `extra`: further numbers for the parser, from the type. */
const parse = (name: string, extra: (type: DataType) => readonly number[] = () => []): CastEmitter => ({
  guard: true,
  emit: (e, input, cast) => {
    const more = extra(cast.type);
    const state = e.let(I32, () => {
      e.f.get(input.local).get(e.scratch());
      for (const value of more) e.f.i32(value);
      e.text(name, [I32, I32, ...more.map((): ValueType => I32)], [I32]);
    });
    const isState = (code: number): number => e.let(I32, () => e.f.get(state).i32(code).op(OP.i32_eq));
    const malformed = e.failIf(isState(0), { code: 'CAST_INVALID_INPUT', node: cast, operand: input });
    const outside =
      cast.type.kind === 'decimal'
        ? e.failIf(isState(2), { code: 'NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION', node: cast, operand: input })
        : false;
    const value = parsed(e, cast.type);
    return { ...value, null: e.eitherNull(malformed, outside) };
  },
});

const format = (name: string, params: readonly ValueType[], push: (e: RowCompiler, input: Value) => void): CastEmitter => ({
  guard: true,
  emit: (e, input, cast) => {
    const out = e.viewTarget();
    e.f.get(e.heap()).get(out);
    push(e, input);
    e.text(name, [I32, I32, ...params], []);
    return { type: cast.type, physical: 'view', local: out, high: -1, null: false };
  },
});

const plain = (e: RowCompiler, input: Value): void => void e.f.get(input.local);

/** A decimal as two words, sign extended. */
function decimalWords(e: RowCompiler, input: Value): void {
  e.f.get(input.local);
  if (input.physical === 'i128') e.f.get(input.high);
  else e.f.get(input.local).i64(63n).op(OP.i64_shr_s);
  e.f.i32((input.type as DecimalType).scale);
}

const bits = (count: number) => (): readonly number[] => [count];

export const textCasts: CastTable = new Map([
  ['string>boolean', parse('parseBoolean')],
  ['string>tinyint', parse('parseInt32', bits(8))],
  ['string>smallint', parse('parseInt32', bits(16))],
  ['string>int', parse('parseInt32', bits(32))],
  ['string>bigint', parse('parseInt64')],
  ['string>float', parse('parseFloat64', bits(1))],
  ['string>double', parse('parseFloat64', bits(0))],
  ['string>decimal', parse('parseDecimal', (type) => [(type as DecimalType).precision, (type as DecimalType).scale])],
  ['string>date', parse('parseDate')],
  ['string>timestamp', parse('parseTimestamp')],
  ['string>timestamp_ntz', parse('parseTimestamp')],
  ['boolean>string', format('formatBoolean', [I32], plain)],
  ...['tinyint', 'smallint', 'int'].map((kind) => [`${kind}>string`, format('formatInt32', [I32], plain)] as const),
  ['bigint>string', format('formatInt64', [I64], plain)],
  ['double>string', format('formatFloat64', [F64, I32], (e, input) => void e.f.get(input.local).i32(0))],
  ['float>string', format('formatFloat64', [F64, I32], (e, input) => void e.f.get(input.local).i32(1))],
  ['decimal>string', format('formatDecimal', [I64, I64, I32], decimalWords)],
  ['date>string', format('formatDate', [I32], plain)],
  ['timestamp>string', format('formatTimestamp', [I64], plain)],
  ['timestamp_ntz>string', format('formatTimestamp', [I64], plain)],
  ['day_time_interval>string', format('formatDayTime', [I64], plain)],
  ['year_month_interval>string', format('formatYearMonth', [I32], plain)],
]);
