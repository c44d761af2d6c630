import { InternalError } from '../errors.js';
import type { Control } from './control.js';
import {
  ERROR_NONE, QUERY_CANCEL, QUERY_DOMAIN, QUERY_ERROR_ADDRESS, QUERY_ERROR_CAPACITY, QUERY_ERROR_LENGTH, QUERY_ERROR_STATE, QUERY_HIGH, QUERY_ID,
  QUERY_MAX_FAILURES, QUERY_ONLY_SLOT, QUERY_RUNNING, QUERY_SERVICE, QUERY_STAGES, QUERY_STAGE_COUNT, QUERY_STATE, QUERY_WEIGHT, nowMicros,
  queryWord, raiseTo,
} from './control.js'; // prettier-ignore
import { newcomerService } from './run-queue.js';
import {
  STAGES_MAX, STAGE_ID, STAGE_INPUTS_LOW, STAGE_LIMIT, STAGE_LIMITED, STAGE_MODULE, STAGE_MODULE_BYTES, STAGE_MODULE_KEY, STAGE_OPENED_AT,
  STAGE_PROGRAM, STAGE_PROGRAM_BYTES, STAGE_RESULT_DOMAIN, STAGE_RUNNING, STAGE_STATE, STAGE_WORDS,
} from './stage-entry.js'; // prettier-ignore
import { tasksBytes, writeTasks } from './task-table.js';
import type { TaskSpec } from './task-table.js';

/** One stage of a query as the driver gets it. */
export interface StageSubmission {
  /** JSON; executors get it as it is. */
  readonly program: { readonly stage: number };
  /** Bytes of its WebAssembly module; empty for none. */
  readonly module: Uint8Array;
  /** Equal keys mean equal bytes: executors keep what they compiled by it. 0 or absent: not kept. */
  readonly moduleKey?: number;
  /** Ids of the stages that it reads. Default: none when `tasks` are given, else the stage before it. */
  readonly inputs?: readonly number[];
  /** Absent: decided by the executor that opens the stage when its inputs are complete. */
  readonly tasks?: readonly TaskSpec[];
  /** Stop when the leading tasks hold this many rows. */
  readonly limit?: number;
  /** Domain for what its chunks publish, to outlive the query; the caller keeps it open until the query ends. */
  readonly resultDomain?: number;
}

export interface QueryHead {
  readonly id: number;
  readonly domain: number;
  readonly onlySlot: number;
  readonly weight: number;
  readonly maxFailures: number;
}

/** The driver's own thread runs queries as this slot. */
const DRIVER_SLOT = 0;
/** Long messages are cut: an error needs no memory that may be missing just then. */
const ERROR_BYTES = 8192;

/** Programs as they are written; those that a session keeps are run again and again. */
const encodedPrograms = new WeakMap<object, Buffer>();

function encodedProgram(program: object): Buffer {
  let encoded = encodedPrograms.get(program);
  if (encoded === undefined) {
    encoded = Buffer.from(JSON.stringify(program));
    encodedPrograms.set(program, encoded);
  }
  return encoded;
}

/** What `writePrograms` writes. */
export function programsBytes(stages: readonly StageSubmission[]): number {
  return stages.reduce((sum, { program, module }) => sum + align(encodedProgram(program).length) + align(module.length), 0);
}

/** Writes the stages' code at an address in the query's domain, for executors: before the query is announced to them. `area`: the address of the stage entries. */
export function writePrograms(control: Control, area: number, stages: readonly StageSubmission[], address: number): void {
  const { i32, u8 } = control;
  let at = address;
  const write = (content: Uint8Array): number => {
    u8.set(content, at);
    at += align(content.length);
    return at - align(content.length);
  };
  stages.forEach(({ program, module }, i) => {
    const entry = (area >>> 2) + i * STAGE_WORDS;
    const encoded = encodedProgram(program);
    i32[entry + STAGE_PROGRAM] = write(encoded);
    i32[entry + STAGE_PROGRAM_BYTES] = encoded.length;
    i32[entry + STAGE_MODULE] = write(module);
    i32[entry + STAGE_MODULE_BYTES] = module.length;
  });
}

