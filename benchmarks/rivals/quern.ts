import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../data/data-files.js';
import type { Engine } from './engine.js';

// The part of the public surface a benchmark needs, so that the harness builds whatever else the surface holds.
interface Frame {
  cache(): Frame;
  unpersist(): unknown;
  count(): Promise<number>;
  collect(): Promise<readonly Record<string, unknown>[]>;
  createOrReplaceTempView(name: string): void;
}

interface QuernSession {
  readonly read: { csv(path: string): Frame | Promise<Frame> };
  sql(text: string): Frame | Promise<Frame>;
  close(): Promise<void>;
}

interface QuernModule {
  readonly Session: { create(options: { workers: number; memory: string }): Promise<QuernSession> };
}

export async function quern(workers: number, memory: string): Promise<Engine> {
  const entry: string = '../../package/index.js';
  const { Session } = (await import(entry)) as QuernModule;
  const session = await Session.create({ workers, memory });
  const tables = new Map<string, Frame>();
  const manifest = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as { version: string };
  return {
    version: manifest.version,
    async load(table, file) {
      const frame = (await session.read.csv(file)).cache();
      await frame.count();
      frame.createOrReplaceTempView(table);
      tables.set(table, frame);
    },
    async drop(table) {
      await tables.get(table)?.unpersist();
      tables.delete(table);
    },
    rows: async (query) => (await session.sql(query)).collect(),
    async table(query) {
      const frame = (await session.sql(query)).cache();
      const rowCount = await frame.count();
      await frame.unpersist();
      return rowCount;
    },
    close: () => session.close(),
  };
}
