import type { RecordBatch, Table } from 'apache-arrow';
import { QueryError } from '../core/errors.js';
import { arrowInMemory } from '../io/index.js';
import { schemaOf, type ActionOptions, type ExecutionResult } from './actions.js';
import { planNode } from './dataframe-plans.js';
import { DataFrame } from './dataframe.js';
import type { Resolved } from '../core/plan/resolved-plan.js';
import type { Session } from './session.js';

/** How an Arrow stream is made. */
export interface ArrowOptions extends ActionOptions {
  /** How the bodies of record batches are compressed. Default: not. */
  readonly compression?: 'none' | 'lz4' | 'zstd';
}

/** Arrow in memory: an apache-arrow Table, the bytes of an IPC file or stream, or a stream of bytes or of record batches. */
export type ArrowData = Table | Uint8Array | AsyncIterable<Uint8Array> | AsyncIterable<RecordBatch>;

/** Pieces of a stream, copied out of shared memory. */
class Pieces {
  position = 0;
  #pieces: Uint8Array[] = [];

  write(bytes: Uint8Array): void {
    this.#pieces.push(bytes.slice());
    this.position += bytes.length;
  }

  /** What came since the last time, as one piece that holds its own memory; undefined for nothing. */
  take(): Uint8Array | undefined {
    if (this.#pieces.length === 0) return undefined;
    const taken = concat(this.#pieces);
    this.#pieces = [];
    return taken;
  }
}

function concat(pieces: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

/** The rows of results as an IPC stream: the schema, then a piece a record batch. */
async function* encode(
  session: Session,
  resolved: Resolved,
  options: ArrowOptions,
  results: AsyncIterable<ExecutionResult>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const domain = session.engine.openDomain();
  try {
    const pieces = new Pieces();
    const encoderOptions = new Map(options.compression === undefined ? [] : [['compression', options.compression]]);
    const context = { executor: { views: session.views, kernels: session.engine.kernels }, pages: domain.pages };
    const { ArrowEncoder } = arrowInMemory();
    const encoder = new ArrowEncoder(context, { schema: schemaOf(resolved), options: encoderOptions }, pieces, true);
    for await (const result of results) {
      try {
        for (const { address, from, to } of result.blocks) {
          result.check();
          encoder.writeRows(address, from, to);
          const piece = pieces.take();
          if (piece !== undefined) yield piece;
        }
      } finally {
        result.release();
      }
    }
    encoder.finish();
    yield pieces.take()!;
  } finally {
    domain.end();
  }
}

/** @internal */
export function arrowStream(session: Session, resolved: Resolved, options: ArrowOptions): AsyncIterableIterator<Uint8Array> {
  return encode(session, resolved, options, session.executeByPartition(resolved, options));
}

/** @internal */
export async function arrowTable(session: Session, resolved: Resolved, options: ActionOptions): Promise<Table> {
  async function* whole(): AsyncGenerator<ExecutionResult, void, undefined> {
    yield await session.execute(resolved, options);
  }
  const pieces: Uint8Array[] = [];
  for await (const piece of encode(session, resolved, options, whole())) pieces.push(piece);
  const { tableFromIPC } = await import('apache-arrow');
  return tableFromIPC(concat(pieces));
}

/** Rows of an IPC file or stream in memory. @internal */
export function dataFrameOfArrow(session: Session, bytes: Uint8Array): DataFrame {
  const domain = session.engine.openDomain();
  try {
    const { views, engine } = session;
    const { decodeArrow } = arrowInMemory();
    const { schema, blocks } = decodeArrow({ views, kernels: engine.kernels, heaps: engine.heaps, pages: domain.pages }, bytes);
    const id = session.registry.addLocal({ schema, blocks: { addresses: blocks, partitions: 1, end: () => domain.end() } });
    return new DataFrame(session, planNode({ kind: 'local_data', id, schema }));
  } catch (error) {
    domain.end();
    throw error;
  }
}

/** A table's bytes, or those of a stream. @internal */
export async function arrowBytes(data: Exclude<ArrowData, Uint8Array>): Promise<Uint8Array> {
  const { RecordBatch, Table, tableToIPC } = await import('apache-arrow');
  if (data instanceof Table) return tableToIPC(data, 'stream');
  const pieces: Uint8Array[] = [];
  const batches: RecordBatch[] = [];
  for await (const piece of data) {
    if (piece instanceof Uint8Array) pieces.push(piece);
    else if (piece instanceof RecordBatch) batches.push(piece);
    else
      throw new QueryError({
        code: 'INVALID_PARAMETER_VALUE',
        message:
          'read.arrow() takes streams of bytes (Uint8Array) or of record batches (apache-arrow), and this one has something else.',
      });
  }
  return batches.length > 0 ? tableToIPC(new Table(batches), 'stream') : concat(pieces);
}
