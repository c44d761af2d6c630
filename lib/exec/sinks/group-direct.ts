import {
  BATCH_ROWS_MAX,
  DICTIONARY_HEADER_BYTES,
  DICTIONARY_MAX,
  FRAME_SLOTS,
  SLOT_BYTES,
  SLOT_CODES,
  SLOT_FLAG_CODES,
  SLOT_FLAGS,
  SLOT_NULLS,
  SLOT_VALUES,
  VIEW_BYTES,
} from '../../memory/layout.js';
import type { Space } from '../../memory/block-space.js';
import type { Batch, Executor, PipelineContext } from '../contracts.js';
import type { GroupKey, GroupLayout } from './group-layout.js';
import type { GroupRecords } from './group-records.js';
import type { GroupTable } from './group-table.js';
import { codedSlots, makeViews } from './make-views.js';

/** Bits of an index: 256 KiB of state addresses. */
const INDEX_BITS = 16;
/** A boolean and null. */
const BOOL_BITS = 2;
const BITS_MIN = 4;
/** Batches without codes before it gives up. */
const UNFIT_MAX = 16;
/** Bytes of the table that dictionaryIntern takes. */
const TABLE_BYTES = 2048;

/** A key's place in the index. */
interface DirectKey {
  readonly key: GroupKey;
  readonly shift: number;
  readonly bits: number;
  readonly dictionary: KnownStrings | undefined;
}

/** The strings that the dictionaries met so far have together, and the last one's numbers among them. */
interface KnownStrings {
  readonly table: number;
  readonly views: number;
  /** u32 for each code. */
  readonly numbers: number;
  count: number;
  last: number;
}

/**
 * The direct tier before the group table: keys that are booleans, small ints or strings as codes make an index into an array of state addresses. Neither records nor
 * hashes are made but for the first row of a group.
 */
export class GroupDirect {
  /** Keys have too many values, or strings do not come as codes. */
  isHopeless = false;
  #unfit = 0;
  readonly #executor: Executor;
  readonly #scratch: Space;
  readonly #keys: readonly DirectKey[];
  readonly #slots: readonly number[];
  readonly #array: number;
  readonly #arrayBytes: number;
  readonly #indexes: number;
  readonly #misses: number;
  readonly #positions: number;
  readonly #found: number;

  /** Undefined when the keys can never fit. */
  static open({ executor, program }: PipelineContext, layout: GroupLayout, scratch: Space): GroupDirect | undefined {
    const bits = bitsOf(layout.keys, codedSlots(program));
    return bits === undefined ? undefined : new GroupDirect(executor, layout.keys, bits, scratch);
  }

