import type { BoundCall } from '../../core/expr/bound.js';
import { guarded, type Emitter, type FunctionTable, type RowCompiler, type Value } from '../emitter.js';
import { I32, OP } from '../encoder.js';
import { likePattern, type LikePattern } from '../like-pattern.js';
import { lettersAt } from './string.js';

/** LIKE and ILIKE, by the kernels of kernels/assembly/like.ts. A literal pattern is compiled when the query is; most are a search. */

const DEFAULT_ESCAPE = '\\';
// What like_compile says.
const ESCAPE_AT_END = 2;
const ESCAPE_IN_MIDDLE = 3;

const KERNELS: { readonly [F in Exclude<LikePattern['form'], 'all'>]: string } = {
  equal: 'string_equal',
  prefix: 'string_startswith',
  suffix: 'string_endswith',
  contains: 'string_contains',
  pattern: 'like_match',
};

function matches(e: RowCompiler, call: BoundCall, kernel: string, text: number, pattern: number): Value {
  const local = e.let(I32, () => {
    e.f.get(text).get(pattern);
    e.kernel(kernel, [I32, I32], [I32]);
  });
  return { type: call.type, physical: 'bool', local, high: -1, null: false };
}

/** The pattern of a LIKE, if it is known; `fold`: in small letters. */
export function literalLike({ args: [, given, escaping] }: BoundCall, fold: boolean): LikePattern | undefined {
  const pattern = given?.kind === 'literal' ? given.value : undefined;
  const escape = escaping === undefined ? DEFAULT_ESCAPE : escaping.kind === 'literal' ? escaping.value : undefined;
  if (typeof pattern !== 'string' || typeof escape !== 'string') return undefined;
  return likePattern(fold ? pattern.toLowerCase() : pattern, escape);
}

/** Spark's ILIKE is LIKE of both sides in small letters. */
const like = (fold: boolean): Emitter =>
  guarded((e, args, call) => {
    const lower = (view: number): number => {
      if (!fold) return view;
      const out = e.context.viewPlace();
      lettersAt(e, 'lower', out, view);
      return out;
    };
    const text = lower(args[0]!.local);
    const known = literalLike(call, fold);
    if (known?.form === 'all')
      return e.of(
        call.type,
        e.let(I32, () => e.f.i32(1)),
      );
    if (known !== undefined) return matches(e, call, KERNELS[known.form], text, e.viewConstant(known.bytes));
    const pattern = lower(args[1]!.local);
    const compiled = e.context.viewPlace();
    const state = e.let(I32, () => {
      e.f
        .get(e.heap())
        .get(compiled)
        .get(pattern)
        .get(args[2]?.local ?? e.constantView(DEFAULT_ESCAPE));
      e.kernel('like_compile', [I32, I32, I32, I32], [I32]);
    });
    const isState = (code: number): number => e.let(I32, () => e.f.get(state).i32(code).op(OP.i32_eq));
    const operand = args[1]!;
    e.failIf(isState(ESCAPE_AT_END), { code: 'INVALID_FORMAT.ESC_AT_THE_END', node: call, operand });
    e.failIf(isState(ESCAPE_IN_MIDDLE), { code: 'INVALID_FORMAT.ESC_IN_THE_MIDDLE', node: call, operand });
    return matches(e, call, KERNELS.pattern, text, compiled);
  });

export const likeFunctions: FunctionTable = new Map([
  ['like', like(false)],
  ['ilike', like(true)],
]);
