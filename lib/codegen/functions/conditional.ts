import type { Bound, BoundCall } from '../../core/expr/bound.js';
import { BOOLEAN } from '../../core/types/data-type.js';
import { isNested } from '../../core/types/nested.js';
import { FRAME_PARTITION, VIEW_BYTES, VIEW_INLINE_MAX, VIEW_PREFIX, VIEW_REF } from '../../memory/layout.js';
import { compare } from '../compare.js';
import { lazy, type Emitter, type FunctionTable, type NullFlag, type RowCompiler, type Value } from '../emitter.js';
import { I32, I64, F64, OP } from '../encoder.js';

/** coalesce, greatest, least, in, nanvl, if. */

/** The first that is not null; the rest of a row's arguments do not run. */
function coalesce(e: RowCompiler, call: BoundCall): Value {
  const result = e.variable(call.type);
  const target = call.type.kind === 'string' || call.type.kind === 'binary' ? e.viewTarget() : undefined;
  const done = e.f.block();
  let open = 0;
  for (const arg of call.args) {
    const write = (): boolean => {
      const value = target === undefined ? e.value(arg) : e.valueAt(arg, target);
      e.assign(result, value);
      if (value.null === false) return true;
      e.f.get(value.null).op(OP.i32_eqz).brIf(done);
      return false;
    };
    let last = false;
    e.scoped(() => {
      last = write();
    });
    if (last) break;
    open++;
  }
  e.f.end();
  const value = result.value();
  // Some argument that is never null ends the chain: the result is never null either.
  return open < call.args.length ? { ...value, null: false } : value;
}

/** The largest or smallest of those that are not null. NaN is largest. */
function extreme(op: '<' | '>'): Emitter {
  return lazy((e, call) => {
    const { f } = e;
    const best = e.variable(call.type);
    let known: NullFlag | undefined;
    for (const arg of call.args) {
      const value = e.value(arg);
      if (known === undefined) {
        e.assign(best, value);
        known = value.null;
        continue;
      }
      const soFar = { ...best.value(), null: false as const };
      const either = e.eitherNull(known === false ? false : best.nullLocal, value.null);
      const better = compare(e, op, value, soFar, { nulls: either });
      const take = e.let(I32, () => {
        // (best is null or value better) and value not null
        f.get(better);
        if (known !== false) f.get(best.nullLocal).op(OP.i32_or);
        if (value.null !== false) f.get(value.null).op(OP.i32_eqz, OP.i32_and);
      });
      e.f.get(take).if();
      e.assign(best, { ...value, null: false });
      e.f.end();
      if (value.null === false) known = false;
    }
    const result = best.value();
    return known === false ? { ...result, null: false } : result;
  });
}

const CHAIN_MAX = 8;
const VIEW_CHAIN_MAX = 4;

/** x IN (…): true where some value is equal, else null where x or some value is null, else false. Long lists of literals are searched in the parameter area. */
function inList(e: RowCompiler, call: BoundCall): Value {
  const x = e.value(call.args[0]!);
  const list = call.args.slice(1);
  const literals = list.every((arg) => arg.kind === 'literal');
  const searchable = x.physical !== 'i128' && x.physical !== 'bool' && !isNested(x.type);
  const chainMax = x.physical === 'view' ? VIEW_CHAIN_MAX : CHAIN_MAX;
  if (literals && searchable && list.length > chainMax) return searched(e, x, list);
  const { f } = e;
  const found = f.local(I32);
  const unknown = f.local(I32);
  f.i32(0).set(found).i32(0).set(unknown);
  let nullable = x.null !== false;
  for (const arg of list) {
    const value = e.value(arg);
    const nulls = e.eitherNull(x.null, value.null);
    const equal = compare(e, '=', x, value, {
      nulls,
      rightNumber: typeof e.literal(arg) === 'number' && !Number.isNaN(e.literal(arg)),
    });
    f.get(found).get(equal);
    if (value.null !== false) {
      nullable = true;
      f.get(value.null).op(OP.i32_eqz, OP.i32_and);
      f.op(OP.i32_or).set(found);
      f.get(unknown).get(value.null).op(OP.i32_or).set(unknown);
    } else {
      f.op(OP.i32_or).set(found);
    }
  }
  if (!nullable) return e.of(BOOLEAN, found);
  const nulls = e.let(I32, () => {
    f.get(unknown).get(found).op(OP.i32_eqz, OP.i32_and);
    if (x.null !== false) f.get(x.null).op(OP.i32_or);
  });
  return e.of(BOOLEAN, found, nulls);
}

function searched(e: RowCompiler, x: Value, list: readonly Bound[]): Value {
  const { f } = e;
  const values = list.map((arg) => e.literal(arg)).filter((value) => value !== null && value !== undefined);
  const hasNull = values.length < list.length;
  const found = f.local(I32);
  f.i32(0).set(found);
  const search = (): void => {
    if (x.physical === 'view') searchViews(e, x, values as (string | Uint8Array)[], found);
    else searchWords(e, x, values as (number | bigint)[], found);
  };
  if (x.null === false) search();
  else
    e.when(
      e.let(I32, () => f.get(x.null as number).op(OP.i32_eqz)),
      search,
    );
  if (!hasNull) return e.of(BOOLEAN, found, x.null);
  const missing = e.let(I32, () => f.get(found).op(OP.i32_eqz));
  return e.of(BOOLEAN, found, e.eitherNull(missing, x.null));
}

