// An engine's own process: node serve.js <quern|duckdb> <threads> <memory>, requests on standard input.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { duckdbNode } from './duckdb-node.js';
import { sampleOf, type Engine } from './engine.js';
import type { Failure, Hello, Request, RunAnswer, RunRequest } from './protocol.js';
import { quern } from './quern.js';

const LOOP_RESOLUTION_MS = 1;

const [name, threads = '2', memory = '4g'] = process.argv.slice(2);
const answer = (value: Hello | RunAnswer | Failure | Record<string, never>): void => {
  process.stdout.write(`${JSON.stringify(value)}\n`);
};

async function run(engine: Engine, { query, sink, remove = [] }: RunRequest): Promise<RunAnswer> {
  for (const path of remove) rmSync(path, { recursive: true, force: true });
  const loop = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
  loop.enable();
  const start = performance.now();
  const rows = sink === 'table' ? [] : await engine.rows(query);
  const rowCount = sink === 'table' ? await engine.table(query) : rows.length;
  const ms = performance.now() - start;
  // The monitor sees a block only when the loop turns again.
  await new Promise((resolve) => setTimeout(resolve, 2 * LOOP_RESOLUTION_MS));
  loop.disable();
  const blockedMs = Math.max(0, loop.max / 1e6 - LOOP_RESOLUTION_MS);
  return { ms, rowCount, sample: sampleOf(rows), blockedMs, peakRssBytes: process.resourceUsage().maxRSS * 1024 };
}

async function handle(engine: Engine, request: Request): Promise<RunAnswer | Record<string, never>> {
  switch (request.op) {
    case 'load':
      await engine.load(request.table, request.file);
      return {};
    case 'drop':
      await engine.drop(request.table);
      return {};
    case 'run':
      return run(engine, request);
  }
}

const engine = await (name === 'quern' ? quern(Number(threads), memory) : duckdbNode(Number(threads)));
answer({ version: engine.version });
for await (const line of createInterface({ input: process.stdin })) {
  try {
    answer(await handle(engine, JSON.parse(line) as Request));
  } catch (error) {
    answer({ error: error instanceof Error ? error.message : String(error) });
  }
}
await engine.close();
