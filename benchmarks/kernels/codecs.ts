import { lineitemFiles } from '../data/data-files.js';
import { median } from '../report/measurement.js';
import { printTable } from '../report/table.js';
import { kernelMemory, type KernelMemory } from './memory.js';
import { hasNativeCodecs, NativeCodecs } from './native.js';
import { pagesOf, type Page } from './pages.js';

const COLUMNS = ['l_orderkey', 'l_extendedprice', 'l_shipdate', 'l_comment'];
/** As pyarrow calls them. */
const CODECS = { snappy: 'snappy', lz4: 'lz4_raw' } as const;
const TEXT_BYTES = 32 * 1024 * 1024;
const ROUNDS = 5;
const SECONDS = 0.2;

/** Prints our decompressors beside the native libraries, over the same pages of lineitem, in turns. */
export async function runCodecs(filter: string): Promise<void> {
  const files = lineitemFiles(1);
  if (files === undefined || !hasNativeCodecs()) {
    console.log('Native decompressors are left out: they need tpchgen-cli and pyarrow (pip install tpchgen-cli pyarrow).');
    return;
  }
  const native = new NativeCodecs();
  const rows = [['pages of lineitem', '', 'GB/s', 'native GB/s', 'ratio', 'compressed to']];
  for (const [codec, name] of Object.entries(CODECS) as [keyof typeof CODECS, string][]) {
    for (const column of COLUMNS) {
      if (!`${codec} ${column}`.includes(filter)) continue;
      const pages = await native.load(pagesOf(files.parquet, column, TEXT_BYTES), name);
      const pass = kernelPass(kernelMemory(), codec, pages);
      const ours: number[] = [];
      const theirs: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        ours.push(fastest(pass));
        theirs.push(await native.run(name, SECONDS));
      }
      const text = pages.reduce((sum, { textBytes }) => sum + textBytes, 0);
      const blocks = pages.reduce((sum, { block }) => sum + block.length, 0);
      const speed = (seconds: readonly number[]): number => text / median(seconds) / 1e9;
      rows.push([
        `${codec} ${column}`,
        '',
        speed(ours).toFixed(2),
        speed(theirs).toFixed(2),
        (speed(ours) / speed(theirs)).toFixed(2),
        `${Math.round((100 * blocks) / text)} %`,
      ]);
    }
  }
  native.close();
  printTable(rows);
}

/** Decompresses all pages, each to where the last one was, as the native libraries do. */
function kernelPass({ kernels, u8, take }: KernelMemory, codec: keyof typeof CODECS, pages: readonly Page[]): () => void {
  const out = take(Math.max(...pages.map(({ textBytes }) => textBytes)) + 64);
  const blocks = pages.map(({ block, textBytes }) => {
    const at = take(block.length + 64);
    u8.set(block, at);
    return { at, end: at + block.length, textBytes };
  });
  const decompress =
    codec === 'snappy'
      ? (at: number, end: number, textBytes: number): number => kernels['snappyDecompress']!(at, end, out, textBytes)
      : (at: number, end: number, textBytes: number): number => kernels['lz4Decompress']!(at, end, out, out, textBytes);
  return () => {
    for (const { at, end, textBytes } of blocks)
      if (decompress(at, end, textBytes) !== textBytes) throw new Error(`A page of ${codec} was not decompressed.`);
  };
}

/** Seconds. */
function fastest(pass: () => void): number {
  let best = Infinity;
  for (const end = performance.now() + SECONDS * 1000; performance.now() < end;) {
    const start = performance.now();
    pass();
    best = Math.min(best, performance.now() - start);
  }
  return best / 1000;
}
