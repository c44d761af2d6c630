import { Bench } from 'tinybench';
import { describeMachine } from '../report/machine.js';
import { printTable } from '../report/table.js';
import { copyBandwidth } from './bandwidth.js';
import { kernelBenches } from './catalogue.js';

const TIME_MS = 300;

/** Prints each kernel beside its plain loop and the machine's memory bandwidth. */
export async function runKernels(filter: string): Promise<void> {
  const { cpu, node, commit } = describeMachine();
  const bandwidth = copyBandwidth();
  console.log(`${cpu}, Node ${node}, commit ${commit}; memory copy ${gigabytes(bandwidth)} GB/s`);
  const rows = [['kernel', '', 'GB/s', 'plain GB/s', 'ratio', 'of bandwidth']];
  for (const { name, bytes, kernel, plain } of kernelBenches()) {
    if (!name.includes(filter)) continue;
    const bench = new Bench({ time: TIME_MS, warmupTime: TIME_MS / 3 }).add('kernel', kernel).add('plain', plain);
    await bench.run();
    const [ours, theirs] = bench.tasks.map(({ result }) => {
      if (!('latency' in result)) throw new Error(`${name} did not complete`);
      return bytes / (result.latency.p50 / 1000);
    }) as [number, number];
    rows.push([
      name,
      '',
      gigabytes(ours),
      gigabytes(theirs),
      (ours / theirs).toFixed(1),
      `${Math.round((100 * ours) / bandwidth)} %`,
    ]);
  }
  printTable(rows);
}

const gigabytes = (bytesPerSecond: number): string => (bytesPerSecond / 1e9).toFixed(1);
