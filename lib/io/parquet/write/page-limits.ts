import { LEAF_KINDS, type Leaf } from './leaf.js';
import { LIMIT_BYTES, UNCUT_BYTES_MAX, cutGreatest, cutLeast, type Limits } from './limits.js';
import { VIEW_BYTES, VIEW_INLINE_MAX, VIEW_PREFIX, VIEW_REF } from '../../../memory/layout.js';
import type { WorkSpace } from './work-space.js';

/**
 * Finds the limits of one or more values of a leaf. Undefined where there are none: only NaN, or strings that no short limit is above.
 * With `seen` (a byte a value) only the marked ones of `n` values count; only for `bytes`.
 */
export type FindLimits = (values: number, n: number, base: number, seen: number) => Limits | undefined;

export function limitsFinder(work: WorkSpace, leaf: Leaf): FindLimits {
  const range = work.kernel(LEAF_KINDS[leaf.kind].range);
  const { views, results } = work;
  const exact = (least: number | bigint, greatest: number | bigint): Limits => ({
    least,
    greatest,
    isLeastExact: true,
    isGreatestExact: true,
  });
  switch (leaf.kind) {
    case 'boolean':
      return (values, n) => {
        range(values, n, results);
        return exact(views.u8[results]!, views.u8[results + 1]!);
      };
    case 'int32':
      return (values, n) => {
        range(values, n, results);
        return exact(views.i32[results >>> 2]!, views.i32[(results >>> 2) + 1]!);
      };
    case 'int64':
      return (values, n) => {
        range(values, n, results);
        return exact(views.i64[results / 8]!, views.i64[results / 8 + 1]!);
      };
    case 'float':
    case 'double':
      return (values, n) => {
        range(values, n, results);
        const least = views.f64[results / 8]!;
        const greatest = views.f64[results / 8 + 1]!;
        // The order of zeros is nobody's: the least is the negative one, the greatest the positive one.
        return least <= greatest ? exact(least || -0, greatest || 0) : undefined;
      };
    case 'fixed': {
      const wide = (at: number): bigint => (views.i64[at + 1]! << 64n) | BigInt.asUintN(64, views.i64[at]!);
      return (values, n) => {
        range(values, n, results);
        return exact(wide(results / 8), wide(results / 8 + 2));
      };
    }
    case 'bytes':
      return (values, n, base, seen) =>
        range(values, n, base, seen, results) === 0 ? undefined : textLimits(work, leaf, values, base);
  }
}

/** The results are the numbers of the two views. */
function textLimits(work: WorkSpace, leaf: Leaf, values: number, base: number): Limits | undefined {
  const { views, results } = work;
  const least = values + views.u32[results >>> 2]! * VIEW_BYTES;
  const greatest = values + views.u32[(results >>> 2) + 1]! * VIEW_BYTES;
  const leastLength = views.u32[least >>> 2]!;
  const greatestLength = views.u32[greatest >>> 2]!;
  const upper = cutGreatest(viewBytes(work, greatest, base), greatestLength, leaf.isText);
  if (upper === undefined && greatestLength > UNCUT_BYTES_MAX) return undefined;
  return {
    least: cutLeast(viewBytes(work, least, base), leastLength, leaf.isText),
    greatest: upper ?? viewBytes(work, greatest, base),
    isLeastExact: leastLength <= LIMIT_BYTES,
    isGreatestExact: greatestLength <= LIMIT_BYTES || upper === undefined,
  };
}

/** A copy of a view's first bytes. */
function viewBytes({ views }: WorkSpace, view: number, base: number): Buffer {
  const length = views.u32[view >>> 2]!;
  const at = length <= VIEW_INLINE_MAX ? view + VIEW_PREFIX : base + views.u32[(view + VIEW_REF) >>> 2]!;
  return Buffer.from(views.u8.slice(at, at + Math.min(length, UNCUT_BYTES_MAX)));
}
