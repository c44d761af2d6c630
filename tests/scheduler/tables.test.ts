import * as assert from 'uvu/assert';
import { openChunk, sealChunk, sealedChunks, voidChunk } from '../../lib/core/scheduler/chunk-table.js';
import {
  CONTROL_BYTES,
  QUERY_CANCEL,
  QUERY_DONE,
  QUERY_SERVICE,
  QUERY_STATE,
  openControl,
  queryWord,
} from '../../lib/core/scheduler/control.js';
import type { SharedWords } from '../../lib/core/scheduler/control.js';
import { announceQuery } from '../../lib/core/scheduler/query-area.js';
import type { StageSubmission } from '../../lib/core/scheduler/query-area.js';
import { addService, findWork, hasWork } from '../../lib/core/scheduler/run-queue.js';
import type { Work } from '../../lib/core/scheduler/run-queue.js';
import {
  STAGE_DONE,
  STAGE_OPENING,
  STAGE_RECORDS,
  STAGE_RUNNING,
  STAGE_STATE,
  STAGE_WAITING,
  stageWord,
} from '../../lib/core/scheduler/stage-entry.js';
import {
  allDone,
  claimTask,
  foldTask,
  readSpec,
  recordWord,
  returnTask,
  settleTask,
  skipBeyondLimit,
  writeTasks,
} from '../../lib/core/scheduler/task-table.js';
import { TASK_SKIPPED, attemptOf, epochOf, slotOf, stateOf, taskWord } from '../../lib/core/scheduler/task-word.js';
import { voidExecutor } from '../../lib/core/scheduler/void-executor.js';
import { suite } from '../support/suite.js';

const test = suite('task tables');
const RESULT = { rows: 10, bytesRead: 0, rowsRejected: 0 };

/** A control area over ordinary memory: core needs no threads. */
function world() {
  const buffer = new ArrayBuffer(1 << 20);
  const words = { i32: new Int32Array(buffer), f64: new Float64Array(buffer), u8: new Uint8Array(buffer) };
  const control = openControl(words, 64);
  let next = (64 + CONTROL_BYTES + 15) & ~15;
  let id = 0;
  const announce = (query: number, stages: readonly StageSubmission[], weight = 1) =>
    announceQuery(control, query, { id: ++id, domain: 100 + query, onlySlot: -1, weight, maxFailures: 4 }, stages, (bytes) => {
      const address = next;
      next += (bytes + 15) & ~15;
      return address;
    });
  const hazards: number[] = [];
  const hazard = { enter: (domain: number) => void hazards.push(domain), leave: () => void hazards.push(0) };
  return { control, announce, hazard, hazards, i32: words.i32 };
}

/** The words of memory whose writer is ended before its `stores`-th store. */
function dyingAfter(words: SharedWords, stores: number): SharedWords {
  let left = stores;
  const dying = <A extends Int32Array | Float64Array>(array: A): A =>
    new Proxy(array, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
      set(target, key, value) {
        if (left-- === 0) throw new Error('ended');
        return Reflect.set(target, key, value, target);
      },
    });
  return { i32: dying(words.i32), f64: dying(words.f64), u8: words.u8 };
}

const stage = (number: number, tasks?: number, extra: Partial<StageSubmission> = {}): StageSubmission => ({
  program: { stage: number },
  module: new Uint8Array([number]),
  ...(tasks === undefined
    ? {}
    : { tasks: Array.from({ length: tasks }, (_, i) => ({ pipeline: i % 2, partition: i, split: [i, 2 ** 40 + i] })) }),
  ...extra,
});

test('the state word keeps its four parts apart', () => {
  const word = taskWord(4, 15, 511, 65535);
  assert.equal([stateOf(word), attemptOf(word), slotOf(word), epochOf(word)], [4, 15, 511, 65535]);
});

test('tasks are claimed in order, each once, and read back as written', () => {
  const { control, announce } = world();
  announce(0, [stage(1, 5)]);
  const entry = stageWord(control, 0, 0);
  assert.equal(
    [1, 2, 1, 2, 1, 2].map((slot) => claimTask(control, entry, slot)),
    [0, 1, 2, 3, 4, -1],
  );
  assert.equal(readSpec(control, entry, 3), { pipeline: 1, partition: 3, split: [3, 2 ** 40 + 3] });
});

test('a task that comes back is claimed again although the hint has passed it', () => {
  const { control, announce, i32 } = world();
  announce(0, [stage(1, 5)]);
  const entry = stageWord(control, 0, 0);
  for (let i = 0; i < 5; i++) claimTask(control, entry, 1);
  assert.is(returnTask(control, entry, 2, i32[recordWord(control, entry, 2)]!, true), 1);
  assert.is(claimTask(control, entry, 2), 2);
  assert.is(attemptOf(i32[recordWord(control, entry, 2)]!), 1);
  assert.is(claimTask(control, entry, 2), -1);
});

