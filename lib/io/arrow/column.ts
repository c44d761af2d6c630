import type { PhysicalType } from '../../core/types/physical-type.js';
import type { OpenBatch } from './open-batch.js';

/** Dense vectors. `nulls`: a byte a value, 1 where it is null; 0 where none is. */
export interface Taken {
  readonly values: number;
  readonly nulls: number;
}

/** A field of record batches whose values become vectors: a tree like the schema's. */
export interface ArrowColumn {
  readonly physical: PhysicalType;
  /** Reads what values `from` to `to` of a batch need. */
  prepare(batch: OpenBatch, from: number, to: number): void;
  /**
   * Values `first` to `first + count`, which lie within those that were prepared: good until the next batch of rows. `outside`: null bytes of what they lie in, and 0 where it is
   * not null; there may be anything in what is null.
   */
  take(first: number, count: number, outside: number): Taken;
}
