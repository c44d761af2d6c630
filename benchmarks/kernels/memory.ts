import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { instantiateKernels, type FunctionExports } from '../../lib/codegen/instantiate.js';
import { projectRoot } from '../data/data-files.js';

const PAGES = 65536;
const FIRST_ADDRESS = 1 << 20;

/** A shared memory with the kernels on it, and space that is only ever taken. */
export interface KernelMemory {
  readonly kernels: FunctionExports;
  readonly u8: Uint8Array;
  take(bytes: number): number;
}

export function kernelMemory(): KernelMemory {
  const memory = new WebAssembly.Memory({ initial: PAGES, maximum: PAGES, shared: true });
  const bytes = readFileSync(join(projectRoot, 'dist/lib/kernels/kernels.wasm'));
  const heapMore = (): never => {
    throw new Error('A measured kernel has no heap.');
  };
  let next = FIRST_ADDRESS;
  return {
    kernels: instantiateKernels(bytes, memory, { heapMore }),
    u8: new Uint8Array(memory.buffer),
    take(size) {
      const address = next;
      next += (size + 63) & ~63;
      return address;
    },
  };
}
