import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { InternalError } from '../../core/errors.js';
import { FileSink } from './piece-file.js';
import { writeFailure } from './write-failure.js';
import type { ByteSink, EncodeRequest, WriteFormat } from '../encoder.js';
import type { MemoryViews } from '../../memory/memory-access.js';
import type { OutputFile, WrittenFile } from './plan-files.js';

/** A task that puts files together: files [from, to) as they are planned; of a large one only pieces [firstPiece, endPiece), 0 and 0 for all. */
export type JoinTask = readonly [from: number, to: number, firstPiece: number, endPiece: number];

/** Bytes that a task copies, and pieces that it opens, about. */
const TASK_BYTES = 32 * 1024 * 1024;
const TASK_PIECES = 256;

/**
 * What is to be done so that each file is in one piece. Where rows lie in a body only its end is missing. Where bytes may follow each other, pieces are written behind the first one, of a large file by several tasks, in any order
 * and as often as one likes; else one task makes the file.
 */
export function joinTasks(files: readonly OutputFile[], format: WriteFormat): JoinTask[] {
  const tasks: JoinTask[] = [];
  let from = 0;
  let bytes = 0;
  let pieces = 0;
  const close = (to: number): void => {
    if (to > from) tasks.push([from, to, 0, 0]);
    from = to;
    bytes = 0;
    pieces = 0;
  };
  files.forEach((file, number) => {
    const [first, ...rest] = file.pieces;
    const copied = rest.reduce((sum, piece) => sum + piece.bytes, format.repeatedBytes === undefined ? first!.bytes : 0);
    if (copied > TASK_BYTES && format.repeatedBytes !== undefined) {
      close(number);
      tasks.push(...partsOf(number, file));
      from = number + 1;
      return;
    }
    if (bytes + copied > TASK_BYTES || pieces + file.pieces.length > TASK_PIECES) close(number);
    bytes += copied;
    pieces += file.pieces.length;
  });
  close(files.length);
  return tasks;
}

function partsOf(number: number, { pieces }: OutputFile): JoinTask[] {
  const tasks: JoinTask[] = [];
  for (let from = 1; from < pieces.length;) {
    let to = from;
    for (let bytes = 0; to < pieces.length && (to === from || bytes + pieces[to]!.bytes <= TASK_BYTES); to++)
      bytes += pieces[to]!.bytes;
    tasks.push([number, number + 1, from, to]);
    from = to;
  }
  return tasks;
}

export interface JoinPlace {
  readonly format: WriteFormat;
  readonly request: EncodeRequest;
  /** Directory of the pieces. */
  readonly pieces: string;
  /** What errors call the output. */
  readonly shown: string;
  readonly views: MemoryViews;
  /** Memory to copy through. */
  readonly buffer: { readonly address: number; readonly bytes: number };
  checkCancelled(): void;
}

/** Does a task; doing it again changes nothing. Returns the files that it answers for: of a file that several tasks make, the first one. */
export function runJoinTask(
  [from, to, firstPiece, endPiece]: JoinTask,
  files: readonly OutputFile[],
  place: JoinPlace,
): WrittenFile[] {
  const written: WrittenFile[] = [];
  for (let number = from; number < to; number++) {
    const file = files[number];
    if (file === undefined) throw new InternalError(`There is no output file ${number}.`);
    place.checkCancelled();
    const { directory, partition, ordinal, rows, pieces } = file;
    let { name } = pieces[0]!;
    if (endPiece > 0) appendPieces(file, firstPiece, endPiece, place);
    else if (pieces[0]!.body !== undefined) name = endBody(file, pieces[0]!.body.name, place);
    else if (pieces.length > 1 && place.format.repeatedBytes !== undefined) appendPieces(file, 1, pieces.length, place);
    else if (pieces.length > 1) name = mergePieces(number, file, place);
    if (endPiece === 0 || firstPiece === 1) written.push({ name, directory, partition, ordinal, rows });
  }
  return written;
}

function appendPieces({ pieces }: OutputFile, from: number, to: number, place: JoinPlace): void {
  const repeated = place.format.repeatedBytes!(place.request);
  let position = pieces[0]!.bytes;
  for (let i = 1; i < from; i++) position += pieces[i]!.bytes - repeated;
  const target = openSync(join(place.pieces, pieces[0]!.name), 'r+');
  try {
    for (let i = from; i < to; i++) {
      copyRange(join(place.pieces, pieces[i]!.name), repeated, pieces[i]!.bytes, target, position, place);
      position += pieces[i]!.bytes - repeated;
    }
  } catch (error) {
    throw writeFailure(error, place.shown);
  } finally {
    closeSync(target);
  }
}

/** Bytes [start, end) of a file to `position` of another one. */
function copyRange(path: string, start: number, end: number, target: number, position: number, place: JoinPlace): void {
  const { address, bytes } = place.buffer;
  const { u8 } = place.views;
  const source = openSync(path, 'r');
  try {
    for (let at = start, to = position; at < end;) {
      place.checkCancelled();
      const read = readSync(source, u8, address, Math.min(bytes, end - at), at);
      if (read === 0) throw new InternalError(`The piece '${path}' is shorter than it was.`);
      for (let done = 0; done < read;) done += writeSync(target, u8, address + done, read - done, to + done);
      at += read;
      to += read;
    }
  } finally {
    closeSync(source);
  }
}

/** From the beginning, whatever an earlier attempt left. */
function mergePieces(number: number, { pieces }: OutputFile, place: JoinPlace): string {
  const name = `joined-${number}`;
  joinInto(FileSink.replacing(join(place.pieces, name), place.shown), pieces, place, false);
  return name;
}

/** Behind the last place that a piece has in the body: what may follow is of attempts that failed. */
function endBody({ pieces }: OutputFile, name: string, place: JoinPlace): string {
  const path = join(place.pieces, name);
  const head = new FileSink(path, place.shown, 'r+');
  try {
    head.write(place.format.bodyHead!);
  } finally {
    head.close();
  }
  const end = pieces.reduce((most, { body }) => Math.max(most, body!.end), 0);
  joinInto(FileSink.behind(path, place.shown, end), pieces, place, true);
  return name;
}

function joinInto(sink: FileSink, pieces: OutputFile['pieces'], place: JoinPlace, hasBody: boolean): void {
  const { format, request } = place;
  try {
    if (format.join === undefined) throw new InternalError(`Pieces of ${format.name} files cannot be joined.`);
    const parts = pieces.map((piece) => join(place.pieces, piece.name));
    const out: ByteSink = {
      write(bytes) {
        place.checkCancelled();
        sink.write(bytes);
      },
      get position() {
        return sink.position;
      },
    };
    format.join(parts, request, out, hasBody);
  } finally {
    sink.close();
  }
}
