import type { Bound } from '../core/expr/bound.js';
import { DICTIONARY_MAX, SLOT_CODES, SLOT_FLAG_RANKS, SLOT_FLAGS, SLOT_VALUES } from '../memory/layout.js';
import type { Comparison } from './compare.js';
import { WIDTH_SHIFT } from './emitter.js';
import { F64, I32, I64, OP, SIMD, V128 } from './encoder.js';
import { physicalOf, type RowCompiler } from './row-compiler.js';

/**
 * Conjunctions of comparisons of fixed-width columns with constants, eight rows at a time, for dense batches without nulls:
 * compare vectors, gather the lanes' signs to a byte; all of them set: store eight positions as vectors, some: store them without a branch, none: nothing.
 * Wide columns whose numbers all have ranks (cached blocks) are compared by those, sixteen rows at a time.
 */
interface Term {
  readonly slot: number;
  readonly kind: 'i32' | 'i64' | 'f64';
  readonly op: Comparison;
  readonly constant: Bound;
}

const ROWS = 8;
const ALL = (1 << ROWS) - 1;
const MIRROR: { readonly [C in Comparison]: Comparison } = { '=': '=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

const OPCODES = {
  i32: { '=': SIMD.i32x4_eq, '<': SIMD.i32x4_lt_s, '<=': SIMD.i32x4_le_s, '>': SIMD.i32x4_gt_s, '>=': SIMD.i32x4_ge_s },
  i64: { '=': SIMD.i64x2_eq, '<': SIMD.i64x2_lt_s, '<=': SIMD.i64x2_le_s, '>': SIMD.i64x2_gt_s, '>=': SIMD.i64x2_ge_s },
  // NaN is larger than any number: > and >= are the opposites of <= and <.
  f64: { '=': SIMD.f64x2_eq, '<': SIMD.f64x2_lt, '<=': SIMD.f64x2_le, '>': SIMD.f64x2_le, '>=': SIMD.f64x2_lt },
} as const;
const SPLAT = { i32: SIMD.i32x4_splat, i64: SIMD.i64x2_splat, f64: SIMD.f64x2_splat } as const;

/** The terms, if the condition has this form. */
export function vectorTerms(condition: Bound): readonly Term[] | undefined {
  const conjuncts = condition.kind === 'call' && condition.fn === 'and' ? condition.args : [condition];
  const terms: Term[] = [];
  for (const conjunct of conjuncts) {
    const term = termOf(conjunct);
    if (term === undefined) return undefined;
    terms.push(term);
  }
  return terms;
}

function termOf(node: Bound): Term | undefined {
  if (node.kind !== 'call' || !(node.fn in MIRROR)) return undefined;
  const [left, right] = [node.args[0]!, node.args[1]!];
  const mirrored = left.kind === 'literal';
  const [column, constant] = mirrored ? [right, left] : [left, right];
  if (column.kind !== 'slot' || constant.kind !== 'literal' || constant.value === null || Number.isNaN(constant.value))
    return undefined;
  const kind = physicalOf(column.type);
  if (kind !== 'i32' && kind !== 'i64' && kind !== 'f64') return undefined;
  const op = node.fn as Comparison;
  return { slot: column.index, kind, op: mirrored ? MIRROR[op] : op, constant };
}

/** Advances `k` over all whole groups of eight rows below `n`, writing the positions that pass to `out[count]`…. */
export function emitVectorFilter(e: RowCompiler, terms: readonly Term[], k: number, n: number, out: number, count: number): void {
  const { f, context } = e;
  const whole = e.let(I32, () => f.get(n).i32(-ROWS).op(OP.i32_and));
  const wide = terms.filter(({ kind }) => kind !== 'i32');
  const slots = [...new Set(wide.map(({ slot }) => slot))];
  f.get(whole).if();
  if (slots.length > 0) {
    slots.forEach((slot, i) => {
      f.get(context.slotAddress(slot, SLOT_FLAGS));
      if (i > 0) f.op(OP.i32_and);
    });
    f.i32(SLOT_FLAG_RANKS).op(OP.i32_and).if();
    e.scoped(() => {
      slots.forEach((slot, i) =>
        emitRankMask(
          e,
          wide.filter((term) => term.slot === slot),
          n,
          i === 0,
        ),
      );
      emitGroups(
        e,
        terms.filter(({ kind }) => kind === 'i32'),
        e.scratch(),
        { k, whole, out, count },
      );
    });
    f.else();
  }
  e.scoped(() => emitGroups(e, terms, undefined, { k, whole, out, count }));
  if (slots.length > 0) f.end();
  f.end();
}

/** The terms of one slot as a range of ranks, and the mask of the rows in it. */
function emitRankMask(e: RowCompiler, terms: readonly Term[], n: number, first: boolean): void {
  const { f, context } = e;
  const codes = context.slotAddress(terms[0]!.slot, SLOT_CODES);
  const low = e.let(I32, () => f.i32(0));
  const high = e.let(I32, () => f.i32(DICTIONARY_MAX));
  const bound = (local: number, by: number, isLow: boolean): void => {
    f.get(local).get(by).get(local).get(by);
    f.op(isLow ? OP.i32_gt_u : OP.i32_lt_u, OP.select).set(local);
  };
  for (const { constant, kind, op } of terms) {
    const { local } = e.value(constant);
    const ranks = e.let(I32, () => {
      f.get(codes).get(local);
      if (kind === 'f64') e.kernel('rankOfF64', [I32, F64], [I32]);
      else e.kernel('rankOfI64', [I32, I64], [I32]);
    });
    const below = e.let(I32, () => f.get(ranks).i32(16).op(OP.i32_shr_u));
    const notAbove = e.let(I32, () => f.get(ranks).i32(0xffff).op(OP.i32_and));
    if (op === '>') bound(low, notAbove, true);
    if (op === '>=' || op === '=') bound(low, below, true);
    if (op === '<') bound(high, below, false);
    if (op === '<=' || op === '=') bound(high, notAbove, false);
  }
  f.get(codes)
    .get(low)
    .get(high)
    .get(n)
    .i32(first ? 1 : 0)
    .get(e.scratch());
  e.kernel('rankMask', [I32, I32, I32, I32, I32, I32], []);
}

interface GroupLoop {
  readonly k: number;
  readonly whole: number;
  readonly out: number;
  readonly count: number;
}

/** The loop over groups of eight rows. `masks`: local with the address of a bit a row that the terms add to. */
function emitGroups(
  e: RowCompiler,
  terms: readonly Term[],
  masks: number | undefined,
  { k, whole, out, count }: GroupLoop,
): void {
  const { f, context } = e;
  const splats = terms.map(({ constant, kind }) => {
    const { local } = e.value(constant);
    return context.once(`splat ${local}`, V128, () => f.get(local).simd(SPLAT[kind]));
  });
  const bases = terms.map((term) => context.slotAddress(term.slot, SLOT_VALUES));
  const top = f.loop();
  // Each vector once, however many comparisons read it.
  const loaded = new Map<string, number>();
  const vectorAt = (term: Term, base: number, index: number): number => {
    const key = `${term.slot} ${index}`;
    const known = loaded.get(key);
    if (known !== undefined) return known;
    const local = e.let(V128, () =>
      f
        .get(base)
        .get(k)
        .i32(WIDTH_SHIFT[term.kind])
        .op(OP.i32_shl, OP.i32_add)
        .simdLoad(SIMD.v128_load, index * 16),
    );
    loaded.set(key, local);
    return local;
  };
  const mask = f.local(I32);
  let first = true;
  if (masks !== undefined) {
    f.get(masks).get(k).i32(3).op(OP.i32_shr_u, OP.i32_add).mem(OP.i32_load8_u).set(mask);
    first = false;
  }
  for (const wide of [false, true]) {
    const group = terms
      .map((term, i) => ({ term, splat: splats[i]!, base: bases[i]! }))
      .filter(({ term }) => (term.kind !== 'i32') === wide);
    if (group.length === 0) continue;
    const vectors = wide ? 4 : 2;
    for (let index = 0; index < vectors; index++) {
      group.forEach(({ term, splat, base }, i) => {
        f.get(vectorAt(term, base, index))
          .get(splat)
          .simd(OPCODES[term.kind][term.op]);
        if (term.kind === 'f64' && (term.op === '>' || term.op === '>=')) f.simd(SIMD.v128_not);
        if (i > 0) f.simd(SIMD.v128_and);
      });
      f.simd(wide ? SIMD.i64x2_bitmask : SIMD.i32x4_bitmask);
      if (index > 0) f.i32(index * (wide ? 2 : 4)).op(OP.i32_shl, OP.i32_or);
    }
    if (!first) f.get(mask).op(OP.i32_and);
    f.set(mask);
    first = false;
  }
  f.get(mask).i32(ALL).op(OP.i32_eq).if();
  const positions = e.let(V128, () => f.get(k).simd(SIMD.i32x4_splat).i32x4(0, 1, 2, 3).simd(SIMD.i32x4_add));
  const at = e.let(I32, () => f.get(out).get(count).i32(2).op(OP.i32_shl, OP.i32_add));
  f.get(at).get(positions).simdLoad(SIMD.v128_store, 0);
  f.get(at).get(positions).i32x4(4, 4, 4, 4).simd(SIMD.i32x4_add).simdLoad(SIMD.v128_store, 16);
  f.get(count).i32(ROWS).op(OP.i32_add).set(count);
  f.else().get(mask).if();
  for (let i = 0; i < ROWS; i++) {
    f.get(out).get(count).i32(2).op(OP.i32_shl, OP.i32_add).get(k);
    if (i > 0) f.i32(i).op(OP.i32_add);
    f.mem(OP.i32_store);
    f.get(count).get(mask);
    if (i > 0) f.i32(i).op(OP.i32_shr_u);
    if (i < ROWS - 1) f.i32(1).op(OP.i32_and);
    f.op(OP.i32_add).set(count);
  }
  f.end().end();
  f.get(k).i32(ROWS).op(OP.i32_add).tee(k).get(whole).op(OP.i32_lt_u).brIf(top);
  f.end();
}
