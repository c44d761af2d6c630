import type { PhysicalType } from '../../core/types/physical-type.js';
import type { AggregateProgram } from '../../core/physical/stage-program.js';

/**
 * How a group row lies: [u32 hash][u32 null bits of keys 0..31][key words][states], everything 8-byte aligned. Before its states it is a *record*, which
 * is also what batches are turned into before the lookup, so that one comparison serves both. Keys of 4 bytes (bool, i32) share words;
 * views, i128 and words come first. Keys beyond the 32nd have their null bits in further 4-byte fields, like keys.
 */
export interface GroupLayout extends RecordLayout {
  /** Bytes of a state, a multiple of 8. */
  readonly stateBytes: number;
  readonly rowBytes: number;
}

export interface RecordLayout {
  readonly keys: readonly GroupKey[];
  /** Key words of 8 bytes. */
  readonly words: number;
  /** Bytes of a record; in a group row, offset of the states. */
  readonly recordBytes: number;
  /** For each word, 1 when it begins a view. */
  readonly kinds: Uint8Array;
  /** Offsets of the u32 fields that hold null bits. */
  readonly nullFields: readonly number[];
}

export interface GroupKey {
  readonly slot: number;
  readonly physical: PhysicalType;
  readonly offset: number;
  readonly bytes: number;
  readonly bitOffset: number;
  readonly bit: number;
}

const KEY_BYTES: { readonly [P in PhysicalType]: number } = { bool: 4, i32: 4, i64: 8, f64: 8, i128: 16, view: 16 };
const HEADER_BYTES = 8;
const NULLS_OFFSET = 4;

/** What a table of groups must know of them. */
export type GroupShape = Pick<AggregateProgram, 'keys' | 'stateBytes' | 'initial'>;

export function groupLayout(program: GroupShape): GroupLayout {
  const record = recordLayout(program.keys);
  const stateBytes = (program.stateBytes + 7) & ~7;
  return { ...record, stateBytes, rowBytes: record.recordBytes + stateBytes };
}

/** Records of any columns: group keys, or whole rows to be sorted. */
export function recordLayout(columns: readonly { readonly slot: number; readonly physical: PhysicalType }[]): RecordLayout {
  const offsets: number[] = [];
  const views: number[] = [];
  let at = HEADER_BYTES;
  for (const bytes of [16, 8, 4]) {
    columns.forEach((key, index) => {
      if (KEY_BYTES[key.physical] !== bytes) return;
      offsets[index] = at;
      if (key.physical === 'view') views.push(at);
      at += bytes;
    });
  }
  const nullFields = [NULLS_OFFSET];
  for (let keys = 32; keys < columns.length; keys += 32, at += 4) nullFields.push(at);
  const recordBytes = (at + 7) & ~7;
  const words = recordBytes / 8 - 1;
  const kinds = new Uint8Array(words);
  for (const offset of views) kinds[(offset - HEADER_BYTES) / 8] = 1;
  return {
    keys: columns.map((key, index) => ({
      slot: key.slot,
      physical: key.physical,
      offset: offsets[index] as number,
      bytes: KEY_BYTES[key.physical],
      bitOffset: nullFields[index >>> 5] as number,
      bit: index & 31,
    })),
    words,
    recordBytes,
    kinds,
    nullFields,
  };
}

/** A fresh state's bytes at `address` (stateBytes of them). */
export function writeInitialState(u8: Uint8Array, program: GroupShape, address: number, stateBytes: number): void {
  const initial = Buffer.from(program.initial, 'base64');
  for (let i = 0; i < stateBytes; i++) u8[address + i] = initial[i] ?? 0;
}
