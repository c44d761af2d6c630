import { readFileSync } from 'node:fs';
import type { Bound, BoundAggregate } from '../../lib/core/expr/bound.js';
import type { LiteralValue } from '../../lib/core/expr/expr.js';
import { BOOLEAN, type DataType } from '../../lib/core/types/data-type.js';
import { physicalTypeOf, PHYSICAL_WIDTH } from '../../lib/core/types/physical-type.js';
import type { ErrorSite } from '../../lib/core/physical/stage-program.js';
import type { Stage, Step } from '../../lib/core/physical/stage.js';
import { compileStage } from '../../lib/codegen/index.js';
import { instantiateKernels, instantiateStage, makeError, type FunctionExports } from '../../lib/codegen/index.js';
import { readValue } from '../../lib/codegen/run-constant.js';
import {
  FRAME_ERROR_CODE,
  FRAME_HEAP,
  FRAME_PARAMETERS,
  FRAME_SCRATCH,
  FRAME_SCRATCH_BYTES,
  FRAME_SLOTS,
  FRAME_TASK,
  HEAP_END,
  HEAP_NEXT,
  SLOT_BYTES,
  SLOT_FLAGS,
  SLOT_FLAG_NO_NULLS,
  SLOT_NULLS,
  SLOT_VALUES,
  VIEW_INLINE_MAX,
  VIEW_PREFIX,
  VIEW_REF,
  ZEROS,
} from '../../lib/memory/layout.js';
import { viewsOf } from '../../lib/memory/memory-access.js';

/** A small world for compiled code: one memory, one frame, columns laid out as an executor would. */

const PAGES = 65536;
const FRAME = 1 << 20;
const START = 2 << 20;
const END = 512 << 20;

export const memory = new WebAssembly.Memory({ initial: PAGES, maximum: PAGES, shared: true });
export const views = viewsOf(memory);
export const kernels: FunctionExports = instantiateKernels(
  readFileSync(new URL('../../lib/kernels/kernels.wasm', import.meta.url)),
  memory,
  {
    heapMore: () => {
      throw new Error('The test heap is full.');
    },
  },
);

let free = START;
export function allocate(bytes: number): number {
  const at = free;
  free += Math.ceil(bytes / 64) * 64 + 64;
  if (free > END) throw new Error('The test memory is full.');
  return at;
}

export const slot = (index: number, type: DataType, nullable = true): Bound => ({ kind: 'slot', index, type, nullable });
export const literal = (type: DataType, value: LiteralValue): Bound => ({
  kind: 'literal',
  type,
  value,
  nullable: value === null,
});
export const call = (fn: string, type: DataType, ...args: Bound[]): Bound => ({ kind: 'call', fn, type, args, nullable: true });
export const test_ = (fn: string, ...args: Bound[]): Bound => call(fn, BOOLEAN, ...args);
export const cast = (input: Bound, type: DataType, mode: 'ansi' | 'try' = 'ansi'): Bound => ({
  kind: 'cast',
  input,
  type,
  mode,
  nullable: true,
});
export const aggregate = (fn: string, type: DataType, args: Bound[], filter?: Bound): BoundAggregate => ({
  kind: 'aggregate',
  fn,
  type,
  args,
  distinct: false,
  nullable: fn !== 'count',
  ...(filter === undefined ? {} : { filter }),
});

export interface Column {
  readonly type: DataType;
  readonly values: readonly LiteralValue[];
  /** False: the slot is declared never null. */
  readonly nullable?: boolean;
}

export function writeValue(type: DataType, at: number, value: LiteralValue): void {
  const words = new DataView(memory.buffer, at, 16);
  switch (physicalTypeOf(type)) {
    case 'bool':
      words.setUint8(0, value === true ? 1 : 0);
      return;
    case 'i32':
      words.setInt32(0, Number(value), true);
      return;
    case 'i64':
      words.setBigInt64(0, BigInt(value as bigint), true);
      return;
    case 'i128':
      words.setBigInt64(0, BigInt.asIntN(64, BigInt(value as bigint)), true);
      words.setBigInt64(8, BigInt(value as bigint) >> 64n, true);
      return;
    case 'f64':
      words.setFloat64(0, Number(value), true);
      return;
    default: {
      const bytes = typeof value === 'string' ? Buffer.from(value) : (value as Uint8Array);
      words.setBigInt64(0, 0n, true);
      words.setBigInt64(8, 0n, true);
      words.setUint32(0, bytes.length, true);
      if (bytes.length <= VIEW_INLINE_MAX) {
        views.u8.set(bytes, at + VIEW_PREFIX);
        return;
      }
      const place = allocate(bytes.length);
      views.u8.set(bytes, place);
      views.u8.set(bytes.subarray(0, 4), at + VIEW_PREFIX);
      words.setUint32(VIEW_REF, place, true);
    }
  }
}

const widthOf = (type: DataType): number => PHYSICAL_WIDTH[physicalTypeOf(type)];
const word = (at: number, value: number): void => void (views.u32[at >>> 2] = value);

