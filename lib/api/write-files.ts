import { throwIfAborted } from '../core/scheduler/query-outcome.js';
import { openPiece, WriteJob, wholeName, writeFormat } from '../io/index.js';
import { planFiles, type OutputFile, type Piece } from '../io/output/plan-files.js';
import type { WriteSpec } from '../core/physical/stage.js';
import type { ActionOptions } from './actions.js';
import type { PlannedWrite } from './plan-write.js';
import type { Session } from './session.js';

/** Lets executors write pieces and shows the files that they make; returns the rows written. `run` runs the query that writes. */
export async function writeFiles(
  session: Session,
  { target, spec: rest }: PlannedWrite,
  { signal }: ActionOptions,
  run: (spec: WriteSpec) => Promise<readonly Piece[]>,
): Promise<number> {
  throwIfAborted(signal);
  const job = await WriteJob.open(target, crypto.randomUUID());
  if (job === undefined) return 0;
  try {
    const spec: WriteSpec = { ...rest, pieces: job.pieces };
    const pieces = await run(spec);
    throwIfAborted(signal);
    const format = writeFormat(spec.format);
    const planned = planFiles(pieces, spec);
    const files = planned.length === 0 && spec.partitionBy.length === 0 ? [emptyFile(session, spec)] : planned;
    await job.commit(files, (file, index) => wholeName(index, file, format));
    return files.reduce((sum, { rows }) => sum + rows, 0);
  } catch (error) {
    await job.abort();
    throw error;
  }
}

/** No rows are a file too: it has the columns. */
function emptyFile(session: Session, spec: WriteSpec): OutputFile {
  const domain = session.engine.openDomain();
  try {
    const executor = { views: session.views, kernels: session.engine.kernels };
    const request = { schema: spec.schema, options: new Map(spec.options) };
    const name = 'part-0-0-empty';
    const piece = openPiece({ executor, pages: domain.pages }, spec.format, request, `${spec.pieces}/${name}`, spec.shown);
    const bytes = piece.finish();
    const only: Piece = { name, task: 0, partition: 0, directory: '', rows: 0, bytes };
    return { directory: '', partition: 0, ordinal: 0, pieces: [only], rows: 0 };
  } finally {
    domain.end();
  }
}
