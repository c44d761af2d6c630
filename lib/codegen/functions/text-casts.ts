import type { DataType, DecimalType } from '../../core/types/data-type.js';
import type { CastEmitter, CastTable, RowCompiler, Value } from '../emitter.js';
import { physicalTypeOf } from '../../core/types/physical-type.js';
import { F64, I32, I64, OP, type ValueType } from '../encoder.js';

/**
 * Casts between strings and everything else: by kernels (kernels/assembly/text-*.ts), which say when a value is not one of the usual, and then by the functions
 * of codegen/host-text.ts, which know them all.
 */

/** The value that a parse left in the scratch place. */
function parsed(e: RowCompiler, type: DataType): Value {
  const physical = physicalTypeOf(type);
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

/** Numbers from the type, for a parser. */
type Extra = (type: DataType) => readonly number[];
const nothing: Extra = () => [];

interface Parser {
  readonly kernel?: string;
  readonly text: string;
  /** What the function takes beside the text and the place; `kernelExtra`: what the kernel takes, if that is something else. */
  readonly extra?: Extra;
  readonly kernelExtra?: Extra;
}

const parse = ({ kernel, text, extra = nothing, kernelExtra = extra }: Parser): CastEmitter => ({
  guard: true,
  emit: (e, input, cast) => {
    const push = (more: readonly number[]): readonly ValueType[] => {
      e.f.get(input.local).get(e.scratch());
      for (const value of more) e.f.i32(value);
      return [I32, I32, ...more.map((): ValueType => I32)];
    };
    const byText = (): void => e.text(text, push(extra(cast.type)), [I32]);
    const state = e.let(I32, () => {
      if (kernel === undefined) byText();
      else e.kernel(kernel, push(kernelExtra(cast.type)), [I32]);
    });
    if (kernel !== undefined) {
      e.f.get(state).op(OP.i32_eqz).if();
      byText();
      e.f.set(state).end();
    }
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

/** Pushes a value and says of which types. */
type Push = (e: RowCompiler, input: Value) => readonly ValueType[];

const format = (text: string, push: Push, kernel?: string, pushKernel: Push = push): CastEmitter => ({
  guard: true,
  emit: (e, input, cast) => {
    const out = e.viewTarget();
    const target = (): void => void e.f.get(e.heap()).get(out);
    if (kernel !== undefined) {
      target();
      e.kernel(kernel, [I32, I32, ...pushKernel(e, input)], [I32]);
      e.f.op(OP.i32_eqz).if();
    }
    target();
    e.text(text, [I32, I32, ...push(e, input)], []);
    if (kernel !== undefined) e.f.end();
    return { type: cast.type, physical: 'view', local: out, high: -1, null: false };
  },
});

const plain =
  (type: ValueType): Push =>
  (e, input) => {
    e.f.get(input.local);
    return [type];
  };

/** A 32-bit integer as one of 64 bits. */
const widened: Push = (e, input) => {
  e.f.get(input.local).op(OP.i64_extend_i32_s);
  return [I64];
};

const double =
  (isFloat: number): Push =>
  (e, input) => {
    e.f.get(input.local).i32(isFloat);
    return [F64, I32];
  };

/** A decimal as two words, sign extended. */
const decimalWords: Push = (e, input) => {
  e.f.get(input.local);
  if (input.physical === 'i128') e.f.get(input.high);
  else e.f.get(input.local).i64(63n).op(OP.i64_shr_s);
  e.f.i32((input.type as DecimalType).scale);
  return [I64, I64, I32];
};

const bits = (count: number) => (): readonly number[] => [count];
const decimalExtra: Extra = (type) => [(type as DecimalType).precision, (type as DecimalType).scale];
const int32 = (count: number): CastEmitter => parse({ kernel: 'text_parse_int32', text: 'parseInt32', extra: bits(count) });
const timestamp = parse({ kernel: 'text_parse_timestamp', text: 'parseTimestamp' });
const timestampText = format('formatTimestamp', plain(I64), 'text_format_timestamp');

export const textCasts: CastTable = new Map([
  ['string>boolean', parse({ text: 'parseBoolean' })],
  ['string>tinyint', int32(8)],
  ['string>smallint', int32(16)],
  ['string>int', int32(32)],
  ['string>bigint', parse({ kernel: 'text_parse_int64', text: 'parseInt64' })],
  ['string>float', parse({ text: 'parseFloat64', extra: bits(1) })],
  ['string>double', parse({ kernel: 'text_parse_double', text: 'parseFloat64', extra: bits(0), kernelExtra: nothing })],
  ['string>decimal', parse({ kernel: 'text_parse_decimal', text: 'parseDecimal', extra: decimalExtra })],
  ['string>date', parse({ kernel: 'text_parse_date', text: 'parseDate' })],
  ['string>timestamp', timestamp],
  ['string>timestamp_ntz', timestamp],
  ['boolean>string', format('formatBoolean', plain(I32), 'text_format_boolean')],
  ...['tinyint', 'smallint', 'int'].map(
    (kind) => [`${kind}>string`, format('formatInt32', plain(I32), 'text_format_int', widened)] as const,
  ),
  ['bigint>string', format('formatInt64', plain(I64), 'text_format_int')],
  ['double>string', format('formatFloat64', double(0), 'text_format_double', plain(F64))],
  ['float>string', format('formatFloat64', double(1), 'text_format_double', plain(F64))],
  ['decimal>string', format('formatDecimal', decimalWords, 'text_format_decimal')],
  ['date>string', format('formatDate', plain(I32), 'text_format_date')],
  ['timestamp>string', timestampText],
  ['timestamp_ntz>string', timestampText],
  ['day_time_interval>string', format('formatDayTime', plain(I64))],
  ['year_month_interval>string', format('formatYearMonth', plain(I32))],
]);
