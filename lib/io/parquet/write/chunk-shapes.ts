import type { Bloom } from './bloom.js';
import type { Leaf } from './leaf.js';
import type { Limits } from './limits.js';

/** Values as numbers in a dictionary that somebody read. */
export interface NumberedValues {
  readonly numbers: number;
  /** Of a number: 1 or 4. */
  readonly bytes: number;
  /** Address of the dictionary's values, as the leaf's lie; references of long views are addresses. */
  readonly dictionary: number;
  readonly size: number;
  /** Which one it is. */
  readonly id: number;
}

/** Values of a leaf for some rows, on their way into a page. */
export interface LeafBatch {
  readonly rows: number;
  /** Address of the values that are there, `count` of the leaf's kind without gaps, and what references of long views count from. */
  readonly values: number;
  readonly count: number;
  readonly base: number;
  /** How many values, nulls and empty lists there are: the rows where nothing repeats. */
  readonly entries: number;
  /** Addresses of the entries' levels, a byte each; 0: all of the highest, all zero. */
  readonly definition: number;
  readonly repetition: number;
  /** The same values once more. */
  readonly numbered?: NumberedValues | undefined;
}

/** What the indexes say of a page; offsets count from the first data page of the chunk. */
export interface PageFacts {
  readonly offset: number;
  /** With its header. */
  readonly bytes: number;
  readonly firstRow: number;
  readonly nulls: number;
  readonly hasValues: boolean;
  readonly limits: Limits | undefined;
}

/** What the footer says of a column chunk. Offsets are the file's. */
export interface ChunkFacts {
  readonly leaf: Leaf;
  readonly codec: number;
  readonly entries: number;
  readonly nulls: number;
  readonly dictionaryOffset: number | undefined;
  readonly dataOffset: number;
  readonly bytes: number;
  readonly uncompressedBytes: number;
  readonly limits: Limits | undefined;
  readonly dictionaryPages: number;
  readonly plainPages: number;
  readonly pages: readonly PageFacts[];
  readonly bloom: Bloom | undefined;
}
