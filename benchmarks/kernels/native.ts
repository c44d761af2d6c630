import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { projectRoot } from '../data/data-files.js';
import type { Page } from './pages.js';

const SCRIPT = join(projectRoot, 'benchmarks/kernels/native.py');

export const hasNativeCodecs = (): boolean => spawnSync('python3', ['-c', 'import pyarrow']).status === 0;

/** The native libraries' decompressors, in a process of their own. */
export class NativeCodecs {
  readonly #child: ChildProcess = spawn('python3', [SCRIPT], { stdio: ['pipe', 'pipe', 'inherit'] });
  readonly #answers = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]();
  readonly #folder = mkdtempSync(join(tmpdir(), 'quern-codecs-'));

  /** Takes snappy's pages; returns them as the library of `codec` compresses them. */
  async load(pages: readonly Page[], codec: string): Promise<Page[]> {
    const path = join(this.#folder, 'pages');
    writeFileSync(path, Buffer.concat(pages.map(({ block }) => block)));
    const sizes = (await this.#ask({
      path,
      from: 'snappy',
      codec,
      pages: pages.map(({ block, textBytes }) => [block.length, textBytes]),
    })) as number[];
    const bytes = readFileSync(path);
    let at = 0;
    return pages.map(({ textBytes }, i) => ({ block: bytes.subarray(at, (at += sizes[i]!)), textBytes }));
  }

  /** Seconds of a pass over the pages that were loaded, the fastest within `seconds`. */
  async run(codec: string, seconds: number): Promise<number> {
    return (await this.#ask({ codec, seconds })) as number;
  }

  close(): void {
    this.#child.kill();
    rmSync(this.#folder, { recursive: true });
  }

  async #ask(request: object): Promise<unknown> {
    this.#child.stdin!.write(`${JSON.stringify(request)}\n`);
    const { done, value } = await this.#answers.next();
    if (done === true) throw new Error('native.py ended without an answer');
    return JSON.parse(value) as unknown;
  }
}