/** Starts anew: an empty frame with a heap and scratch. */
export function openFrame(parameters: Uint8Array): number {
  free = START;
  views.u8.fill(0, FRAME, FRAME + 65536);
  const area = allocate(parameters.length + 16);
  views.u8.set(parameters, area);
  word(FRAME + FRAME_PARAMETERS, area);
  word(FRAME + FRAME_SCRATCH, allocate(FRAME_SCRATCH_BYTES));
  const heap = allocate(8 << 20);
  word(FRAME + FRAME_HEAP + HEAP_NEXT, heap);
  word(FRAME + FRAME_HEAP + HEAP_END, heap + (8 << 20));
  word(FRAME + FRAME_TASK, 1);
  return FRAME;
}

export function bindColumn(index: number, column: Column): void {
  const { type, values } = column;
  const width = widthOf(type);
  const at = allocate(values.length * width + 16);
  // Null rows hold garbage, as they may.
  views.u8.fill(0xa5, at, at + values.length * width);
  values.forEach((value, i) => {
    if (value !== null) writeValue(type, at + i * width, value);
  });
  const record = FRAME + FRAME_SLOTS + index * SLOT_BYTES;
  const hasNulls = values.includes(null);
  word(record + SLOT_VALUES, at);
  word(record + SLOT_FLAGS, hasNulls ? 0 : SLOT_FLAG_NO_NULLS);
  if (!hasNulls) {
    word(record + SLOT_NULLS, ZEROS);
    return;
  }
  const nulls = allocate(values.length);
  values.forEach((value, i) => void (views.u8[nulls + i] = value === null ? 1 : 0));
  word(record + SLOT_NULLS, nulls);
}

export function bindOutput(index: number, type: DataType, rows: number, garbage = 1): void {
  const record = FRAME + FRAME_SLOTS + index * SLOT_BYTES;
  word(record + SLOT_VALUES, allocate(rows * widthOf(type) + 16));
  const nulls = allocate(rows);
  views.u8.fill(garbage, nulls, nulls + rows);
  word(record + SLOT_NULLS, nulls);
}

export function readOutput(index: number, type: DataType, rows: readonly number[]): LiteralValue[] {
  const record = (FRAME + FRAME_SLOTS + index * SLOT_BYTES) >>> 2;
  const values = views.u32[record]!;
  const nulls = views.u32[record + 1]!;
  return rows.map((row) => (views.u8[nulls + row] === 1 ? null : readValue(views, values + row * widthOf(type), type)));
}

export const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

function stageOf(
  columns: readonly Column[],
  outputs: readonly DataType[],
  steps: readonly Step[],
  aggregates?: readonly BoundAggregate[],
): Stage {
  const slots = [
    ...columns.map(({ type, nullable }) => ({ type, nullable: nullable ?? true })),
    ...outputs.map((type) => ({ type, nullable: true })),
  ];
  return {
    id: 0,
    pipelines: [{ slots, source: { kind: 'range', start: 0n, end: 0n, step: 1n, partitions: 1 }, steps, outputs: [] }],
    sink: aggregates === undefined ? { kind: 'collect', retain: 'query' } : { kind: 'aggregate', keyCount: 0, aggregates },
  };
}

const CONTEXT = {
  blocks: () => [],
  stage: () => {
    throw new Error('no earlier stage');
  },
};

export interface Compiled {
  readonly loops: FunctionExports;
  readonly sites: readonly ErrorSite[];
}

export function compile(
  stage: Stage,
): Compiled & { readonly parameters: Uint8Array; readonly program: ReturnType<typeof compileStage>['program'] } {
  const { program, module } = compileStage(stage, CONTEXT);
  return {
    loops: instantiateStage(module, memory, kernels),
    sites: program.sites,
    parameters: Buffer.from(program.parameters, 'base64'),
    program,
  };
}

export function checkError(sites: readonly ErrorSite[]): void {
  if (views.i32[(FRAME + FRAME_ERROR_CODE) >>> 2] !== 0) throw makeError(views, FRAME, sites);
}

function selectionAt(rows: readonly number[]): number {
  const at = allocate(rows.length * 4);
  rows.forEach((row, i) => word(at + i * 4, row));
  return at;
}

type Program = ReturnType<typeof compileStage>['program'];

/** Room for what projections make. */
function bindProjected({ pipelines }: Program, rows: number): void {
  const { steps, slots } = pipelines[0]!;
  for (const step of steps)
    if (step.kind === 'project') for (const index of step.slots) bindOutput(index, slots[index]!.type, Math.max(rows, 1));
}

/** Runs the steps of a pipeline; gives how many rows its filter keeps, at `sel`. */
function runSteps({ pipelines }: Program, loops: FunctionExports, n: number, sel: number, out: number): number {
  let kept = n;
  for (const step of pipelines[0]!.steps) {
    if (step.kind !== 'project' && step.kind !== 'filter') throw new Error(`no ${step.kind} steps here`);
    const last = step.kind === 'filter' ? [out] : [];
    const result = sel === 0 ? loops[step.loop]!(FRAME, n, ...last) : loops[`${step.loop}_s`]!(FRAME, sel, n, ...last);
    if (step.kind === 'filter') kept = result;
  }
  return kept;
}

