import { DEFAULT_VALUE_OPTIONS } from '../../core/types/javascript-values.js';
import { QueryError } from '../../core/errors.js';
import { PHYSICAL_WIDTH } from '../../core/types/physical-type.js';
import {
  FRAME_HEAP,
  FRAME_ROWS,
  FRAME_SLOTS,
  SLOT_BYTES,
  SLOT_FLAG_NO_NULLS,
  SLOT_FLAGS,
  SLOT_NULLS,
  SLOT_VALUES,
} from '../../memory/layout.js';
import { readValues } from '../../memory/values.js';
import { describe, ValueMismatch, writeValue, type WriteTarget } from '../../memory/write-values.js';
import type { StepProgram } from '../../core/physical/stage-program.js';
import type { Batch, PipelineContext } from '../contracts.js';
import { compileUserFunction, decodeScope } from './user-function.js';

type JavascriptProgram = Extract<StepProgram, { kind: 'javascript' }>;

/** A user's function over the rows of a batch. */
export interface JavascriptStep {
  readonly role: JavascriptProgram['role'];
  /** map and filter: changes the batch in place; `selection` takes the rows that a filter kept. */
  apply(batch: Batch, selection: number): void;
  /** flatMap: hands over its results in batches of at most `capacity` rows. */
  flatMap(batch: Batch, capacity: number, emit: (results: Batch) => void): void;
}

/**
 * Rows are plain objects made of the input columns; results go into vectors of this step's own. The function runs once a row, in row order,
 * and may run again when a task is retried.
 */
export function openJavascriptStep(program: JavascriptProgram, context: PipelineContext): JavascriptStep {
  const { executor, frame } = context;
  const { views } = executor;
  const run = compileUserFunction(program.source, decodeScope(program.scope));
  const types = program.inputs.map(({ slot }) => context.program.slots[slot]!.type);
  const makeRow = rowMaker(program.inputs.map(({ name }) => name));
  const targets = program.outputs.map(({ slot }) => ownVectors(slot, context));
  const allocate = (bytes: number): number => context.allocateTransient(frame + FRAME_HEAP, bytes);

  const rowsOf = (batch: Batch): unknown[] => {
    const rowCount = views.u32[(frame + FRAME_ROWS) >>> 2]!;
    const columns = program.inputs.map(({ slot }, c) => {
      const record = (frame + FRAME_SLOTS + slot * SLOT_BYTES) >>> 2;
      const nulls = views.u32[record + SLOT_NULLS / 4]!;
      return readValues(
        views,
        types[c]!,
        { values: views.u32[record + SLOT_VALUES / 4]!, nulls: views.u8.subarray(nulls, nulls + rowCount), base: 0 },
        0,
        rowCount,
        DEFAULT_VALUE_OPTIONS,
      );
    });
    const rows: unknown[] = new Array(batch.n);
    for (let k = 0; k < batch.n; k++) rows[k] = makeRow(columns, batch.sel === 0 ? k : views.u32[(batch.sel >>> 2) + k]!);
    return rows;
  };

  const write = (row: unknown, at: number): void => {
    if (typeof row !== 'object' || row === null) throw wrongResult(program.role, row);
    for (let c = 0; c < targets.length; c++) {
      const { name, slot } = program.outputs[c]!;
      const value = (row as Record<string, unknown>)[name];
      if ((value === null || value === undefined) && !context.program.slots[slot]!.nullable)
        throw unexpectedNull(program.role, name);
      try {
        writeValue(views, targets[c]!, at, value, allocate);
      } catch (error) {
        if (error instanceof ValueMismatch) throw wrongValue(program.role, name, error);
        throw error;
      }
    }
  };

  const call = (row: unknown): unknown => {
    try {
      return run(row);
    } catch (error) {
      throw userError(program.role, error);
    }
  };

  return {
    role: program.role,
    apply(batch, selection) {
      const rows = rowsOf(batch);
      if (program.role === 'filter') {
        const kept = selection >>> 2;
        let count = 0;
        for (let k = 0; k < rows.length; k++) {
          const position = batch.sel === 0 ? k : views.u32[(batch.sel >>> 2) + k]!;
          if (call(rows[k]) === true) views.u32[kept + count++] = position;
        }
        batch.n = count;
        batch.sel = selection;
        return;
      }
      for (let k = 0; k < rows.length; k++) write(call(rows[k]), k);
      pointSlots(views.u32, frame, program, targets);
      views.u32[(frame + FRAME_ROWS) >>> 2] = rows.length;
      batch.sel = 0;
      batch.n = rows.length;
    },
    flatMap(batch, capacity, emit) {
      const results: Batch = { n: 0, sel: 0 };
      let filled = 0;
      const flush = (): void => {
        pointSlots(views.u32, frame, program, targets);
        views.u32[(frame + FRAME_ROWS) >>> 2] = filled;
        results.n = filled;
        results.sel = 0;
        filled = 0;
        if (results.n > 0) emit(results);
      };
      for (const row of rowsOf(batch)) {
        const made = call(row);
        if (!Array.isArray(made)) throw wrongResult(program.role, made);
        for (const item of made) {
          write(item, filled++);
          if (filled === capacity) flush();
        }
      }
      flush();
    },
  };
}

