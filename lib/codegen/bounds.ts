import type { Bound, BoundCall, BoundCast } from '../core/expr/bound.js';
import { walk } from '../core/expr/walk.js';
import type { DataType, DecimalType } from '../core/types/data-type.js';
import { MAX_I64_PRECISION, physicalTypeOf } from '../core/types/physical-type.js';
import {
  FRAME_SLOTS,
  SLOT_BOUND_SHIFT,
  SLOT_BYTES,
  SLOT_FLAG_NO_NULLS,
  SLOT_FLAGS,
  SLOT_NULLS,
  SLOT_VALUES,
} from '../memory/layout.js';
import { powerOfTen } from './decimal-parts.js';
import { F64, I32, OP, type FunctionBuilder } from './encoder.js';
import type { FunctionContext, StageUnit } from './row-compiler.js';

/**
 * Which wide decimals (i128) of a loop can be computed in 64 bits. Each has a bound of its magnitude that follows from those of the columns it is made of: a type says
 * one, and where that is not enough, a batch's values say a narrower one. So a loop gets a body in 64 bits for batches whose numbers are small, as nearly all are,
 * and one in 128 for the others. Bounds are doubles: what they lose by rounding is nothing against the factor 2 between LIMIT and what a word holds.
 */
export interface Bounds {
  /** Ids of the wide expressions that fit a word whatever the batch holds. */
  readonly always: ReadonlySet<number>;
  /** The same of batches for which `check` holds; undefined: not more than `always`. */
  readonly small: ReadonlySet<number> | undefined;
  /** Slots that `check` measures. */
  readonly measured: readonly number[];
  /** Pushes 1 if this batch's bounds hold. `rows`: locals with the selection's address, if there is one, and the number of rows. */
  readonly check: (context: FunctionContext, rows: { readonly sel: number | undefined; readonly n: number }) => void;
}

/** Magnitudes below this are words, and so is the sum or difference of any two, unscaled. */
const LIMIT = 2 ** 62;
/** Columns of fewer digits are not worth measuring. */
const MEASURED_DIGITS_MIN = 5;

/** How an expression's bound follows from others', which are given by their ids. */
type Rule =
  | { readonly kind: 'known' }
  | { readonly kind: 'slot'; readonly index: number; readonly type: DataType }
  | { readonly kind: 'sum'; readonly terms: readonly { readonly of: number; readonly up: number }[] }
  | { readonly kind: 'product'; readonly of: readonly number[] }
  | { readonly kind: 'largest'; readonly of: readonly number[] };

interface Known {
  readonly rule: Rule;
  /** What the types say. */
  readonly most: number;
  /** The least that measuring may come to. */
  readonly least: number;
}

const INTEGER_MOST: { readonly [K in DataType['kind']]?: number } = {
  tinyint: 2 ** 7,
  smallint: 2 ** 15,
  int: 2 ** 31,
  bigint: 2 ** 63,
};
const INTEGER_DIGITS: { readonly [K in DataType['kind']]?: number } = { tinyint: 3, smallint: 5, int: 10, bigint: 19 };

const typeMost = (type: DataType): number | undefined =>
  type.kind === 'decimal' ? powerOfTen(type.precision) : INTEGER_MOST[type.kind];
const isWide = (type: DataType): boolean => physicalTypeOf(type) === 'i128';

/** `sums`: what is added up, which alone makes measuring pay. */
export function boundsOf(unit: StageUnit, exprs: readonly Bound[], sums: readonly Bound[] = []): Bounds | undefined {
  if (!exprs.some((expr) => hasWide(expr))) return undefined;
  const known = new Map<number, Known>();
  const words = new Set<number>();
  let pays = sums.some((expr) => isWide(expr.type));
  for (const expr of exprs) {
    // Children first: parents come before them in a walk.
    const nodes: Bound[] = [];
    walk(expr, (node) => void nodes.push(node));
    for (let i = nodes.length - 1; i >= 0; i--) {
      const node = nodes[i]!;
      const id = unit.ids.idOf(node);
      if (known.has(id)) continue;
      const rule = ruleOf(
        node,
        (child) => known.get(unit.ids.idOf(child)),
        (child) => unit.ids.idOf(child),
      );
      if (rule === undefined || rule.least >= LIMIT) continue;
      known.set(id, rule);
      if (!isWide(node.type)) continue;
      words.add(id);
      if (node.kind === 'call') pays = true;
    }
  }
  const open = [...words].filter((id) => known.get(id)!.most >= LIMIT);
  if (!pays) open.length = 0;
  const needed = neededFor(open, known);
  const measured = needed.flatMap((id) => {
    const { rule } = known.get(id)!;
    return rule.kind === 'slot' ? [rule.index] : [];
  });
  const always = new Set([...words].filter((id) => known.get(id)!.most < LIMIT));
  return {
    always,
    small: open.length === 0 ? undefined : words,
    measured,
    check: (context, rows) => emitCheck(context, rows, needed, open, known),
  };
}

