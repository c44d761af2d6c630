import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { projectRoot } from '../data/data-files.js';
import type { Failure, Hello, Request, RunAnswer, Sink } from './protocol.js';

const SERVE_JS = fileURLToPath(new URL('./serve.js', import.meta.url));
const SERVE_PY = join(projectRoot, 'benchmarks/rivals/serve.py');

export type EngineName = 'quern' | 'quern 1 executor' | 'duckdb-node' | 'duckdb' | 'polars';

const THREADS = '2';
const MEMORY = '4g';

/** Best settings of each: as many threads as this machine has cores, everything in memory. */
const COMMANDS: Record<EngineName, readonly [string, readonly string[]]> = {
  quern: [process.execPath, [SERVE_JS, 'quern', THREADS, MEMORY]],
  'quern 1 executor': [process.execPath, [SERVE_JS, 'quern', '1', MEMORY]],
  'duckdb-node': [process.execPath, [SERVE_JS, 'duckdb', THREADS]],
  duckdb: ['python3', [SERVE_PY, 'duckdb', THREADS]],
  polars: ['python3', [SERVE_PY, 'polars', THREADS]],
};

export function isInstalled(name: EngineName): boolean {
  if (name !== 'duckdb' && name !== 'polars') return true;
  return spawnSync('python3', ['-c', `import ${name}`]).status === 0;
}

/** One engine in its own process; requests are answered one after the other. */
export class EngineProcess {
  readonly name: EngineName;
  version = '';
  private readonly child: ChildProcess;
  private readonly lines: Interface;
  private readonly answers: AsyncIterator<string>;

  private constructor(name: EngineName, child: ChildProcess) {
    this.name = name;
    this.child = child;
    this.lines = createInterface({ input: child.stdout! });
    this.answers = this.lines[Symbol.asyncIterator]();
  }

  static async start(name: EngineName): Promise<EngineProcess> {
    const [command, args] = COMMANDS[name];
    const engine = new EngineProcess(name, spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] }));
    engine.version = (await engine.receive<Hello>()).version;
    return engine;
  }

  async load(table: string, file: string): Promise<void> {
    await this.ask({ op: 'load', table, file });
  }

  async drop(table: string): Promise<void> {
    await this.ask({ op: 'drop', table });
  }

  run(query: string, sink: Sink, remove: readonly string[] = []): Promise<RunAnswer> {
    return this.ask<RunAnswer>({ op: 'run', query, sink, remove });
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('close', resolve));
    this.child.stdin!.end();
    await ended;
  }

  private ask<Answer>(request: Request): Promise<Answer> {
    this.child.stdin!.write(`${JSON.stringify(request)}\n`);
    return this.receive<Answer>();
  }

  private async receive<Answer>(): Promise<Answer> {
    const { done, value } = await this.answers.next();
    if (done) throw new Error(`${this.name} ended without an answer`);
    const answer = JSON.parse(value as string) as Answer | Failure;
    if (typeof answer === 'object' && answer !== null && 'error' in answer) throw new Error(`${this.name}: ${answer.error}`);
    return answer as Answer;
  }
}