/** Numbers as sorted 64-bit keys (doubles by their bits, −0 and NaN made one), found by bisection. */
function searchWords(e: RowCompiler, x: Value, values: readonly (number | bigint)[], found: number): void {
  const { f } = e;
  const scratch = new DataView(new ArrayBuffer(8));
  const keys = [
    ...new Set(
      values.map((value) => {
        if (x.physical !== 'f64') return BigInt(value);
        scratch.setFloat64(0, Number(value) + 0);
        return scratch.getBigInt64(0);
      }),
    ),
  ].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const bytes = new Uint8Array(keys.length * 8);
  const view = new DataView(bytes.buffer);
  keys.forEach((key, i) => view.setBigInt64(i * 8, key, true));
  const table = e.parameterBytes(bytes);
  const key = e.let(I64, () => {
    if (x.physical === 'i32') f.get(x.local).op(OP.i64_extend_i32_s);
    else if (x.physical === 'i64') f.get(x.local);
    else {
      // x + 0 turns −0 into 0; every NaN becomes the canonical one.
      const plain = e.let(F64, () => f.get(x.local).f64(0).op(OP.f64_add));
      f.get(plain).f64(NaN).get(plain).get(plain).op(OP.f64_eq, OP.select, OP.i64_reinterpret_f64);
    }
  });
  // Least index whose key is not below x, by halving the length: no branch on data.
  const low = e.let(I32, () => f.get(table));
  const length = e.let(I32, () => f.i32(keys.length));
  const half = f.local(I32);
  f.get(length).i32(1).op(OP.i32_gt_u).if();
  const top = f.loop();
  f.get(length).i32(1).op(OP.i32_shr_u).set(half);
  f.get(low).get(half).i32(3).op(OP.i32_shl, OP.i32_add).get(low);
  f.get(low).get(half).i32(3).op(OP.i32_shl, OP.i32_add).mem(OP.i64_load).get(key).op(OP.i64_le_s, OP.select).set(low);
  f.get(length).get(half).op(OP.i32_sub).tee(length).i32(1).op(OP.i32_gt_u).brIf(top);
  f.end().end();
  f.get(low).mem(OP.i64_load).get(key).op(OP.i64_eq).set(found);
}

/** Strings as sorted views; references of long ones are offsets from the table's start. */
function searchViews(e: RowCompiler, x: Value, values: readonly (string | Uint8Array)[], found: number): void {
  const texts = values
    .map((value) => (typeof value === 'string' ? Buffer.from(value) : Buffer.from(value)))
    .sort((a, b) => Buffer.compare(a, b));
  const viewsBytes = texts.length * VIEW_BYTES;
  const total = viewsBytes + texts.reduce((sum, text) => sum + (text.length > VIEW_INLINE_MAX ? text.length : 0), 0);
  const bytes = new Uint8Array(total);
  const words = new DataView(bytes.buffer);
  let free = viewsBytes;
  texts.forEach((text, i) => {
    const at = i * VIEW_BYTES;
    words.setUint32(at, text.length, true);
    if (text.length <= VIEW_INLINE_MAX) {
      bytes.set(text, at + VIEW_PREFIX);
      return;
    }
    bytes.set(text.subarray(0, VIEW_REF - VIEW_PREFIX), at + VIEW_PREFIX);
    words.setUint32(at + VIEW_REF, free, true);
    bytes.set(text, free);
    free += text.length;
  });
  e.f.get(x.local).get(e.parameterBytes(bytes)).i32(texts.length);
  e.kernel('view_search', [I32, I32, I32], [I32]);
  e.f.set(found);
}

export const conditionalFunctions: FunctionTable = new Map<string, Emitter>([
  ['coalesce', lazy(coalesce)],
  ['greatest', extreme('>')],
  ['least', extreme('<')],
  ['in', lazy(inList)],
  ['spark_partition_id', lazy((e, call) => e.of(call.type, e.context.frameWord(FRAME_PARTITION)))],
  [
    'if',
    lazy((e, call) =>
      e.value({
        kind: 'case',
        type: call.type,
        nullable: call.nullable,
        branches: [{ when: call.args[0]!, then: call.args[1]! }],
        otherwise: call.args[2]!,
      }),
    ),
  ],
  [
    'nanvl',
    lazy((e, call) => {
      const x = e.value(call.args[0]!);
      const result = e.variable(call.type);
      e.assign(result, x);
      const isNan = e.let(I32, () => {
        e.f.get(x.local).get(x.local).op(OP.f64_ne);
        if (x.null !== false) e.f.get(x.null).op(OP.i32_eqz, OP.i32_and);
      });
      e.when(isNan, () => e.assign(result, e.value(call.args[1]!)));
      return result.value();
    }),
  ],
]);
