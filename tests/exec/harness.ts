import { readFileSync } from 'node:fs';
import type { PhysicalType } from '../../lib/core/types/physical-type.js';
import type { PipelineProgram, StageProgram, StepProgram } from '../../lib/core/physical/stage-program.js';
import type { Kernels, PipelineContext, Task } from '../../lib/exec/contracts.js';
import {
  FRAME_HEAP,
  FRAME_SCRATCH_BYTES,
  FRAME_SLOTS,
  HEAP_END,
  HEAP_NEXT,
  PAGE_BYTES,
  SLOT_BYTES,
  SLOT_FLAG_NO_NULLS,
  ZEROS,
} from '../../lib/memory/layout.js';
import { viewsOf, type MemoryViews, type PageSource } from '../../lib/memory/memory-access.js';
import { Space } from '../../lib/memory/block-space.js';

/** A memory of its own, kernels over it, and pages that are bumped and recycled by size: what sinks and sources are tried on. */

const MEMORY_PAGES = 65536;
const memory = new WebAssembly.Memory({ initial: MEMORY_PAGES, maximum: MEMORY_PAGES, shared: true });
export const views: MemoryViews = viewsOf(memory);

let nextPage = 16;
const freeSpans = new Map<number, number[]>();
/** Pages taken and not given back. */
/** Figures of the test memory; `room` is what it says is left. */
export const pages = { used: 0, peak: 0, room: 2 ** 30 };

export const testPages: PageSource = {
  allocate(bytes: number): number {
    const count = Math.ceil(bytes / PAGE_BYTES);
    pages.used += count;
    pages.peak = Math.max(pages.peak, pages.used);
    const again = freeSpans.get(count)?.pop();
    if (again !== undefined) return again;
    const address = nextPage * PAGE_BYTES;
    nextPage += count;
    if (nextPage > MEMORY_PAGES) throw new Error('The test memory is full.');
    return address;
  },
  free(address: number, bytes: number): void {
    const count = Math.ceil(bytes / PAGE_BYTES);
    pages.used -= count;
    freeSpans.set(count, [...(freeSpans.get(count) ?? []), address]);
  },
  room: () => pages.room,
};

/** Forgets everything that was allocated. */
export function resetMemory(): void {
  nextPage = 16;
  freeSpans.clear();
  pages.used = 0;
  pages.peak = 0;
  pages.room = 2 ** 30;
}

function loadKernels(): Kernels {
  const bytes = readFileSync(new URL('../../lib/kernels/kernels.wasm', import.meta.url));
  const module = new WebAssembly.Module(bytes);
  const env: Record<string, unknown> = { memory };
  for (const needed of WebAssembly.Module.imports(module)) {
    if (needed.kind === 'function')
      env[needed.name] = () => {
        throw new Error(`${needed.name} is not expected here.`);
      };
  }
  return new WebAssembly.Instance(module, { env } as WebAssembly.Imports).exports as unknown as Kernels;
}

export const kernels: Kernels = loadKernels();

export type Cell = number | bigint | string | boolean | null;

/** A column of a batch: written as a vector, bound as a slot. */
export interface Column {
  readonly physical: PhysicalType;
  readonly values: readonly Cell[];
}

/** Writes a vector (values and null bytes) and returns their addresses. Null rows hold rubbish. */
export function writeVector(space: Space, column: Column): { values: number; nulls: number; hasNulls: boolean } {
  const n = column.values.length;
  const width = { bool: 1, i32: 4, i64: 8, i128: 16, f64: 8, view: 16 }[column.physical];
  const values = space.allocate(n * width + 16);
  const nulls = space.allocate(n + 16);
  let hasNulls = false;
  column.values.forEach((cell, row) => {
    views.u8[nulls + row] = cell === null ? 1 : 0;
    if (cell === null) {
      hasNulls = true;
      views.u8.fill(0x55, values + row * width, values + (row + 1) * width);
      return;
    }
    writeCell(space, column.physical, values + row * width, cell);
  });
  return { values, nulls, hasNulls };
}

function writeCell(space: Space, physical: PhysicalType, at: number, cell: Exclude<Cell, null>): void {
  switch (physical) {
    case 'bool':
      views.u8[at] = cell === true ? 1 : 0;
      return;
    case 'i32':
      views.i32[at / 4] = cell as number;
      return;
    case 'i64':
      views.i64[at / 8] = BigInt(cell as number);
      return;
    case 'i128':
      views.i64[at / 8] = BigInt.asIntN(64, cell as bigint);
      views.i64[at / 8 + 1] = (cell as bigint) >> 64n;
      return;
    case 'f64':
      views.f64[at / 8] = cell as number;
      return;
    case 'view': {
      const bytes = Buffer.from(cell as string);
      views.u8.fill(0, at, at + 16);
      views.u32[at / 4] = bytes.length;
      if (bytes.length <= 12) {
        views.u8.set(bytes, at + 4);
      } else {
        const heap = space.allocate(bytes.length);
        views.u8.set(bytes, heap);
        views.u8.set(bytes.subarray(0, 4), at + 4);
        views.u32[at / 4 + 2] = heap;
      }
    }
  }
}

