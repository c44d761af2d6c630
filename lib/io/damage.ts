import { DataError } from '../core/errors.js';

/** What a check of untrusted bytes throws while it does not know the file; whoever does knows turns it into a DataError. */
export class Damage extends Error {
  constructor(
    /** In the bytes that were being read. */
    readonly offset: number,
    readonly what: string,
  ) {
    super(what);
  }
}

/** A file whose bytes are not what the format says. `byte` is where they lie; `what` says what is there and what was expected. */
export type DamagedFile = (path: string, byte: number, what: string) => DataError;

export function damagedAs(code: string): DamagedFile {
  return (path, byte, what) =>
    new DataError({ code, message: `'${path}' is damaged at byte ${byte}: ${what}. Fetch or write the file again.`, path, byte });
}

/** Runs `read` over bytes that lie at `base` of a file. @throws DataError where they are damaged. */
export type ReadingFile = <T>(path: string, base: number, read: () => T) => T;

export function readingAs(damaged: DamagedFile): ReadingFile {
  return (path, base, read) => {
    try {
      return read();
    } catch (error) {
      if (error instanceof Damage) throw damaged(path, base + error.offset, error.what);
      throw error;
    }
  };
}
