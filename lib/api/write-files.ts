import { throwIfAborted } from '../core/scheduler/query-outcome.js';
import { readRecord } from '../exec/sinks/json-record.js';
import { openPiece, WriteJob } from '../io/index.js';
import type { WriteSpec } from '../core/physical/stage.js';
import type { Piece, WrittenFile } from '../io/output/plan-files.js';
import type { MemoryViews } from '../memory/memory-access.js';
import type { ActionOptions } from './actions.js';
import type { Action } from './cache.js';
import type { PlannedWrite } from './plan-write.js';
import type { Session } from './session.js';

/** Lets executors write files and shows them; returns the rows written. `run` runs the query that writes. */
export async function writeFiles(
  session: Session,
  { target, spec: rest }: PlannedWrite,
  { signal }: ActionOptions,
  run: (spec: WriteSpec) => Promise<readonly WrittenFile[]>,
): Promise<number> {
  throwIfAborted(signal);
  const job = await WriteJob.open(target, crypto.randomUUID());
  if (job === undefined) return 0;
  try {
    const spec: WriteSpec = { ...rest, pieces: job.pieces };
    const written = await job.written(run(spec));
    throwIfAborted(signal);
    const files =
      written.length === 0 && spec.partitionBy.length === 0 ? [{ ...writeEmptyFile(session, spec), ordinal: 0 }] : written;
    await job.commit(files);
    return files.reduce((sum, { rows }) => sum + rows, 0);
  } catch (error) {
    await job.abort();
    throw error;
  }
}

/** What the chunks of a write or join stage say, without holding the event loop. */
export async function writtenFiles<T>(views: MemoryViews, chunks: readonly number[], { limits }: Action): Promise<T[]> {
  const files: T[] = [];
  for (const chunk of chunks) {
    if (chunk === 0) continue;
    // Closing may have given the memory to others since the last turn.
    limits.check();
    for (const file of readRecord<T>(views, chunk)) files.push(file);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return files;
}

/** No rows are a file too: it has the columns. */
export function writeEmptyFile(session: Session, spec: WriteSpec): Piece {
  const domain = session.engine.openDomain();
  try {
    const executor = { views: session.views, kernels: session.engine.kernels };
    const request = { schema: spec.schema, options: new Map(spec.options) };
    const name = 'part-0-0-empty';
    const path = `${spec.pieces}/${name}`;
    const { bytes } = openPiece({ executor, pages: domain.pages }, spec.format, request, { path, shown: spec.shown }).finish();
    return { name, task: 0, partition: 0, directory: '', rows: 0, bytes };
  } finally {
    domain.end();
  }
}