test('a claim that was taken away cannot be folded', () => {
  const { control, announce, i32 } = world();
  announce(0, [stage(1, 1)]);
  const entry = stageWord(control, 0, 0);
  claimTask(control, entry, 1);
  returnTask(control, entry, 0, i32[recordWord(control, entry, 0)]!, true);
  claimTask(control, entry, 2);
  assert.not.ok(foldTask(control, entry, 0, 1, 1, RESULT));
  assert.ok(foldTask(control, entry, 0, 2, 1, RESULT));
});

test('a void chunk cannot be sealed, a sealed one not voided', () => {
  const { control, announce } = world();
  announce(0, [stage(1, 3)]);
  const entry = stageWord(control, 0, 0);
  const lost = openChunk(control, entry, 1)!;
  const kept = openChunk(control, entry, 1)!;
  assert.ok(voidChunk(control, lost, 1));
  assert.not.ok(sealChunk(control, lost, 1, 4096, 1));
  assert.ok(sealChunk(control, kept, 1, 8192, 1));
  assert.not.ok(voidChunk(control, kept, 1));
  assert.equal(sealedChunks(control, entry), [8192]);
});

test('a death returns what was claimed and unsealed, and keeps what was sealed', () => {
  const { control, announce, i32 } = world();
  announce(0, [stage(1, 5)]);
  const entry = stageWord(control, 0, 0);
  const fold = (ordinal: number, slot: number, epoch: number) => foldTask(control, entry, ordinal, slot, epoch, RESULT);
  const sealed = openChunk(control, entry, 1)!;
  fold(claimTask(control, entry, 1), 1, sealed.epoch);
  // It dies after the commit, before it could write so into the task.
  sealChunk(control, sealed, 1, 4096, 1);
  const open = openChunk(control, entry, 1)!;
  fold(claimTask(control, entry, 1), 1, open.epoch);
  claimTask(control, entry, 1);
  const other = openChunk(control, entry, 2)!;
  fold(claimTask(control, entry, 2), 2, other.epoch);
  assert.equal(voidExecutor(control, 0, 1), { running: { stage: 0, ordinal: 2, attempt: 1 }, lost: 1, exhausted: false });
  const states = [0, 1, 2, 3, 4].map((i) => [
    stateOf(i32[recordWord(control, entry, i)]!),
    attemptOf(i32[recordWord(control, entry, i)]!),
  ]);
  assert.equal(states, [
    [3, 0],
    [0, 0],
    [0, 1],
    [2, 0],
    [0, 0],
  ]);
  assert.equal(
    [1, 2, 3].map(() => claimTask(control, entry, 2)),
    [1, 2, 4],
  );
});

test('the fourth failure is the last', () => {
  const { control, announce } = world();
  announce(0, [stage(1, 1)]);
  const entry = stageWord(control, 0, 0);
  const exhausted = [1, 2, 3, 4].map(() => {
    claimTask(control, entry, 1);
    return voidExecutor(control, 0, 1).exhausted;
  });
  assert.equal(exhausted, [false, false, false, true]);
});

test('an opener that dies lets another one open', () => {
  const { control, announce, hazard, i32 } = world();
  announce(0, [stage(1, 0), stage(2)]);
  assert.equal(findWork(control, 1, hazard), { kind: 'open', query: 0, id: 1, stage: 1 });
  const entry = stageWord(control, 0, 1);
  assert.is(i32[entry + STAGE_STATE]! & 255, STAGE_OPENING);
  assert.is(findWork(control, 2, hazard), undefined);
  voidExecutor(control, 0, 1);
  assert.is(i32[entry + STAGE_STATE], STAGE_WAITING);
  assert.is((findWork(control, 2, hazard) as Work).kind, 'open');
});

test('a stage ends with its last task, the query with its last stage', () => {
  const { control, announce, hazard, hazards, i32 } = world();
  announce(0, [stage(1, 2), stage(2, 1, { inputs: [1] })]);
  const entry = stageWord(control, 0, 0);
  const finish = (stageEntry: number, ordinal: number) => {
    const chunk = openChunk(control, stageEntry, 1)!;
    foldTask(control, stageEntry, ordinal, 1, chunk.epoch, RESULT);
    const word = i32[recordWord(control, stageEntry, ordinal)]!;
    sealChunk(control, chunk, 1, 4096, 1);
    settleTask(control, stageEntry, ordinal, word, true);
  };
  for (const ordinal of [0, 1]) {
    assert.equal(findWork(control, 1, hazard), { kind: 'task', query: 0, id: 1, stage: 0, ordinal });
    assert.not.ok(allDone(control, entry));
    finish(entry, ordinal);
  }
  assert.ok(hasWork(control, 0));
  assert.equal(findWork(control, 1, hazard), { kind: 'open', query: 0, id: 1, stage: 1 });
  assert.is(i32[entry + STAGE_STATE], STAGE_DONE);
  const last = stageWord(control, 0, 1);
  Atomics.store(i32, last + STAGE_STATE, STAGE_RUNNING);
  assert.equal(findWork(control, 1, hazard), { kind: 'task', query: 0, id: 1, stage: 1, ordinal: 0 });
  finish(last, 0);
  assert.is(findWork(control, 1, hazard), undefined);
  assert.is(i32[queryWord(control, 0) + QUERY_STATE], QUERY_DONE);
  assert.is(hazards.at(-1), 0, 'nobody is left inside');
});