function hasWide(expr: Bound): boolean {
  let found = false;
  walk(expr, (node) => {
    found ||= isWide(node.type);
    return !found;
  });
  return found;
}

/** Of these, and all that their bounds follow from, children first. */
function neededFor(open: readonly number[], known: ReadonlyMap<number, Known>): number[] {
  const wanted = new Set<number>();
  const pending = [...open];
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    if (wanted.has(id)) continue;
    wanted.add(id);
    const { rule } = known.get(id)!;
    if (rule.kind === 'sum') pending.push(...rule.terms.map(({ of }) => of));
    else if (rule.kind === 'product' || rule.kind === 'largest') pending.push(...rule.of);
  }
  return [...known.keys()].filter((id) => wanted.has(id));
}

function ruleOf(node: Bound, knownOf: (child: Bound) => Known | undefined, idOf: (child: Bound) => number): Known | undefined {
  const combine = (children: readonly Bound[], rule: Rule, by: (bounds: readonly number[]) => number): Known | undefined => {
    const all = children.map(knownOf);
    if (all.some((child) => child === undefined)) return undefined;
    return { rule, most: by(all.map((child) => child!.most)), least: by(all.map((child) => child!.least)) };
  };
  const largest = (children: readonly Bound[]): Known | undefined =>
    combine(children, { kind: 'largest', of: children.map(idOf) }, (bounds) => Math.max(...bounds));
  const scaledSum = (children: readonly Bound[], ups: readonly number[]): Known | undefined =>
    combine(children, { kind: 'sum', terms: children.map((child, i) => ({ of: idOf(child), up: ups[i]! })) }, (bounds) =>
      bounds.reduce((sum, bound, i) => sum + bound * powerOfTen(ups[i]!), 0),
    );
  const made = ((): Known | undefined => {
    switch (node.kind) {
      case 'literal':
        return typeMost(node.type) === undefined ? undefined : constant(Math.abs(Number(node.value ?? 0)));
      case 'slot':
        return slotRule(node.type, node.index);
      case 'case':
        return node.type.kind === 'decimal' ? largest([...node.branches.map(({ then }) => then), node.otherwise]) : undefined;
      case 'cast': {
        const up = castScale(node);
        return up === undefined ? undefined : scaledSum([node.input], [up]);
      }
      case 'call':
        if (node.type.kind !== 'decimal') return undefined;
        switch (node.fn.replace(/^try_/, '')) {
          case 'add':
          case 'subtract': {
            const ups = exactScales(node, node.type);
            return ups === undefined ? undefined : scaledSum(node.args, ups);
          }
          case 'multiply':
            return isExactProduct(node, node.type)
              ? combine(node.args, { kind: 'product', of: node.args.map(idOf) }, (bounds) => bounds.reduce((a, b) => a * b, 1))
              : undefined;
          case 'negative':
          case 'abs':
          case 'coalesce':
          case 'greatest':
          case 'least':
            return largest(node.args);
          case 'if':
            return largest(node.args.slice(1));
          default:
            return undefined;
        }
      default:
        return undefined;
    }
  })();
  if (made !== undefined) return made;
  // However it is made: numbers of few digits are small.
  return node.type.kind === 'decimal' && node.type.precision <= MAX_I64_PRECISION ? constant(typeMost(node.type)!) : undefined;
}

const constant = (most: number): Known => ({ rule: { kind: 'known' }, most, least: most });

function slotRule(type: DataType, index: number): Known | undefined {
  const most = typeMost(type);
  if (most === undefined) return undefined;
  const physical = physicalTypeOf(type);
  const digits = type.kind === 'decimal' ? type.precision : INTEGER_DIGITS[type.kind]!;
  if (physical === 'i32' || digits < MEASURED_DIGITS_MIN) return constant(most);
  return { rule: { kind: 'slot', index, type }, most, least: 1 };
}