/**
 * Writes a query's stages at fresh pages of its domain and announces it. From the last line on executors may run it. The code of what runs on the driver's thread alone is not written:
 * it has it.
 */
export function announceQuery(
  control: Control,
  query: number,
  head: QueryHead,
  stages: readonly StageSubmission[],
  allocate: (bytes: number) => number,
): void {
  if (stages.length === 0 || stages.length > STAGES_MAX)
    throw new InternalError(`A query has ${stages.length} stages, at most ${STAGES_MAX} are possible.`);
  let bytes = stages.length * STAGE_WORDS * 4 + ERROR_BYTES;
  for (const { tasks } of stages) bytes += tasks === undefined ? 0 : align(tasksBytes(tasks));
  const forExecutors = head.onlySlot !== DRIVER_SLOT;
  if (forExecutors) bytes += programsBytes(stages);
  const { i32, f64 } = control;
  const area = allocate(bytes);
  let at = area + stages.length * STAGE_WORDS * 4;
  const take = (size: number): number => {
    const address = at;
    at += align(size);
    return address;
  };
  const errors = take(ERROR_BYTES);
  i32.fill(0, area >>> 2, (area >>> 2) + stages.length * STAGE_WORDS);
  if (forExecutors) writePrograms(control, area, stages, take(programsBytes(stages)));
  const ordinals = new Map(stages.map((stage, i) => [stage.program.stage, i]));
  stages.forEach((stage, i) => {
    const entry = (area >>> 2) + i * STAGE_WORDS;
    i32[entry + STAGE_ID] = stage.program.stage;
    i32[entry + STAGE_MODULE_KEY] = stage.moduleKey ?? 0;
    i32[entry + STAGE_RESULT_DOMAIN] = stage.resultDomain ?? 0;
    i32[entry + STAGE_LIMITED] = stage.limit === undefined ? 0 : 1;
    f64[(entry + STAGE_LIMIT) >>> 1] = stage.limit ?? 0;
    for (const input of inputsOf(stages, i)) {
      const ordinal = ordinals.get(input);
      if (ordinal === undefined || ordinal >= i)
        throw new InternalError(`Stage ${stage.program.stage} reads stage ${input}, which is not before it.`);
      i32[entry + STAGE_INPUTS_LOW + (ordinal >>> 5)]! |= 1 << (ordinal & 31);
    }
    if (stage.tasks === undefined) return;
    writeTasks(control, entry, take(tasksBytes(stage.tasks)), stage.tasks);
    // Splits known, inputs not: it waits like one that is still to be opened, and the opener finds its tasks there.
    if (inputsOf(stages, i).length > 0) return;
    f64[(entry + STAGE_OPENED_AT) >>> 1] = nowMicros();
    i32[entry + STAGE_STATE] = STAGE_RUNNING;
  });

  const word = queryWord(control, query);
  i32[word + QUERY_DOMAIN] = head.domain;
  i32[word + QUERY_STAGES] = area;
  i32[word + QUERY_STAGE_COUNT] = stages.length;
  i32[word + QUERY_CANCEL] = 0;
  i32[word + QUERY_SERVICE] = newcomerService(control);
  i32[word + QUERY_WEIGHT] = head.weight;
  i32[word + QUERY_ONLY_SLOT] = head.onlySlot;
  i32[word + QUERY_ERROR_STATE] = ERROR_NONE;
  i32[word + QUERY_ERROR_ADDRESS] = errors;
  i32[word + QUERY_ERROR_CAPACITY] = ERROR_BYTES;
  i32[word + QUERY_ERROR_LENGTH] = 0;
  i32[word + QUERY_MAX_FAILURES] = head.maxFailures;
  raiseTo(i32, control.word + QUERY_HIGH, query + 1);
  Atomics.store(i32, word + QUERY_ID, head.id);
  Atomics.store(i32, word + QUERY_STATE, QUERY_RUNNING);
}

function inputsOf(stages: readonly StageSubmission[], i: number): readonly number[] {
  const stage = stages[i]!;
  if (stage.inputs !== undefined) return stage.inputs;
  return stage.tasks !== undefined || i === 0 ? [] : [stages[i - 1]!.program.stage];
}

const align = (bytes: number): number => (bytes + 15) & ~15;