/** Vectors for a slot that this step fills. */
function ownVectors(slot: number, context: PipelineContext): WriteTarget {
  const { type, physical } = context.program.slots[slot]!;
  const rows = context.program.batchRows;
  return { type, values: context.scratch.allocate(rows * PHYSICAL_WIDTH[physical]), nulls: context.scratch.allocate(rows) };
}

function pointSlots(u32: Uint32Array, frame: number, program: JavascriptProgram, targets: readonly WriteTarget[]): void {
  program.outputs.forEach(({ slot }, c) => {
    const record = (frame + FRAME_SLOTS + slot * SLOT_BYTES) >>> 2;
    u32[record + SLOT_VALUES / 4] = targets[c]!.values;
    u32[record + SLOT_NULLS / 4] = targets[c]!.nulls;
    u32[record + SLOT_FLAGS / 4] = u32[record + SLOT_FLAGS / 4]! & ~SLOT_FLAG_NO_NULLS;
  });
}

/** `(columns, i) => ({ a: columns[0][i], … })`, generated so that all rows share one shape. Names enter as string literals only. */
function rowMaker(names: readonly string[]): (columns: readonly unknown[][], i: number) => unknown {
  const members = names.map((name, c) => `[${JSON.stringify(name)}]: columns[${c}][i]`).join(', ');
  return new Function('columns', 'i', `return { ${members} };`) as (columns: readonly unknown[][], i: number) => unknown;
}

export function wrongResult(role: string, value: unknown): QueryError {
  const expected =
    role === 'flatMap' ? 'an array of objects, one for each row it makes' : 'an object with the columns of the result';
  return new QueryError({
    code: 'JAVASCRIPT_RESULT',
    message: `The function given to ${role}() must return ${expected}; it returned ${describe(value)}.`,
  });
}

function wrongValue(role: string, name: string, mismatch: ValueMismatch): QueryError {
  return new QueryError({
    code: 'JAVASCRIPT_RESULT',
    message: `The function given to ${role}() returned a value that does not fit column "${name}": ${mismatch.message}. Give ${role}() a schema that fits its results.`,
  });
}

function unexpectedNull(role: string, name: string): QueryError {
  return new QueryError({
    code: 'JAVASCRIPT_RESULT',
    message: `The function given to ${role}() returned null for column "${name}", which its schema says is not nullable.`,
  });
}

/** The user's own error, with its message. */
export function userError(role: string, error: unknown): QueryError {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : describe(error);
  return new QueryError({ code: 'JAVASCRIPT_FUNCTION', message: `The function given to ${role}() threw ${text}.`, cause: error });
}