/** Values of expressions over columns; through a selection where `rows` is given. */
export function project(exprs: readonly Bound[], columns: readonly Column[], rows?: readonly number[]): LiteralValue[][] {
  const first = columns.length;
  const outputs = exprs.map((expr, i) => ({ slot: first + i, expr }));
  const { loops, sites, parameters, program } = compile(
    stageOf(
      columns,
      exprs.map((e) => e.type),
      [{ kind: 'project', outputs }],
    ),
  );
  const count = columns[0]?.values.length ?? 1;
  openFrame(parameters);
  columns.forEach((column, i) => bindColumn(i, column));
  bindProjected(program, count);
  if (rows === undefined) runSteps(program, loops, count, 0, 0);
  else runSteps(program, loops, rows.length, selectionAt(rows), 0);
  checkError(sites);
  return exprs.map((expr, i) => readOutput(first + i, expr.type, rows ?? range(count)));
}

/** Positions that pass a filter. */
export function filter(condition: Bound, columns: readonly Column[], rows?: readonly number[]): number[] {
  const { loops, sites, parameters, program } = compile(stageOf(columns, [], [{ kind: 'filter', condition }]));
  const count = columns[0]!.values.length;
  openFrame(parameters);
  columns.forEach((column, i) => bindColumn(i, column));
  bindProjected(program, count);
  const out = rows === undefined ? allocate(count * 4) : selectionAt(rows);
  // In place where there is a selection, as an executor does.
  const kept = rows === undefined ? runSteps(program, loops, count, 0, out) : runSteps(program, loops, rows.length, out, out);
  checkError(sites);
  return range(kept).map((i) => views.u32[(out >>> 2) + i]!);
}

/** Aggregates over all rows: by `single`, by `update` into one state, and by two halves merged. All must agree; the first is given. */
export function aggregateAll(
  aggregates: readonly BoundAggregate[],
  columns: readonly Column[],
  form: 'single' | 'update' | 'merge',
  rows?: readonly number[],
): LiteralValue[] {
  const stage = stageOf(columns, [], [], aggregates);
  const { loops, sites, parameters, program } = compile(stage);
  if (program.sink.kind !== 'aggregate') throw new Error('no aggregate');
  const { aggregate: sink } = program.sink;
  const initial = Buffer.from(sink.initial, 'base64');
  const count = columns[0]!.values.length;
  const frame = openFrame(parameters);
  columns.forEach((column, i) => bindColumn(i, column));
  const newState = (): number => {
    const at = allocate(initial.length);
    views.u8.set(initial, at);
    return at;
  };
  bindProjected(program, count);
  const all = rows ?? range(count);
  const add = (state: number, name: string, part: readonly number[]): void => {
    const sel = selectionAt(part);
    const dense = rows === undefined && part.length === count;
    runSteps(program, loops, part.length, dense ? 0 : sel, 0);
    if (name === sink.single) {
      if (dense) loops[name]!(frame, count, state);
      else loops[`${name}_s`]!(frame, sel, part.length, state);
      return;
    }
    const states = selectionAt(part.map(() => state));
    if (dense) loops[name]!(frame, count, states);
    else loops[`${name}_s`]!(frame, sel, part.length, states);
  };
  const state = newState();
  if (form === 'merge') {
    const middle = all.length >> 1;
    const other = newState();
    add(state, sink.single, all.slice(0, middle));
    word(FRAME + FRAME_TASK, 2);
    add(other, sink.update, all.slice(middle));
    loops[sink.merge]!(selectionAt([state]), selectionAt([other]), 1, frame + FRAME_HEAP);
  } else {
    add(state, form === 'single' ? sink.single : sink.update, all);
  }
  checkError(sites);
  return finish(stage, aggregates, state);
}

function finish(stage: Stage, aggregates: readonly BoundAggregate[], state: number): LiteralValue[] {
  const reader: Stage = {
    id: 1,
    pipelines: [
      {
        slots: aggregates.map(({ type }) => ({ type, nullable: true })),
        source: { kind: 'groups', stage: 0 },
        steps: [],
        outputs: [],
      },
    ],
    sink: { kind: 'collect', retain: 'query' },
  };
  const { program, module } = compileStage(reader, { ...CONTEXT, stage: () => stage });
  const source = program.pipelines[0]!.source;
  if (source.kind !== 'groups') throw new Error('no groups');
  const loops = instantiateStage(module, memory, kernels);
  aggregates.forEach(({ type, nullable }, i) => bindOutput(i, type, 1, nullable ? 1 : 0));
  loops[source.aggregate.finish]!(FRAME, selectionAt([state]), 1);
  checkError(program.sites);
  return aggregates.map(({ type }, i) => readOutput(i, type, [0])[0]!);
}
