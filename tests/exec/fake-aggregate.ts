import type { PhysicalType } from '../../lib/core/types/physical-type.js';
import type { AggregateProgram } from '../../lib/core/physical/stage-program.js';
import type { Kernels } from '../../lib/exec/contracts.js';
import { FRAME_SLOTS, SLOT_BYTES } from '../../lib/memory/layout.js';
import { views } from './harness.js';

/** sum(f64 slot) and count(*), as compiled code would do them: state is [f64 sum][f64 count]. */

export function sumProgram(keys: readonly PhysicalType[]): AggregateProgram {
  return {
    keys: keys.map((physical, slot) => ({ slot, physical })),
    stateBytes: 16,
    initial: Buffer.alloc(16).toString('base64'),
    update: 'update',
    single: 'single',
    merge: 'merge',
    finish: 'finish',
    resultSlots: [keys.length, keys.length + 1],
    ownsHeap: false,
  };
}

/** Loops of `sumProgram`, with the summed column in slot `input` and results in `result` and the one after. */
export function sumLoops(input: number, result: number): Kernels {
  const { u32, f64, u8 } = views;
  const slot = (frame: number, index: number): number => (frame + FRAME_SLOTS + index * SLOT_BYTES) >>> 2;
  const add = (state: number, sum: number, count: number): void => {
    const at = (state >>> 0) / 8;
    f64[at] = (f64[at] as number) + sum;
    f64[at + 1] = (f64[at + 1] as number) + count;
  };
  const valueAt = (frame: number, row: number): number => {
    const isNull = u8[(u32[slot(frame, input) + 1] as number) + row] === 1;
    return isNull ? 0 : (f64[(u32[slot(frame, input)] as number) / 8 + row] as number);
  };
  const loops = {
    update: (frame: number, n: number, states: number) => {
      for (let k = 0; k < n; k++) add(u32[(states >>> 2) + k] as number, valueAt(frame, k), 1);
      return 0;
    },
    update_s: (frame: number, sel: number, n: number, states: number) => {
      for (let k = 0; k < n; k++) add(u32[(states >>> 2) + k] as number, valueAt(frame, u32[(sel >>> 2) + k] as number), 1);
      return 0;
    },
    single: (frame: number, n: number, state: number) => {
      for (let k = 0; k < n; k++) add(state, valueAt(frame, k), 1);
      return 0;
    },
    single_s: (frame: number, sel: number, n: number, state: number) => {
      for (let k = 0; k < n; k++) add(state, valueAt(frame, u32[(sel >>> 2) + k] as number), 1);
      return 0;
    },
    merge: (into: number, from: number, n: number) => {
      for (let k = 0; k < n; k++) {
        const part = (u32[(from >>> 2) + k] as number) / 8;
        add(u32[(into >>> 2) + k] as number, f64[part] as number, f64[part + 1] as number);
      }
      return 0;
    },
    finish: (frame: number, states: number, n: number) => {
      for (let r = 0; r < 2; r++) {
        const record = slot(frame, result + r);
        for (let k = 0; k < n; k++) {
          f64[(u32[record] as number) / 8 + k] = f64[(u32[(states >>> 2) + k] as number) / 8 + r] as number;
          u8[(u32[record + 1] as number) + k] = 0;
        }
      }
      return 0;
    },
  };
  return loops as unknown as Kernels;
}