/** Digits that each side of a sum gets before it is added, where that is all that is done (decimal.ts). */
function exactScales({ args }: BoundCall, type: DecimalType): readonly number[] | undefined {
  const [a, b] = args.map((arg) => arg.type);
  if (a?.kind !== 'decimal' || b?.kind !== 'decimal') return undefined;
  const scale = Math.max(a.scale, b.scale);
  const digits = Math.max(a.precision - a.scale, b.precision - b.scale) + scale + 1;
  return digits <= 38 && type.scale === scale ? [scale - a.scale, scale - b.scale] : undefined;
}

function isExactProduct({ args }: BoundCall, type: DecimalType): boolean {
  const [a, b] = args.map((arg) => arg.type);
  return a?.kind === 'decimal' && b?.kind === 'decimal' && a.scale + b.scale === type.scale;
}

/** Digits that a cast adds to the scale, where it can do nothing else. */
function castScale({ input, type }: BoundCast): number | undefined {
  if (type.kind !== 'decimal') return undefined;
  const [precision, scale] =
    input.type.kind === 'decimal' ? [input.type.precision, input.type.scale] : [INTEGER_DIGITS[input.type.kind], 0];
  if (precision === undefined) return undefined;
  const up = type.scale - scale;
  return up >= 0 && up <= MAX_I64_PRECISION && precision + up <= type.precision ? up : undefined;
}

function emitCheck(
  context: FunctionContext,
  rows: { readonly sel: number | undefined; readonly n: number },
  needed: readonly number[],
  open: readonly number[],
  known: ReadonlyMap<number, Known>,
): void {
  const { f } = context;
  const locals = new Map<number, number>();
  for (const id of needed) {
    const { rule, most } = known.get(id)!;
    const local = f.local(F64);
    locals.set(id, local);
    const of = (child: number): number => locals.get(child)!;
    switch (rule.kind) {
      case 'known':
        f.f64(most);
        break;
      case 'slot':
        pushSlotBound(context, rule.index, isWide(rule.type), rows);
        break;
      case 'sum':
        rule.terms.forEach(({ of: child, up }, i) => {
          f.get(of(child));
          if (up > 0) f.f64(powerOfTen(up)).op(OP.f64_mul);
          if (i > 0) f.op(OP.f64_add);
        });
        break;
      case 'product':
      case 'largest':
        rule.of.forEach((child, i) => {
          f.get(of(child));
          if (i > 0) f.op(rule.kind === 'product' ? OP.f64_mul : OP.f64_max);
        });
        break;
    }
    f.set(local);
  }
  open.forEach((id, i) => {
    f.get(locals.get(id)!).f64(LIMIT).op(OP.f64_lt);
    if (i > 0) f.op(OP.i32_and);
  });
}

/** Pushes 2^(bound − 1): from the slot's flags, or else measured. */
function pushSlotBound(
  { f, unit }: FunctionContext,
  slot: number,
  wide: boolean,
  { sel, n }: { readonly sel: number | undefined; readonly n: number },
): void {
  const record = FRAME_SLOTS + slot * SLOT_BYTES;
  const flags = f.local(I32);
  const bound = f.local(I32);
  f.get(0)
    .mem(OP.i32_load, record + SLOT_FLAGS)
    .tee(flags)
    .i32(SLOT_BOUND_SHIFT)
    .op(OP.i32_shr_u)
    .tee(bound)
    .op(OP.i32_eqz)
    .if();
  f.get(0)
    .mem(OP.i32_load, record + SLOT_VALUES)
    .i32(wide ? 1 : 0);
  f.i32(0)
    .get(0)
    .mem(OP.i32_load, record + SLOT_NULLS)
    .get(flags)
    .i32(SLOT_FLAG_NO_NULLS)
    .op(OP.i32_and, OP.select);
  pushAddress(f, sel);
  f.get(n)
    .call(unit.module.import('kernels', 'decimalBound', [I32, I32, I32, I32, I32], [I32]))
    .set(bound);
  f.end();
  f.get(bound).i32(1022).op(OP.i32_add, OP.i64_extend_i32_u).i64(52n).op(OP.i64_shl, OP.f64_reinterpret_i64);
}

function pushAddress(f: FunctionBuilder, local: number | undefined): void {
  if (local === undefined) f.i32(0);
  else f.get(local);
}
