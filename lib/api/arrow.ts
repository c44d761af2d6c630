import type * as Arrow from 'apache-arrow';
import type { RecordBatch, Table } from 'apache-arrow';
import { QueryError } from '../core/errors.js';
import { arrowInMemory } from '../io/index.js';
import { schemaOf, type ActionOptions, type ExecutionResult } from './actions.js';
import { planNode } from './dataframe-plans.js';
import { DataFrame } from './dataframe.js';
import { SLICE_ROWS } from './rows.js';
import { Turns } from './turns.js';
import type { Resolved } from '../core/plan/resolved-plan.js';
import type { Session } from './session.js';

/** How an Arrow stream is made. */
export interface ArrowOptions extends ActionOptions {
  /** How the bodies of record batches are compressed. Default: not. */
  readonly compression?: 'none' | 'lz4' | 'zstd';
}

/** Arrow in memory: an apache-arrow Table, the bytes of an IPC file or stream, or a stream of bytes or of record batches. */
export type ArrowData = Table | Uint8Array | AsyncIterable<Uint8Array> | AsyncIterable<RecordBatch>;

/** Bytes of a record batch on the thread that called: compressing so many takes zstd about ten milliseconds, and nothing else as long. */
const BATCH_BYTES = 1024 * 1024;

/** What was written since the last time, copied out of shared memory. */
class Pieces {
  position = 0;
  #bytes = new Uint8Array(BATCH_BYTES);
  #used = 0;

  write(bytes: Uint8Array): void {
    if (this.#used + bytes.length > this.#bytes.length) {
      const larger = new Uint8Array(2 * this.#bytes.length + bytes.length);
      larger.set(this.#bytes.subarray(0, this.#used));
      this.#bytes = larger;
    }
    this.#bytes.set(bytes, this.#used);
    this.#used += bytes.length;
    this.position += bytes.length;
  }

  /** As one piece that holds its own memory; undefined for nothing. */
  take(): Uint8Array | undefined {
    if (this.#used === 0) return undefined;
    const taken = this.#bytes.subarray(0, this.#used);
    this.#bytes = new Uint8Array(taken.length);
    this.#used = 0;
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
    const encoder = new ArrowEncoder(context, { schema: schemaOf(resolved), options: encoderOptions }, pieces, true, BATCH_BYTES);
    const turns = new Turns();
    let check = (): void => {};
    for await (const result of results) {
      ({ check } = result);
      try {
        for (const { address, from, to } of result.blocks) {
          for (let at = from; at < to; at += SLICE_ROWS) {
            check();
            encoder.writeRows(address, at, Math.min(to, at + SLICE_ROWS));
            const piece = pieces.take();
            if (piece !== undefined) yield piece;
            await turns.give();
          }
        }
      } finally {
        result.release();
      }
    }
    check();
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
  const { tableFromIPC } = await import('apache-arrow');
  return tableFromIPC(encode(session, resolved, options, whole()));
}

/** Rows of an IPC file or stream in memory, now. @internal */
export function dataFrameOfArrow(session: Session, bytes: Uint8Array): DataFrame {
  const decoding = decode(session, bytes);
  for (;;) {
    const { done, value } = decoding.next();
    if (done === true) return value;
  }
}

/** The same of a table or stream, giving the event loop its turns. @internal */
export async function dataFrameOfArrowData(session: Session, data: Exclude<ArrowData, Uint8Array>): Promise<DataFrame> {
  const bytes = await arrowBytes(data);
  session.checkOpen();
  return session.onThisThread(async (check) => {
    const decoding = decode(session, bytes);
    const turns = new Turns();
    try {
      for (;;) {
        const { done, value } = decoding.next();
        if (done === true) return value;
        await turns.give();
        check();
      }
    } finally {
      decoding.return(undefined as never);
    }
  });
}

function* decode(session: Session, bytes: Uint8Array): Generator<void, DataFrame> {
  const domain = session.engine.openDomain();
  let isKept = false;
  try {
    const { views, engine } = session;
    const { decodeArrow } = arrowInMemory();
    const { schema, blocks } = yield* decodeArrow(
      { views, kernels: engine.kernels, heaps: engine.heaps, pages: domain.pages },
      bytes,
    );
    const id = session.registry.addLocal({ schema, blocks: { addresses: blocks, partitions: 1, end: () => domain.end() } });
    isKept = true;
    return new DataFrame(session, planNode({ kind: 'local_data', id, schema }));
  } finally {
    if (!isKept) domain.end();
  }
}

/** A table's bytes, or those of a stream. */
async function arrowBytes(data: Exclude<ArrowData, Uint8Array>): Promise<Uint8Array> {
  const { RecordBatch, Table } = await import('apache-arrow');
  if (data instanceof Table) return (await libraryOf(data)).tableToIPC(data, 'stream');
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
  if (batches.length === 0) return concat(pieces);
  const library = await libraryOf(batches[0]!);
  return library.tableToIPC(new library.Table(batches), 'stream');
}

type ArrowLibrary = typeof Arrow;

/**
 * The copy of the library that something was made by. A process may have several, one for `import` and another for `require` at least: each takes the others' tables for its own
 * (`instanceof`), and writes schemas without types of them.
 * @throws QueryError for a copy that cannot be had.
 */
async function libraryOf(made: Table | RecordBatch): Promise<ArrowLibrary> {
  const imported = await import('apache-arrow');
  if (isOf(imported, made)) return imported;
  const { createRequire } = process.getBuiltinModule('node:module');
  const required = createRequire(import.meta.url)('apache-arrow') as ArrowLibrary;
  if (isOf(required, made)) return required;
  throw new QueryError({
    code: 'INVALID_PARAMETER_VALUE',
    message:
      'This table was made by another copy of apache-arrow than the one that quern has (npm ls apache-arrow shows them). ' +
      'Give its bytes to read.arrow(): session.read.arrow(tableToIPC(table)).',
  });
}

function isOf({ Table, RecordBatch }: ArrowLibrary, made: Table | RecordBatch): boolean {
  return Table.prototype.isPrototypeOf(made) || RecordBatch.prototype.isPrototypeOf(made);
}
