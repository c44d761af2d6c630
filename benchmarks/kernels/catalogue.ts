import type { KernelBench } from './kernel-bench.js';

/** Every kernel that is measured; a new one gets a line here. */
export async function kernelBenches(): Promise<KernelBench[]> {
  return [];
}
