import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';

/** Where text goes. */
export interface Destination {
  /** Whether a person reads it as it comes: then data may not steer the terminal. */
  readonly isTerminal: boolean;
  /** Resolves when there is room for more. */
  write(text: string): Promise<void>;
  /** Everything was written: it may appear. */
  commit(): Promise<void>;
  /** It was not: nothing may be left over. */
  discard(): void;
}

/** The reader of standard output has gone (`quern … | head`): no error, only the end. */
export class ReaderGone extends Error {
  override readonly name = 'ReaderGone';
}

const STDOUT = 1;
const STDERR = 2;
/** A pipe that is full and does not wait is tried again so often. */
const FULL_MS = 2;

/** Standard error where it is a terminal. */
export function errorTerminal(): NodeJS.WriteStream | undefined {
  return maybeTerminal(STDERR) && process.stderr.isTTY ? process.stderr : undefined;
}

/** The streams of `process` take milliseconds to make: what is a file or a pipe does without. */
function maybeTerminal(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isCharacterDevice();
  } catch {
    // Closed: the stream knows what to do.
    return true;
  }
}

/** Standard output. Once its reader has gone every write throws ReaderGone, and `onGone` is called once. */
export function standardOutput(onGone: () => void): Destination {
  return maybeTerminal(STDOUT) ? streamOutput(onGone) : pipeOutput(onGone);
}

/** A file or a pipe, written as the stream would, which does not return from a write before it is done. */
function pipeOutput(onGone: () => void): Destination {
  let gone: ReaderGone | undefined;
  return {
    isTerminal: false,
    async write(text) {
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length;) {
        if (gone !== undefined) throw gone;
        try {
          at += writeSync(STDOUT, bytes, at);
        } catch (error) {
          const { code } = error as NodeJS.ErrnoException;
          if (code === 'EAGAIN') await new Promise((resolve) => setTimeout(resolve, FULL_MS));
          else if (code === 'EPIPE' || code === 'EOF') {
            gone = new ReaderGone();
            onGone();
          } else throw error;
        }
      }
    },
    commit: async () => {},
    discard: () => {},
  };
}

function streamOutput(onGone: () => void): Destination {
  const { stdout } = process;
  let failure: Error | undefined;
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    failure = error.code === 'EPIPE' || error.code === 'EOF' ? new ReaderGone() : error;
    if (failure instanceof ReaderGone) onGone();
  });
  return {
    isTerminal: stdout.isTTY,
    write: (text) =>
      new Promise((resolve, reject) => {
        if (failure !== undefined) {
          reject(failure);
          return;
        }
        // The callback comes when the text has left: no more than one piece waits here.
        stdout.write(text, (error) => (error == null ? resolve() : reject(failure ?? error)));
      }),
    commit: async () => {},
    discard: () => {},
  };
}

/**
 * A file that appears only when it is whole: written beside its place and renamed there. A device or a pipe is written to
 * directly, and a symbolic link keeps pointing where it did.
 */
export function fileOutput(given: string): Destination {
  const path = existsSync(given) ? realpathSync(given) : given;
  const special = isSpecial(path);
  const written = special ? path : `${path}.${process.pid}.part`;
  const file = openSync(written, special ? 'w' : 'wx');
  let open = true;
  const close = (): void => {
    if (open) closeSync(file);
    open = false;
  };
  return {
    isTerminal: false,
    async write(text) {
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
    },
    async commit() {
      if (!special) fsyncSync(file);
      close();
      if (!special) renameSync(written, path);
    },
    discard() {
      close();
      if (!special) rmSync(written, { force: true });
    },
  };
}

function isSpecial(path: string): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat !== undefined && !stat.isFile();
}

const PIECE_CHARACTERS = 64 * 1024;

/** Gathers small texts into pieces worth a system call. */
export class Pieces {
  #text = '';

  constructor(private readonly destination: Destination) {}

  /** A promise only when a piece is full: awaiting for every row would cost more than writing it. */
  add(text: string): Promise<void> | undefined {
    this.#text += text;
    return this.#text.length < PIECE_CHARACTERS ? undefined : this.flush();
  }

  async flush(): Promise<void> {
    const text = this.#text;
    this.#text = '';
    if (text !== '') await this.destination.write(text);
  }
}