test('a death between the end of the last stage and the end of the query ends the query', () => {
  const { control, announce, i32 } = world();
  announce(0, [stage(1, 0)]);
  i32[stageWord(control, 0, 0) + STAGE_STATE] = STAGE_DONE;
  voidExecutor(control, 0, 1);
  assert.is(i32[queryWord(control, 0) + QUERY_STATE], QUERY_DONE);
});

test('enough leading rows skip the rest; a gap does not', () => {
  const { control, announce, i32 } = world();
  announce(0, [stage(1, 6, { limit: 15 })]);
  const entry = stageWord(control, 0, 0);
  const chunk = openChunk(control, entry, 1)!;
  for (let i = 0; i < 3; i++) claimTask(control, entry, 1);
  foldTask(control, entry, 0, 1, chunk.epoch, RESULT);
  foldTask(control, entry, 2, 1, chunk.epoch, RESULT);
  skipBeyondLimit(control, entry);
  assert.is(stateOf(i32[recordWord(control, entry, 5)]!), 0);
  foldTask(control, entry, 1, 1, chunk.epoch, RESULT);
  skipBeyondLimit(control, entry);
  assert.equal(
    [3, 4, 5].map((i) => stateOf(i32[recordWord(control, entry, i)]!)),
    [TASK_SKIPPED, TASK_SKIPPED, TASK_SKIPPED],
  );
});

test('the query with least service is next; weights count; a cancelled one is passed over', () => {
  const { control, announce, hazard, i32 } = world();
  announce(0, [stage(1, 9)]);
  addService(control, 0, 50_000);
  announce(1, [stage(1, 9)], 2);
  const next = () => findWork(control, 1, hazard)!.query;
  assert.is(next(), 1, 'a newcomer starts a little behind the others');
  addService(control, 1, 30_000);
  assert.is(next(), 0, '15 ms of a query of weight 2 outweigh its start');
  addService(control, 0, 30_000);
  assert.is(next(), 1);
  i32[queryWord(control, 1) + QUERY_CANCEL] = 1;
  assert.is(next(), 0);
});

test('an executor with an open chunk stays until the other has had clearly less', () => {
  const { control, announce, hazard, i32 } = world();
  announce(0, [stage(1, 9)]);
  announce(1, [stage(1, 9)]);
  const service = (query: number, value: number) => (i32[queryWord(control, query) + QUERY_SERVICE] = value);
  const current = { query: 0, stage: 0 };
  service(0, 4_000);
  service(1, 0);
  assert.is(findWork(control, 1, hazard, -1, current)!.query, 0);
  service(0, 6_000);
  assert.is(findWork(control, 1, hazard, -1, current)!.query, 1);
  // Service wraps round; only differences count.
  service(0, 0x7ffffff0);
  service(1, -0x7ffffff0);
  assert.is(findWork(control, 1, hazard)!.query, 0);
});

test('an opener that is ended between any two stores leaves no stage that looks open', () => {
  const specs = [0, 1, 2].map((i) => ({ pipeline: 0, partition: i, split: [i] }));
  for (let stores = 0; ; stores++) {
    const { control, announce, i32 } = world();
    announce(0, [stage(7)]);
    const entry = stageWord(control, 0, 0);
    try {
      writeTasks(dyingAfter(control, stores), entry, 1 << 19, specs);
      assert.unreachable('records are entered with Atomics.store, which takes no proxy');
    } catch (error) {
      if ((error as Error).message === 'ended') {
        assert.is(i32[entry + STAGE_RECORDS], 0, `after ${stores} stores`);
        continue;
      }
      // Everything but the records was stored.
      assert.instance(error, TypeError);
      assert.ok(stores > 10);
    }
    Atomics.store(i32, entry + STAGE_RECORDS, 1 << 19);
    assert.equal(readSpec(control, entry, 2), specs[2]);
    assert.ok(openChunk(control, entry, 1));
    return;
  }
});

test.run();
