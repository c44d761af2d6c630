/** What one task wrote into one file, as its executor published it. */
export interface Piece {
  /** Name in the directory of pieces. */
  readonly name: string;
  readonly task: number;
  readonly partition: number;
  /** Of partition columns: `year=2024/month=1`; else empty. */
  readonly directory: string;
  readonly rows: number;
  readonly bytes: number;
  /** The file of the same directory in which its rows lie, among others' and all before `end`. */
  readonly body?: { readonly name: string; readonly end: number };
}

/** A file of an output and the pieces that make it, in row order. */
export interface OutputFile {
  readonly directory: string;
  readonly partition: number;
  /** Counts the files of one partition and directory, where rows are limited. */
  readonly ordinal: number;
  readonly pieces: readonly Piece[];
  readonly rows: number;
}

/** A file of an output that is in one piece. */
export interface WrittenFile {
  /** Name in the directory of pieces. */
  readonly name: string;
  readonly directory: string;
  readonly partition: number;
  readonly ordinal: number;
  readonly rows: number;
}

export interface FileLayout {
  /** All in one file. */
  readonly single: boolean;
  readonly maxRecords?: number;
}

/** The files that pieces make: one a partition and directory, more where rows are limited. The same answer whoever asks. */
export function planFiles(pieces: readonly Piece[], { single, maxRecords = Infinity }: FileLayout): OutputFile[] {
  // Stable: pieces of one task lie in the order of their rows.
  const ordered = [...pieces].sort((a, b) => a.task - b.task);
  const groups = new Map<string, Piece[]>();
  for (const piece of ordered) {
    const key = single ? '' : `${piece.partition}/${piece.directory}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [piece]);
    else group.push(piece);
  }
  const files: OutputFile[] = [];
  for (const group of groups.values()) {
    let ordinal = 0;
    let taken: Piece[] = [];
    let rows = 0;
    const close = (): void => {
      const { directory, partition } = taken[0]!;
      files.push({ directory, partition, ordinal: ordinal++, pieces: taken, rows });
      taken = [];
      rows = 0;
    };
    for (const piece of group) {
      if (taken.length > 0 && rows + piece.rows > maxRecords) close();
      taken.push(piece);
      rows += piece.rows;
    }
    close();
  }
  return files;
}
