import type { Bound, BoundAggregate, BoundCall } from '../../core/expr/bound.js';
import { BIGINT, DOUBLE, type DataType } from '../../core/types/data-type.js';
import type { NullFlag, Value } from '../emitter.js';
import { F64, I32, I64, OP } from '../encoder.js';
import { physicalOf, type RowCompiler } from '../row-compiler.js';
import type { AggregateEmitter, AggregateParts, Accumulator, KeyMaker, State } from './accumulator.js';
import { nullsPart, roundedSum, rowsPart, squaresPart, sumKind, sumPart, sumWords, toDouble } from './sums.js';
import { exceedsWide, powerOfTen, pushBound } from '../decimal-parts.js';

/** The parts that count the non-null values of an argument. */
export function countParts(arg: Bound | undefined, filter: Bound | undefined, key: KeyMaker): Accumulator[] {
  const rows = rowsPart(filter, key);
  return arg === undefined || !arg.nullable ? [rows] : [rows, nullsPart(arg, filter, key)];
}

/** i64 local: non-null values, from the states of countParts. */
export function countOf(e: RowCompiler, states: readonly State[]): number {
  const rows = states[0]!.get(0);
  if (states.length === 1) return rows;
  const nulls = states[1]!.get(0);
  return e.let(I64, () => e.f.get(rows).get(nulls).op(OP.i64_sub));
}

const isZero = (e: RowCompiler, count: number): number => e.let(I32, () => e.f.get(count).op(OP.i64_eqz));

/** An aggregate as a call, for messages. */
export const asCall = (node: BoundAggregate): BoundCall => ({
  kind: 'call',
  fn: node.fn,
  args: node.args,
  type: node.type,
  nullable: node.nullable,
  ...(node.at === undefined ? {} : { at: node.at }),
});

const count: AggregateEmitter = (node, key) => {
  const nullable = node.args.filter((arg) => arg.nullable);
  const arg: Bound | undefined = nullable.length <= 1 ? nullable[0] : anyNull(nullable);
  const parts = countParts(arg, node.filter, key);
  return { parts, finish: (e, states) => e.of(BIGINT, countOf(e, states)) };
};

/** count(a, b): rows where none is null. The sum of nullness as a value that is null where some argument is: a case. */
function anyNull(args: readonly Bound[]): Bound {
  const literal = (value: boolean | null): Bound => ({
    kind: 'literal',
    type: { kind: 'boolean' },
    value,
    nullable: value === null,
  });
  const tests: Bound[] = args.map((arg) => ({
    kind: 'call',
    fn: 'isnull',
    args: [arg],
    type: { kind: 'boolean' },
    nullable: false,
  }));
  return {
    kind: 'case',
    type: { kind: 'boolean' },
    nullable: true,
    branches: tests.map((when) => ({ when, then: literal(null) })),
    otherwise: literal(true),
  };
}

/** The sum as 128 bits; `lost`: i32 local, 1 where it has more. */
function wideWords(
  e: RowCompiler,
  sum: State,
  fields: number,
): { readonly low: number; readonly high: number; readonly lost: number | undefined } {
  if (fields === 1) {
    const low = sum.get(0);
    return { low, high: e.let(I64, () => e.f.get(low).i64(63n).op(OP.i64_shr_s)), lost: undefined };
  }
  const [low, high, top] = sumWords(e, sum, fields) as [number, number, number | undefined];
  if (top === undefined) return { low, high, lost: undefined };
  // Beyond 128 bits: the top word must repeat the sign.
  return { low, high, lost: e.let(I32, () => e.f.get(top).get(high).i64(63n).op(OP.i64_shr_s, OP.i64_ne)) };
}

const sum: AggregateEmitter = (node, key) => {
  const arg = node.args[0]!;
  const part = sumPart(arg, node.filter, key);
  const kind = sumKind(arg);
  return {
    parts: [part, ...countParts(arg, node.filter, key)],
    finish: (e, [state, ...counts]) => {
      const empty = isZero(e, countOf(e, counts));
      if (kind === 'double') return e.of(node.type, roundedSum(e, state!), empty);
      const { low, high, lost } = wideWords(e, state!, part.fields.length);
      if (physicalOf(node.type) === 'i64') {
        if (kind === 'wide') {
          const over =
            node.type.kind === 'decimal'
              ? exceeds(e, low, high, node.type)
              : e.let(I32, () => e.f.get(high).get(low).i64(63n).op(OP.i64_shr_s, OP.i64_ne));
          return e.of(node.type, low, e.eitherNull(empty, e.failIf(over, { code: 'ARITHMETIC_OVERFLOW', node: asCall(node) })));
        }
        return e.of(node.type, low, empty);
      }
      const over = exceeds(e, low, high, node.type);
      const failed = lost === undefined ? over : e.let(I32, () => e.f.get(over).get(lost).op(OP.i32_or));
      return e.of(
        node.type,
        low,
        e.eitherNull(empty, e.failIf(failed, { code: 'ARITHMETIC_OVERFLOW', node: asCall(node) })),
        high,
      );
    },
  };
};