  private constructor(executor: Executor, keys: readonly GroupKey[], bits: readonly number[], scratch: Space) {
    const { kernels } = executor;
    this.#executor = executor;
    this.#scratch = scratch;
    let shift = 0;
    this.#keys = keys.map((key, i) => {
      const at = shift;
      shift += bits[i]!;
      return {
        key,
        shift: at,
        bits: bits[i]!,
        dictionary: key.physical === 'view' ? knownStrings(executor, scratch) : undefined,
      };
    });
    this.#slots = keys.map(({ slot }) => slot);
    this.#arrayBytes = 4 << shift;
    this.#array = scratch.allocate(this.#arrayBytes);
    kernels['memoryClear']!(this.#array, this.#arrayBytes);
    this.#indexes = scratch.allocate(BATCH_ROWS_MAX * 4);
    this.#misses = scratch.allocate((BATCH_ROWS_MAX + 1) * 4);
    this.#positions = scratch.allocate(BATCH_ROWS_MAX * 4);
    this.#found = scratch.allocate(BATCH_ROWS_MAX * 4);
  }

  /** Gives the array's memory back. */
  release(): void {
    this.#scratch.free(this.#array, this.#arrayBytes);
  }

  /** State addresses of the live rows; false when this batch does not fit. */
  find(frame: number, batch: Batch, records: GroupRecords, table: GroupTable, states: number): boolean {
    const { kernels } = this.#executor;
    if (!this.#index(frame, batch)) return false;
    const count = kernels['directFind']!(this.#array, this.#indexes, batch.n, states, this.#misses) >>> 0;
    if (count === 0) return true;
    kernels['frontPositions']!(this.#misses, count, batch.sel, this.#positions);
    const missed = { n: count, sel: this.#positions };
    makeViews(this.#executor, frame, this.#slots, missed);
    records.fill(frame, missed);
    table.find(records.address, table.layout.recordBytes, 0, 0, count, this.#found, records.long);
    kernels['directLearn']!(this.#array, this.#indexes, this.#misses, count, this.#found, states);
    return true;
  }

  #index(frame: number, { sel, n }: Batch): boolean {
    const { kernels, views } = this.#executor;
    kernels['memoryClear']!(this.#indexes, n * 4);
    for (let i = 0; i < this.#keys.length; i++) {
      const { key, shift, bits, dictionary } = this.#keys[i]!;
      const slot = frame + FRAME_SLOTS + key.slot * SLOT_BYTES;
      const values = views.u32[(slot + SLOT_VALUES) >>> 2] as number;
      const nulls = views.u32[(slot + SLOT_NULLS) >>> 2] as number;
      const flags = views.u32[(slot + SLOT_FLAGS) >>> 2] as number;
      if (dictionary !== undefined) {
        if ((flags & SLOT_FLAG_CODES) === 0) {
          if (++this.#unfit > UNFIT_MAX) this.isHopeless = true;
          return false;
        }
        const codes = (views.u32[(slot + SLOT_CODES) >>> 2] as number) >>> 2;
        if (!this.#intern(dictionary, views.u32[codes + 1] as number, bits)) return this.#giveUp();
        kernels['directCodes']!(views.u32[codes] as number, dictionary.numbers, nulls, sel, n, shift, this.#indexes);
      } else if (key.physical === 'bool') {
        kernels['direct8']!(values, nulls, sel, n, shift, this.#indexes);
      } else if (kernels['direct32']!(values, nulls, sel, n, shift, this.#indexes, (1 << bits) - 1) !== 0) {
        return this.#giveUp();
      }
    }
    return true;
  }

  #giveUp(): false {
    this.isHopeless = true;
    return false;
  }

  /** Numbers for a dictionary's codes; false when strings have become too many. */
  #intern(known: KnownStrings, dictionary: number, bits: number): boolean {
    if (known.last === dictionary) return true;
    const { kernels, views } = this.#executor;
    const count = views.u32[(dictionary - DICTIONARY_HEADER_BYTES) >>> 2] as number;
    known.count = kernels['dictionaryIntern']!(dictionary, count, known.table, known.views, known.count, known.numbers) >>> 0;
    known.last = dictionary;
    return known.count < 1 << bits && known.count <= DICTIONARY_MAX;
  }
}

function knownStrings(executor: Executor, scratch: Space): KnownStrings {
  const table = scratch.allocate(TABLE_BYTES);
  executor.kernels['memoryClear']!(table, TABLE_BYTES);
  return {
    table,
    views: scratch.allocate(DICTIONARY_MAX * VIEW_BYTES),
    numbers: scratch.allocate(DICTIONARY_MAX * 4),
    count: 0,
    last: 0,
  };
}

/** Bits of each key in the index: booleans take two, the others share the rest. */
function bitsOf(keys: readonly GroupKey[], coded: ReadonlySet<number>): number[] | undefined {
  let rest = INDEX_BITS;
  let sharing = 0;
  for (const { slot, physical } of keys) {
    if (physical === 'bool') {
      rest -= BOOL_BITS;
      continue;
    }
    if (physical !== 'i32' && !coded.has(slot)) return undefined;
    sharing++;
  }
  const share = sharing === 0 ? 0 : Math.floor(rest / sharing);
  if (rest < 0 || (sharing > 0 && share < BITS_MIN)) return undefined;
  return keys.map(({ physical }) => (physical === 'bool' ? BOOL_BITS : share));
}
