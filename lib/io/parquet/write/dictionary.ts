import type { NumberedValues } from './chunk-shapes.js';
import { LEAF_KINDS, type Leaf } from './leaf.js';
import { WorkBuffer, type Kernel, type WorkSpace } from './work-space.js';

const STATE_BYTES = 32;
/** Words of the state (kernels/assembly/parquet-build.ts). */
const State = { table: 0, bits: 1, entries: 2, count: 3, stop: 4, heap: 5, heapFill: 6, heapSize: 7 } as const;
const FIRST_BITS = 8;
const FIRST_HEAP_BYTES = 4096;
/** A table is at most half full. */
const LOAD_SHIFT = 1;
/** A string of the dictionary is not expected to be shorter, its length's four bytes counted. */
const TEXT_BYTES_LEAST = 8;

/** A column chunk's different values while it is written. */
export class Dictionary {
  readonly #work: WorkSpace;
  readonly #leaf: Leaf;
  readonly #shift: number;
  readonly #build: Kernel;
  readonly #tableKind: number;
  readonly #state: number;
  readonly #countMax: number;
  readonly #heapBytesMax: number;
  readonly #entries: WorkBuffer;
  readonly #heap: WorkBuffer;
  #table: number;
  #bits = FIRST_BITS;
  /** Code of each value of another dictionary (kernels/assembly/parquet-build.ts), and which one that is. */
  readonly #map: WorkBuffer;
  #mapped = 0;
  /** The table has all entries. */
  #isIndexed = true;

  /** Undefined for leaves that never have one. */
  static make(work: WorkSpace, leaf: Leaf, bytesMax: number): Dictionary | undefined {
    const { build } = LEAF_KINDS[leaf.kind];
    return build === undefined ? undefined : new Dictionary(work, leaf, build, bytesMax);
  }

  private constructor(work: WorkSpace, leaf: Leaf, build: { kernel: string; table: number }, bytesMax: number) {
    this.#work = work;
    this.#leaf = leaf;
    this.#shift = LEAF_KINDS[leaf.kind].shift;
    this.#build = work.kernel(build.kernel);
    this.#tableKind = build.table;
    const valueBytes = leaf.kind === 'bytes' ? TEXT_BYTES_LEAST : leaf.kind === 'fixed' ? leaf.fixedBytes : 1 << this.#shift;
    this.#countMax = Math.max(1, Math.floor(bytesMax / valueBytes));
    this.#heapBytesMax = leaf.kind === 'bytes' ? bytesMax : 0;
    this.#state = work.allocate(STATE_BYTES);
    this.#entries = new WorkBuffer(work);
    this.#heap = new WorkBuffer(work);
    this.#map = new WorkBuffer(work);
    this.#table = work.allocate(4 << FIRST_BITS);
    this.clear();
  }

  get count(): number {
    return this.#word(State.count);
  }

  /** Where the entries lie, as values of the leaf's kind do. */
  get entries(): number {
    return this.#entries.address;
  }

  /** What references of long views in the entries count from. */
  get heap(): number {
    return this.#heap.address;
  }

  /** Bits of a code. */
  get width(): number {
    return Math.max(1, 32 - Math.clz32(this.count - 1));
  }

  /** Bytes of the entries as plain values. */
  get plainBytes(): number {
    if (this.#leaf.kind === 'bytes') return this.#work.kernel('encodedViewBytes')(this.entries, this.count) >>> 0;
    return this.count * (this.#leaf.kind === 'fixed' ? this.#leaf.fixedBytes : 1 << this.#shift);
  }

  /** Writes the codes of n values; false when the dictionary would become too large: then codes are not to be used. */
  encode(values: number, n: number, base: number, codes: number): boolean {
    if (!this.#isIndexed) this.#index();
    let done = 0;
    for (;;) {
      const at = values + (done << this.#shift);
      const to = codes + done * 4;
      done +=
        this.#leaf.kind === 'bytes'
          ? this.#build(this.#state, at, n - done, base, to)
          : this.#build(this.#state, at, n - done, to);
      if (done === n) return true;
      if (!this.#grow()) return false;
    }
  }

  /** The same of values that have numbers in another dictionary: each of those is looked up once. */
  encodeNumbered({ numbers, bytes, dictionary, size, id }: NumberedValues, n: number, codes: number): boolean {
    if (this.#mapped !== id) {
      if (!this.#isIndexed) this.#index();
      // As long as no others come, what has no code yet is no entry yet.
      this.#isIndexed = this.count > 0;
      this.#map.ensure(size * 4, 0);
      this.#work.kernel('fillBytes')(this.#map.address, size * 4, 0);
      this.#mapped = id;
    }
    const build = this.#work.kernel('buildNumbered');
    for (let done = 0; ;) {
      const [at, to] = [numbers + done * bytes, codes + done * 4];
      const isNew = this.#isIndexed ? 0 : 1;
      done += build(this.#state, this.#tableKind, at, bytes === 4 ? 1 : 0, n - done, this.#map.address, dictionary, isNew, to);
      if (done === n) return true;
      if (!this.#grow()) return false;
    }
  }

  /** Puts the entries into the table. */
  #index(): void {
    this.#work.kernel('fillBytes')(this.#table, 4 << this.#bits, 0);
    this.#work.kernel('buildTable')(this.#state, this.#tableKind);
    this.#isIndexed = true;
  }

  /** Makes room for more entries, or for more bytes of them. */
  #grow(): boolean {
    const count = this.count;
    if (count === this.#word(State.stop)) {
      if (count >= this.#countMax) return false;
      this.#work.free(this.#table, 4 << this.#bits);
      this.#bits += 2;
      this.#table = this.#work.allocate(4 << this.#bits);
      this.#prepare();
      if (this.#isIndexed) this.#work.kernel('buildTable')(this.#state, this.#tableKind);
      return true;
    }
    if (this.#heap.bytes >= this.#heapBytesMax) return false;
    this.#heap.ensure(Math.min(this.#heapBytesMax, Math.max(FIRST_HEAP_BYTES, this.#heap.bytes * 4)), this.#word(State.heapFill));
    this.#setWord(State.heap, this.#heap.address);
    this.#setWord(State.heapSize, this.#heap.bytes);
    return true;
  }

  /** Forgets all entries. */
  clear(): void {
    this.#mapped = 0;
    this.#isIndexed = true;
    this.#setWord(State.count, 0);
    this.#setWord(State.heapFill, 0);
    this.#setWord(State.heap, this.#heap.address);
    this.#setWord(State.heapSize, this.#heap.bytes);
    this.#prepare();
  }

  /** An empty table, and room for as many entries as it takes. */
  #prepare(): void {
    const stop = Math.min(this.#countMax, (1 << this.#bits) >>> LOAD_SHIFT);
    this.#entries.ensure(stop << this.#shift, this.count << this.#shift);
    this.#work.kernel('fillBytes')(this.#table, 4 << this.#bits, 0);
    this.#setWord(State.table, this.#table);
    this.#setWord(State.bits, this.#bits);
    this.#setWord(State.entries, this.#entries.address);
    this.#setWord(State.stop, stop);
  }

  #word(index: number): number {
    return this.#work.views.u32[(this.#state >>> 2) + index]!;
  }

  #setWord(index: number, value: number): void {
    this.#work.views.u32[(this.#state >>> 2) + index] = value;
  }
}
