import type { BoundCall } from '../../core/expr/bound.js';
import { guarded, lazy, type Emitter, type FunctionTable, type RowCompiler, type Value } from '../emitter.js';
import { I32, OP, type ValueType } from '../encoder.js';

/** Functions of strings, by the functions of codegen/host-text.ts. */

/** A view made by a function of the arguments' views and numbers. */
function made(e: RowCompiler, name: string, locals: readonly number[], call: BoundCall): Value {
  const out = e.viewTarget();
  e.f.get(e.heap()).get(out);
  for (const local of locals) e.f.get(local);
  e.text(name, [I32, I32, ...locals.map((): ValueType => I32)], []);
  return { type: call.type, physical: 'view', local: out, high: -1, null: false };
}

const view = (name: string): Emitter =>
  guarded((e, args, call) =>
    made(
      e,
      name,
      args.map(({ local }) => local),
      call,
    ),
  );

const number = (name: string): Emitter =>
  guarded((e, args, call) => {
    const local = e.let(I32, () => {
      for (const arg of args) e.f.get(arg.local);
      e.text(
        name,
        args.map((): ValueType => I32),
        [I32],
      );
    });
    return { type: call.type, physical: call.type.kind === 'boolean' ? 'bool' : 'i32', local, high: -1, null: false };
  });

/** Two at a time, from the left. */
const concat: Emitter = guarded((e, args, call) => {
  const out = e.viewTarget();
  const [first, ...rest] = args;
  if (rest.length === 0) return first!;
  let left = first!.local;
  for (const { local } of rest) {
    e.f.get(e.heap()).get(out).get(left).get(local);
    e.text('concat', [I32, I32, I32, I32], []);
    left = out;
  }
  return { type: call.type, physical: 'view', local: out, high: -1, null: false };
});

/** Arguments that are null are left out; a separator goes before each but the first. Null only when the separator is. */
const concatWithSeparator: Emitter = lazy((e, call) => {
  const out = e.viewTarget();
  const [separator, ...parts] = call.args.map((arg) => e.value(arg));
  const any = e.f.local(I32);
  e.f.i32(0).set(any);
  const empty = e.constantView('');
  e.f.get(e.heap()).get(out).get(empty).get(empty);
  e.text('concat', [I32, I32, I32, I32], []);
  for (const part of parts) {
    const live = e.let(I32, () => {
      if (part.null === false) e.f.i32(1);
      else e.f.get(part.null).op(OP.i32_eqz);
      if (separator!.null !== false) e.f.get(separator!.null).op(OP.i32_eqz, OP.i32_and);
    });
    e.when(live, () => {
      e.when(any, () => {
        e.f.get(e.heap()).get(out).get(out).get(separator!.local);
        e.text('concat', [I32, I32, I32, I32], []);
      });
      e.f.get(e.heap()).get(out).get(out).get(part.local);
      e.text('concat', [I32, I32, I32, I32], []);
      e.f.i32(1).set(any);
    });
  }
  return { type: call.type, physical: 'view', local: out, high: -1, null: separator!.null };
});

const trim = (name: string): Emitter =>
  guarded((e, args, call) => made(e, name, [args[0]!.local, args[1]?.local ?? e.constantView(' ')], call));

/** Escapes are backslashes unless another is given. */
const like = (fold: number): Emitter =>
  guarded((e, args, call) => {
    const escape = args[2]?.local ?? e.constantView('\\');
    const found = e.let(I32, () => {
      e.f.get(args[0]!.local).get(args[1]!.local).get(escape).i32(fold);
      e.text('like', [I32, I32, I32, I32], [I32]);
    });
    const isCode = (code: number): number => e.let(I32, () => e.f.get(found).i32(code).op(OP.i32_eq));
    const operand = args[1]!;
    e.failIf(isCode(2), { code: 'INVALID_FORMAT.ESC_AT_THE_END', node: call, operand });
    e.failIf(isCode(3), { code: 'INVALID_FORMAT.ESC_IN_THE_MIDDLE', node: call, operand });
    return { type: call.type, physical: 'bool', local: isCode(1), high: -1, null: false };
  });

const splitPart: Emitter = guarded((e, args, call) => {
  const isZero = e.let(I32, () => e.f.get(args[2]!.local).op(OP.i32_eqz));
  e.failIf(isZero, { code: 'INVALID_INDEX_OF_ZERO', node: call });
  return made(
    e,
    'split_part',
    args.map(({ local }) => local),
    call,
  );
});

export const textFunctions: FunctionTable = new Map([
  ...['upper', 'lower', 'initcap', 'reverse', 'substring', 'left', 'right', 'repeat', 'replace', 'translate', 'lpad', 'rpad'].map(
    (name) => [name, view(name)] as const,
  ),
  ...['length', 'octet_length', 'bit_length', 'ascii', 'contains', 'startswith', 'endswith', 'locate', 'rlike'].map(
    (name) => [name, number(name)] as const,
  ),
  ...['btrim', 'ltrim', 'rtrim'].map((name) => [name, trim(name)] as const),
  ['split_part', splitPart],
  ['concat', concat],
  ['concat_ws', concatWithSeparator],
  ['like', like(0)],
  ['ilike', like(1)],
]);
