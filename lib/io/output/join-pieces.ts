import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { InternalError } from '../../core/errors.js';
import { FileSink } from './piece-file.js';
import { writeFailure } from './write-failure.js';
import type { EncodeRequest, WriteFormat } from '../encoder.js';
import type { MemoryViews } from '../../memory/memory-access.js';
import type { OutputFile } from './plan-files.js';

/** A step of putting a file together: pieces [from, to) of the file with this number. */
export type JoinStep = readonly [file: number, from: number, to: number];

/** Bytes that a step copies, about. */
const STEP_BYTES = 32 * 1024 * 1024;

export const joinedName = (file: number): string => `joined-${file}`;

/**
 * What is to be done so that each file is in one piece. Where bytes may follow each other, pieces are written behind the first one, several steps a file, in any order
 * and as often as one likes; else one step makes the file.
 */
export function joinSteps(files: readonly OutputFile[], format: WriteFormat): JoinStep[] {
  const steps: JoinStep[] = [];
  files.forEach(({ pieces }, file) => {
    if (pieces.length === 1) return;
    if (format.repeatedBytes === undefined) {
      steps.push([file, 0, pieces.length]);
      return;
    }
    let from = 1;
    while (from < pieces.length) {
      let to = from;
      for (let bytes = 0; to < pieces.length && (to === from || bytes + pieces[to]!.bytes <= STEP_BYTES); to++)
        bytes += pieces[to]!.bytes;
      steps.push([file, from, to]);
      from = to;
    }
  });
  return steps;
}

/** Name, among the pieces, of the file that the pieces of an output file have become. */
export function wholeName(file: number, { pieces }: OutputFile, format: WriteFormat): string {
  return pieces.length === 1 || format.repeatedBytes !== undefined ? pieces[0]!.name : joinedName(file);
}

export interface JoinPlace {
  /** Directory of the pieces. */
  readonly pieces: string;
  /** What errors call the output. */
  readonly shown: string;
  readonly views: MemoryViews;
  /** Memory to copy through. */
  readonly buffer: { readonly address: number; readonly bytes: number };
  checkCancelled(): void;
}

/** Does one step. Doing it again changes nothing. */
export function runJoinStep(
  step: JoinStep,
  files: readonly OutputFile[],
  format: WriteFormat,
  request: EncodeRequest,
  place: JoinPlace,
): void {
  const [number, from, to] = step;
  const file = files[number];
  if (file === undefined) throw new InternalError(`There is no output file ${number}.`);
  if (format.repeatedBytes !== undefined) appendPieces(file, from, to, format.repeatedBytes(request), place);
  else mergePieces(number, file, format, request, place);
}

function appendPieces({ pieces }: OutputFile, from: number, to: number, repeated: number, place: JoinPlace): void {
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
    for (let at = start; at < end;) {
      place.checkCancelled();
      const read = readSync(source, u8, address, Math.min(bytes, end - at), at);
      if (read === 0) throw new InternalError(`The piece '${path}' is shorter than it was.`);
      for (let done = 0; done < read;) done += writeSync(target, u8, address + done, read - done, position + done);
      at += read;
      position += read;
    }
  } finally {
    closeSync(source);
  }
}

/** From the beginning, whatever an earlier attempt left. */
function mergePieces(
  number: number,
  { pieces }: OutputFile,
  format: WriteFormat,
  request: EncodeRequest,
  place: JoinPlace,
): void {
  if (format.join === undefined) throw new InternalError(`Pieces of ${format.name} files cannot be joined.`);
  const path = join(place.pieces, joinedName(number));
  const sink = FileSink.replacing(path, place.shown);
  try {
    format.join(
      pieces.map(({ name }) => join(place.pieces, name)),
      request,
      {
        write(bytes) {
          place.checkCancelled();
          sink.write(bytes);
        },
        get position() {
          return sink.position;
        },
      },
    );
  } finally {
    sink.close();
  }
}
