import type { BoundCall } from '../../core/expr/bound.js';
import { guarded, lazy, strict, type Emitter, type FunctionTable, type RowCompiler, type Value } from '../emitter.js';
import { I32, OP, type ValueType } from '../encoder.js';

/** Functions of strings, by the kernels of kernels/assembly/string*.ts. Views go by address. */

const words = (count: number): readonly ValueType[] => new Array<ValueType>(count).fill(I32);
const isBinary = ({ args }: BoundCall): boolean => args[0]?.type.kind === 'binary';

function viewAt(call: BoundCall, local: number): Value {
  return { type: call.type, physical: 'view', local, high: -1, null: false };
}

function numberIn(call: BoundCall, local: number): Value {
  return { type: call.type, physical: call.type.kind === 'boolean' ? 'bool' : 'i32', local, high: -1, null: false };
}

/** A view that the kernel makes from these locals; `heap`: of new bytes. */
function made(e: RowCompiler, call: BoundCall, name: string, locals: readonly number[], heap: boolean): Value {
  const out = e.viewTarget();
  if (heap) e.f.get(e.heap());
  e.f.get(out);
  for (const local of locals) e.f.get(local);
  e.kernel(name, words(locals.length + (heap ? 2 : 1)), []);
  return viewAt(call, out);
}

const locals = (args: readonly Value[]): number[] => args.map(({ local }) => local);
const constant = (e: RowCompiler, value: number): number => e.let(I32, () => e.f.i32(value));

/** A part of the first argument's bytes. */
const part = (name: string): Emitter => guarded((e, args, call) => made(e, call, name, locals(args), false));
const fresh = (name: string): Emitter => guarded((e, args, call) => made(e, call, name, locals(args), true));

const number = (name: string): Emitter =>
  guarded((e, args, call) =>
    numberIn(
      call,
      e.let(I32, () => {
        for (const { local } of args) e.f.get(local);
        e.kernel(name, words(args.length), [I32]);
      }),
    ),
  );

/** Changes letters, at `out`. The kernel does ASCII texts and says when one is not: JavaScript knows the others. */
export function lettersAt(e: RowCompiler, name: 'upper' | 'lower' | 'initcap', out: number, view: number): void {
  const push = (): void => void e.f.get(e.heap()).get(out).get(view);
  push();
  e.kernel(`string_${name}`, words(3), [I32]);
  e.f.op(OP.i32_eqz).if();
  push();
  e.text(name, words(3), []);
  e.f.end();
}

const letters = (name: 'upper' | 'lower' | 'initcap'): Emitter =>
  guarded((e, args, call) => {
    const out = e.viewTarget();
    lettersAt(e, name, out, args[0]!.local);
    return viewAt(call, out);
  });

const octets: Emitter = strict((e, args, call) =>
  numberIn(
    call,
    e.let(I32, () => e.f.get(args[0]!.local).mem(OP.i32_load)),
  ),
);

const bits: Emitter = strict((e, args, call) =>
  numberIn(
    call,
    e.let(I32, () => e.f.get(args[0]!.local).mem(OP.i32_load).i32(3).op(OP.i32_shl)),
  ),
);

const length: Emitter = guarded((e, args, call) => {
  const [{ local }] = args as [Value];
  return numberIn(
    call,
    e.let(I32, () => {
      e.f.get(local);
      if (isBinary(call)) e.f.mem(OP.i32_load);
      else e.kernel('string_length', words(1), [I32]);
    }),
  );
});

const REST = 0x7fffffff;

const substring: Emitter = guarded((e, args, call) => {
  const [view, start, count] = args;
  const places = [view!.local, start!.local, count?.local ?? constant(e, REST)];
  return made(e, call, isBinary(call) ? 'binary_substring' : 'string_substring', places, false);
});

const left: Emitter = guarded((e, args, call) => {
  const places = [args[0]!.local, constant(e, 1), args[1]!.local];
  return made(e, call, isBinary(call) ? 'binary_substring' : 'string_substring', places, false);
});

const trim = (sides: number): Emitter =>
  guarded((e, args, call) =>
    made(e, call, 'string_trim', [args[0]!.local, args[1]?.local ?? e.constantView(' '), constant(e, sides)], false),
  );

const pad = (atStart: number): Emitter =>
  guarded((e, args, call) => made(e, call, 'string_pad', [...locals(args), constant(e, atStart)], true));

/** Addresses of views fit in the scratch place of a kernel, four bytes each. */
const LIST_MAX = 1000;

