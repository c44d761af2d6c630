/** Decompresses a stream of bytes, synchronously and in bounded memory. */
export interface Inflater {
  /**
   * Writes the next bytes of the text to `target`, which may lie in shared memory. Returns how many: 0 only where the text ends. `input.next()` gives the compressed
   * bytes piece by piece; what it returned is not changed until it is called again.
   * @throws Damaged where the compressed bytes are no such stream.
   */
  pull(target: Uint8Array): number;
  /** Another stream begins with the next piece. */
  restart(): void;
  /** Nothing is asked of it any more. */
  close(): void;
}

/** Compressed bytes, piece by piece: an empty piece at their end. */
export type NextPiece = () => Uint8Array;

/** A stream that is not what it should be; who reads the file says where. */
export class Damaged extends Error {}
