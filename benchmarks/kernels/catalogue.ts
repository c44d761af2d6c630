import { bitmapBenches } from './bitmaps.js';
import { compressionBenches } from './compression.js';
import type { KernelBench } from './kernel-bench.js';
import { kernelMemory, type KernelMemory } from './memory.js';
import { parquetBenches } from './parquet.js';

/** Every family of kernels that is measured; a new one gets a line here. */
const FAMILIES: readonly ((memory: KernelMemory) => KernelBench[])[] = [bitmapBenches, compressionBenches, parquetBenches];

export function kernelBenches(): KernelBench[] {
  const memory = kernelMemory();
  return FAMILIES.flatMap((family) => family(memory));
}