const concat: Emitter = guarded((e, args, call) => {
  const [first] = args;
  if (args.length === 1) return first!;
  const out = e.viewTarget();
  const list = e.scratch();
  let from = 0;
  while (from < args.length) {
    // What is joined already is the first of the next list.
    const views = [...(from === 0 ? [] : [out]), ...locals(args.slice(from, from + LIST_MAX))];
    views.forEach((view, i) =>
      e.f
        .get(list)
        .get(view)
        .mem(OP.i32_store, i * 4),
    );
    e.f.get(e.heap()).get(out).get(list).i32(views.length);
    e.kernel('string_concat', words(4), []);
    from += LIST_MAX;
  }
  return viewAt(call, out);
});

/** Arguments that are null are left out. Null only when the separator is. */
const concatWithSeparator: Emitter = lazy((e, call) => {
  const out = e.viewTarget();
  const [separator, ...parts] = call.args.map((arg) => e.value(arg));
  const list = e.scratch();
  const count = e.local(I32);
  const isLive = e.let(I32, () => {
    if (separator!.null === false) e.f.i32(1);
    else e.f.get(separator!.null).op(OP.i32_eqz);
  });
  const join = (): void => {
    e.f.get(e.heap()).get(out).get(separator!.local).get(list).get(count);
    e.kernel('string_join', words(5), []);
  };
  const append = (view: number): void =>
    void e.f
      .get(list)
      .get(count)
      .i32(2)
      .op(OP.i32_shl, OP.i32_add)
      .get(view)
      .mem(OP.i32_store)
      .get(count)
      .i32(1)
      .op(OP.i32_add)
      .set(count);
  e.when(isLive, () => {
    e.f.i32(0).set(count);
    parts.forEach((part, i) => {
      if (i > 0 && i % LIST_MAX === 0) {
        e.when(count, () => {
          join();
          e.f.i32(0).set(count);
          append(out);
        });
      }
      if (part.null === false) append(part.local);
      else {
        e.f.get(part.null).op(OP.i32_eqz).if();
        append(part.local);
        e.f.end();
      }
    });
    join();
  });
  return { ...viewAt(call, out), null: separator!.null };
});

/** A null position finds nothing. */
const locate: Emitter = lazy((e, call) => {
  const [needle, view, from] = call.args.map((arg) => e.value(arg));
  const nulls = e.eitherNull(needle!.null, view!.null);
  const position = e.local(I32);
  e.f.i32(0).set(position);
  const skip = e.eitherNull(nulls, from!.null);
  const find = (): void => {
    e.f.get(needle!.local).get(view!.local).get(from!.local);
    e.kernel('string_locate', words(3), [I32]);
    e.f.set(position);
  };
  if (skip === false) find();
  else {
    e.f.get(skip).op(OP.i32_eqz).if();
    find();
    e.f.end();
  }
  return { ...numberIn(call, position), null: nulls };
});

const splitPart: Emitter = guarded((e, args, call) => {
  const isZero = e.let(I32, () => e.f.get(args[2]!.local).op(OP.i32_eqz));
  e.failIf(isZero, { code: 'INVALID_INDEX_OF_ZERO', node: call });
  return made(e, call, 'string_split_part', locals(args), false);
});

/** Regular expressions are JavaScript's: Java's differ in corners only. */
const rlike: Emitter = guarded((e, args, call) =>
  numberIn(
    call,
    e.let(I32, () => {
      e.f.get(args[0]!.local).get(args[1]!.local);
      e.text('rlike', words(2), [I32]);
    }),
  ),
);

export const stringFunctions: FunctionTable = new Map([
  ...(['upper', 'lower', 'initcap'] as const).map((name) => [name, letters(name)] as const),
  ...['replace', 'repeat', 'reverse', 'translate'].map((name) => [name, fresh(`string_${name}`)] as const),
  ...['contains', 'startswith', 'endswith', 'ascii'].map((name) => [name, number(`string_${name}`)] as const),
  ['length', length],
  ['octet_length', octets],
  ['bit_length', bits],
  ['substring', substring],
  ['left', left],
  ['right', part('string_right')],
  ['ltrim', trim(1)],
  ['rtrim', trim(2)],
  ['btrim', trim(3)],
  ['lpad', pad(1)],
  ['rpad', pad(0)],
  ['concat', concat],
  ['concat_ws', concatWithSeparator],
  ['locate', locate],
  ['split_part', splitPart],
  ['rlike', rlike],
]);