/** i32 local: 1 where the i128 has more digits than the decimal type. */
function exceeds(e: RowCompiler, low: number, high: number, type: DataType): number {
  return exceedsWide(e, { low, high }, type.kind === 'decimal' ? type.precision : 38);
}

const avg: AggregateEmitter = (node, key) => {
  const arg = node.args[0]!;
  const part = sumPart(arg, node.filter, key);
  const kind = sumKind(arg);
  return {
    parts: [part, ...countParts(arg, node.filter, key)],
    finish: (e, [state, ...counts]) => {
      const count = countOf(e, counts);
      const empty = isZero(e, count);
      if (kind === 'double') {
        const total = roundedSum(e, state!);
        return e.make(node.type, () => e.f.get(total).get(count).op(OP.f64_convert_i64_s, OP.f64_div), empty);
      }
      const { low, high } = wideWords(e, state!, part.fields.length);
      if (node.type.kind !== 'decimal') {
        const total = toDouble(e, { type: node.type, physical: 'i128', local: low, high, null: false });
        return e.make(node.type, () => e.f.get(total).get(count).op(OP.f64_convert_i64_s, OP.f64_div), empty);
      }
      return decimalAverage(e, node, node.type, low, high, count, empty);
    },
  };
};

function decimalAverage(
  e: RowCompiler,
  node: BoundAggregate,
  type: Extract<DataType, { kind: 'decimal' }>,
  low: number,
  high: number,
  count: number,
  empty: number,
): Value {
  const from = node.args[0]!.type;
  const up = type.scale - (from.kind === 'decimal' ? from.scale : 0);
  const { f } = e;
  const failed = f.local(I32);
  const scratch = e.scratch();
  const notEmpty = e.let(I32, () => f.get(empty).op(OP.i32_eqz));
  let failedNull: NullFlag = false;
  e.when(notEmpty, () => {
    f.get(low).get(high).get(count).get(count).i64(63n).op(OP.i64_shr_s).i32(up);
    pushBound(e, type.precision);
    f.get(scratch);
    e.kernel('decimal_divide', [I64, I64, I64, I64, I32, I64, I64, I32], [I32]);
    f.set(failed);
    failedNull = e.failIf(failed, { code: 'ARITHMETIC_OVERFLOW', node: asCall(node) });
  });
  return { ...e.loadValue(type, scratch), null: e.eitherNull(empty, failedNull) };
}

/** Second central moment from count, Σx and Σx², all but the count in double-double: Σx² − (Σx)²/n without losing what cancels. */
function variance(sample: boolean, root: boolean): AggregateEmitter {
  return (node, key) => {
    const arg = node.args[0]!;
    const total = sumPart(arg, node.filter, key);
    const kind = sumKind(arg);
    const parts: AggregateParts['parts'] = [total, squaresPart(arg, node.filter, key), ...countParts(arg, node.filter, key)];
    return {
      parts,
      finish: (e, [sumState, squares, ...counts]) => {
        const { f } = e;
        const n = countOf(e, counts);
        const count = e.let(F64, () => f.get(n).op(OP.f64_convert_i64_s));
        const few = e.let(I32, () =>
          f
            .get(n)
            .i64(sample ? 2n : 1n)
            .op(OP.i64_lt_s),
        );
        const zero = e.context.once('zero f64', F64, () => f.f64(0));
        const hi =
          kind === 'double'
            ? sumState!.get(0)
            : toDouble(e, { type: DOUBLE, physical: 'i128', ...pairOf(e, sumState!, total.fields.length), null: false });
        const lo = kind === 'double' ? sumState!.get(1) : zero;
        const [sqHi, sqLo] = [squares!.get(0), squares!.get(1)];
        const scale = arg.type.kind === 'decimal' ? arg.type.scale : 0;
        return e.make(
          node.type,
          () => {
            f.get(count).get(hi).get(lo).get(sqHi).get(sqLo);
            e.kernel('central_moment', [F64, F64, F64, F64, F64], [F64]);
            if (scale > 0) f.f64(powerOfTen(2 * scale)).op(OP.f64_div);
            f.get(count);
            if (sample) f.f64(1).op(OP.f64_sub);
            f.op(OP.f64_div);
            if (root) f.op(OP.f64_sqrt);
          },
          few,
        );
      },
    };
  };
}

function pairOf(e: RowCompiler, state: State, words: number): { readonly local: number; readonly high: number } {
  const { low, high } = wideWords(e, state, words);
  return { local: low, high };
}

export const numericAggregates: ReadonlyMap<string, AggregateEmitter> = new Map([
  ['count', count],
  ['sum', sum],
  ['avg', avg],
  // null where the others raise: asCall carries the name
  ['try_sum', sum],
  ['try_avg', avg],
  ['var_samp', variance(true, false)],
  ['var_pop', variance(false, false)],
  ['stddev_samp', variance(true, true)],
  ['stddev_pop', variance(false, true)],
]);