/** Reads a slot of the frame as cells. */
export function readSlot(frame: number, slot: number, physical: PhysicalType, n: number): Cell[] {
  const record = (frame + FRAME_SLOTS + slot * SLOT_BYTES) >>> 2;
  const values = views.u32[record] as number;
  const nulls = views.u32[record + 1] as number;
  return Array.from({ length: n }, (_, row) => (views.u8[nulls + row] === 1 ? null : readCell(physical, values, row)));
}

export function readCell(physical: PhysicalType, values: number, row: number, base = 0): Cell {
  switch (physical) {
    case 'bool':
      return views.u8[values + row] === 1;
    case 'i32':
      return views.i32[values / 4 + row] as number;
    case 'i64':
      return Number(views.i64[values / 8 + row]);
    case 'i128':
      return (
        ((views.i64[values / 8 + 2 * row + 1] as bigint) << 64n) | BigInt.asUintN(64, views.i64[values / 8 + 2 * row] as bigint)
      );
    case 'f64':
      return views.f64[values / 8 + row] as number;
    case 'view': {
      const at = values + row * 16;
      const length = views.u32[at / 4] as number;
      const from = length <= 12 ? at + 4 : base + (views.u32[at / 4 + 2] as number);
      return Buffer.from(views.u8.slice(from, from + length)).toString();
    }
  }
}

export function setSlot(frame: number, slot: number, values: number, nulls: number, hasNulls: boolean): void {
  const record = (frame + FRAME_SLOTS + slot * SLOT_BYTES) >>> 2;
  views.u32[record] = values;
  views.u32[record + 1] = hasNulls ? nulls : ZEROS;
  views.u32[record + 2] = hasNulls ? 0 : SLOT_FLAG_NO_NULLS;
}

/** Puts columns into slots 0…. */
export function bindColumns(frame: number, space: Space, columns: readonly Column[]): void {
  columns.forEach((column, slot) => {
    const { values, nulls, hasNulls } = writeVector(space, column);
    setSlot(frame, slot, values, nulls, hasNulls);
  });
}

/** Row positions as a selection vector. */
export function writeSelection(space: Space, positions: readonly number[]): number {
  const at = space.allocate(positions.length * 4 + 4);
  positions.forEach((position, k) => (views.u32[at / 4 + k] = position));
  return at;
}

export interface ContextOptions {
  readonly physicals: readonly PhysicalType[];
  readonly outputs?: readonly number[];
  readonly loops?: Kernels;
  readonly chunks?: readonly number[];
  readonly steps?: readonly StepProgram[];
}

export function makeContext(options: ContextOptions): PipelineContext {
  const space = new Space(testPages);
  const frame = space.allocate(FRAME_SLOTS + options.physicals.length * SLOT_BYTES + FRAME_SCRATCH_BYTES);
  const heap = space.allocate(1 << 20);
  views.u32[(frame + FRAME_HEAP + HEAP_NEXT) / 4] = heap;
  views.u32[(frame + FRAME_HEAP + HEAP_END) / 4] = heap + (1 << 20);
  const program = {
    slots: options.physicals.map((physical) => ({ physical, nullable: true })),
    outputs: options.outputs ?? options.physicals.map((_, slot) => slot),
    steps: options.steps ?? [],
    batchRows: 2048,
  } as unknown as PipelineProgram;
  return {
    executor: { worker: 0, views, kernels },
    program,
    stage: {} as StageProgram,
    frame,
    loops: options.loops ?? {},
    scratch: testPages,
    chunkPages: testPages,
    tasks: 1,
    takenBytes: 0,
    inputChunks: () => options.chunks ?? [],
    allocateTransient: () => {
      throw new Error('Not expected here.');
    },
    openHeap: () => 0,
    resetHeap: () => {},
    markHeap: () => ({ spans: 0, next: 0, end: 0 }),
    rewindHeap: () => {},
    checkCancelled: () => {},
  };
}

export function task(ordinal: number, split: readonly number[] = [], partition = 0): Task {
  return { ordinal, pipeline: 0, partition, split };
}

/** A small generator with a seed (mulberry32): the same data everywhere. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
