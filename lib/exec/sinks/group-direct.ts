import {
  BATCH_ROWS_MAX,
  DICTIONARY_MAX,
  FRAME_SLOTS,
  SLOT_BYTES,
  SLOT_CODES,
  SLOT_FLAG_CODES,
  SLOT_FLAG_NO_NULLS,
  SLOT_FLAGS,
  SLOT_NULLS,
  SLOT_VALUES,
  VIEW_BYTES,
  ZEROS,
} from '../../memory/layout.js';
import { dictionaryFacts } from '../../memory/dictionary.js';
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
/** Rows without codes before it gives up, unless more had them: the last blocks of tasks may be too small for codes. */
const UNFIT_ROWS_MAX = 32_768;
/** Returned by directFindInts. */
const OUTSIDE = 0xffffffff;
/** Bytes of the table that dictionaryIntern takes. */
const TABLE_BYTES = 2048;

/** A key's place in the index. */
interface DirectKey {
  readonly key: GroupKey;
  readonly shift: number;
  readonly bits: number;
  readonly dictionary: KnownStrings | undefined;
  /** Of the batch: address of the values or codes, and of the null bytes. */
  values: number;
  nulls: number;
}

/** The strings that the dictionaries met so far have together, and the last one's numbers among them. */
interface KnownStrings {
  readonly table: number;
  readonly views: number;
  /** For each code (u32) what it adds to the index. */
  readonly numbers: number;
  count: number;
  /** The dictionary met last, and its generation: others may lie where it lay. */
  last: number;
  lastGeneration: number;
}

/**
 * The direct tier before the group table: keys that are booleans, small ints or strings as codes make an index into an array of state addresses. Neither records nor
 * hashes are made but for the first row of a group.
 */
export class GroupDirect {
  /** Keys have too many values, or strings do not come as codes. */
  isHopeless = false;
  #unfitRows = 0;
  #fitRows = 0;
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
        values: 0,
        nulls: 0,
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
    if (!this.#bind(frame, batch.n)) return false;
    this.#fitRows += batch.n;
    const count = this.#look(batch, states);
    if (count === undefined) return false;
    if (count === 0) return true;
    kernels['frontPositions']!(this.#misses, count, batch.sel, this.#positions);
    const missed = { n: count, sel: this.#positions };
    makeViews(this.#executor, frame, this.#slots, missed);
    records.fill(frame, missed);
    table.find(records.address, table.layout.recordBytes, 0, 0, count, this.#found, records.long);
    kernels['directLearn']!(this.#array, this.#indexes, this.#misses, count, this.#found, states);
    return true;
  }

  /** Where this batch's keys lie; false when strings do not come as codes or are too many. */
  #bind(frame: number, rows: number): boolean {
    const { u32 } = this.#executor.views;
    for (const bound of this.#keys) {
      const slot = (frame + FRAME_SLOTS + bound.key.slot * SLOT_BYTES) >>> 2;
      const flags = u32[slot + SLOT_FLAGS / 4] as number;
      const nulls = u32[slot + SLOT_NULLS / 4] as number;
      bound.values = u32[slot + SLOT_VALUES / 4] as number;
      bound.nulls = (flags & SLOT_FLAG_NO_NULLS) !== 0 ? ZEROS : nulls;
      if (bound.dictionary === undefined) continue;
      if ((flags & SLOT_FLAG_CODES) === 0) {
        this.#unfitRows += rows;
        if (this.#unfitRows > UNFIT_ROWS_MAX && this.#unfitRows > this.#fitRows) this.isHopeless = true;
        return false;
      }
      const codes = (u32[slot + SLOT_CODES / 4] as number) >>> 2;
      bound.values = u32[codes] as number;
      if (!this.#intern(bound.dictionary, u32[codes + 1] as number, bound.bits, bound.shift)) {
        this.isHopeless = true;
        return false;
      }
    }
    return true;
  }

  /** Looks the rows up; how many were missed, undefined when some key is out of range. */
  #look({ sel, n }: Batch, states: number): number | undefined {
    const { kernels } = this.#executor;
    const [a, b] = this.#keys as [DirectKey, DirectKey | undefined];
    const isPlain = this.#keys.length <= 2 && this.#keys.every(({ nulls }) => nulls === ZEROS);
    if (isPlain && a.dictionary !== undefined && (b === undefined || b.dictionary !== undefined)) {
      const [values, numbers] = [b?.values ?? a.values, b?.dictionary?.numbers ?? ZEROS];
      return (
        kernels['directFindCodes']!(
          a.values,
          a.dictionary.numbers,
          values,
          numbers,
          this.#array,
          sel,
          n,
          this.#indexes,
          states,
          this.#misses,
        ) >>> 0
      );
    }
    if (isPlain && b === undefined && a.key.physical === 'i32') {
      const limit = (1 << a.bits) - 1;
      const count = kernels['directFindInts']!(a.values, limit, this.#array, sel, n, this.#indexes, states, this.#misses) >>> 0;
      return count === OUTSIDE ? this.#giveUp() : count;
    }
    if (!this.#index(sel, n)) return this.#giveUp();
    return kernels['directFind']!(this.#array, this.#indexes, n, states, this.#misses) >>> 0;
  }

  #index(sel: number, n: number): boolean {
    const { kernels } = this.#executor;
    kernels['memoryClear']!(this.#indexes, n * 4);
    for (const { key, shift, bits, dictionary, values, nulls } of this.#keys) {
      if (dictionary !== undefined) {
        kernels['directCodes']!(values, dictionary.numbers, nulls, sel, n, this.#indexes);
      } else if (key.physical === 'bool') {
        kernels['direct8']!(values, nulls, sel, n, shift, this.#indexes);
      } else if (kernels['direct32']!(values, nulls, sel, n, shift, this.#indexes, (1 << bits) - 1) !== 0) {
        return false;
      }
    }
    return true;
  }

  #giveUp(): undefined {
    this.isHopeless = true;
    return undefined;
  }

  /** Numbers for a dictionary's codes; false when strings have become too many. */
  #intern(known: KnownStrings, dictionary: number, bits: number, shift: number): boolean {
    const { kernels, views } = this.#executor;
    const { count, generation } = dictionaryFacts(views, dictionary);
    if (known.last === dictionary && known.lastGeneration === generation) return true;
    known.count =
      kernels['dictionaryIntern']!(dictionary, count, known.table, known.views, known.count, shift, known.numbers) >>> 0;
    known.last = dictionary;
    known.lastGeneration = generation;
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
    lastGeneration: 0,
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
