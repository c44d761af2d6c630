import { physicalTypeOf } from '../../core/types/physical-type.js';
import { Space } from '../../memory/block-space.js';
import { VIEW_BYTES } from '../../memory/layout.js';
import type { Buffer } from '../buffers.js';
import { notUtf8 } from '../errors.js';
import type { ChunkPages } from './chunk-pages.js';
import { ENCODING } from './encodings.js';
import { ancientValue } from './errors.js';
import type { LeafColumn } from './leaf-column.js';
import { PHYSICAL } from './metadata.js';
import { writeIntervals } from './interval-text.js';
import type { ReaderSpace } from './reader-space.js';

/** Room that kernels want for their states. */
const STATE_BYTES = 64;
const SLACK_BYTES = 64;
const UUID_BYTES = 16;
const UUID_TEXT_BYTES = 36;

/** How the values of a page are read. `fixed`: they lie one after the other. */
type Form = 'none' | 'fixed' | 'bits' | 'runs' | 'texts' | 'delta32' | 'delta64' | 'lengths' | 'prefixes' | 'streams';

/** Conversions whose results are not written over what they are made of. */
const APART: ReadonlySet<string> = new Set(['decimal', 'views', 'uuid', 'interval', 'int96']);

/** Bytes of a value as the file has it; views of byte arrays. */
function nativeWidth({ element: { type, typeLength } }: LeafColumn): number {
  switch (type) {
    case PHYSICAL.boolean:
      return 1;
    case PHYSICAL.int32:
    case PHYSICAL.float:
      return 4;
    case PHYSICAL.int96:
      return 12;
    case PHYSICAL.byteArray:
      return VIEW_BYTES;
    case PHYSICAL.fixed:
      return typeLength;
    default:
      return 8;
  }
}

/**
 * The values of a page (or of a dictionary) that are there, one after the other: read so many, pass so many. They come out as the column's: in its physical type, converted. Views point into the
 * page, or into buffers that live as long as the batch.
 */
export class ValueStream {
  #form: Form = 'none';
  #at = 0;
  #end = 0;
  /** Bits of booleans, or values of streams, that were read. */
  #index = 0;
  #total = 0;
  #width = 0;
  #hasViews = false;
  /** They should be UTF-8. */
  #isText = false;
  #wide = 0;
  #leaf: LeafColumn | undefined;
  #pages: ChunkPages | undefined;
  readonly #state: number;
  /** The last string of DELTA_BYTE_ARRAY, and the buffer that its bytes are in. */
  readonly #previous: number;
  #heap: Buffer | undefined;
  /** Lengths of strings, of prefixes. */
  #lengths: Buffer | undefined;
  #prefixes: Buffer | undefined;

  constructor(
    private readonly space: ReaderSpace,
    /** Takes the buffers that values point into, where those live longer than a batch. */
    private readonly kept?: Buffer[],
  ) {
    const room = new Space(space.context.scratch);
    this.#state = room.allocate(STATE_BYTES);
    this.#previous = room.allocate(VIEW_BYTES);
  }

  begin(pages: ChunkPages, leaf: LeafColumn): void {
    this.forget();
    this.#pages = pages;
    this.#leaf = leaf;
    this.#width = nativeWidth(leaf);
    this.#isText = leaf.target.kind === 'string' && leaf.element.type === PHYSICAL.byteArray;
    this.#wide = physicalTypeOf(leaf.type) === 'i128' ? 1 : 0;
  }

  forget(): void {
    this.#form = 'none';
    if (this.#lengths === undefined) return;
    for (const buffer of [this.#heap, this.#lengths, this.#prefixes]) if (buffer !== undefined) this.space.pool.retire(buffer);
    this.#heap = undefined;
    this.#lengths = undefined;
    this.#prefixes = undefined;
  }

  /** Starts at a page's values, of which there are at most `most`. */
  start(encoding: number, address: number, end: number, most: number): void {
    this.forget();
    this.#at = address;
    this.#end = end;
    this.#index = 0;
    const { type } = this.#leaf!.element;
    this.#hasViews = type === PHYSICAL.byteArray;
    const form = this.#formOf(encoding, type);
    if (form === undefined) throw this.#damaged(`values of physical type ${type} have the encoding ${encoding}`);
    if (form !== 'none' && address === end && most > 0) {
      // Nothing but nulls, or a page that ends too early, which the first value to be read tells.
      this.#form = 'fixed';
      return;
    }
    this.#form = form;
    if (form === 'runs') this.#startRuns();
    else if (form === 'delta32' || form === 'delta64') this.#startDelta();
    else if (form === 'lengths') this.#lengths = this.#readLengths(most);
    else if (form === 'prefixes') this.#startPrefixes(most);
    else if (form === 'streams') this.#startStreams(most);
  }

  #formOf(encoding: number, type: number): Form | undefined {
    switch (encoding) {
      case ENCODING.plain:
        return type === PHYSICAL.boolean ? 'bits' : type === PHYSICAL.byteArray ? 'texts' : 'fixed';
      case ENCODING.rle:
        return type === PHYSICAL.boolean ? 'runs' : undefined;
      case ENCODING.deltaBinaryPacked:
        return type === PHYSICAL.int32 ? 'delta32' : type === PHYSICAL.int64 ? 'delta64' : undefined;
      case ENCODING.deltaLengthByteArray:
        return type === PHYSICAL.byteArray ? 'lengths' : undefined;
      case ENCODING.deltaByteArray:
        return type === PHYSICAL.byteArray || type === PHYSICAL.fixed ? 'prefixes' : undefined;
      case ENCODING.byteStreamSplit:
        return type === PHYSICAL.boolean || type === PHYSICAL.byteArray || type === PHYSICAL.int96 ? undefined : 'streams';
      default:
        return undefined;
    }
  }

  #startRuns(): void {
    const { u8 } = this.space.context.executor.views;
    const [at, end] = [this.#at, this.#end];
    if (end - at < 4) throw this.#damaged('runs of booleans should follow and the page ends');
    const bytes = u8[at]! + u8[at + 1]! * 256 + u8[at + 2]! * 65536 + u8[at + 3]! * 16777216;
    if (bytes > end - at - 4)
      throw this.#damaged(`runs of booleans should have ${bytes} bytes and the page has ${end - at - 4} more`);
    this.space.context.executor.kernels['hybridBegin']!(this.#state, at + 4, at + 4 + bytes, 1);
  }

  #startDelta(): void {
    if (this.space.context.executor.kernels['deltaBegin']!(this.#state, this.#at, this.#end) < 0)
      throw this.#damaged('the header of delta-packed values is damaged');
  }

  /** A sequence of delta-packed lengths, and moves behind it. */
  #readLengths(most: number): Buffer {
    const { kernels } = this.space.context.executor;
    const bytes = kernels['deltaBytes']!(this.#state, this.#at, this.#end);
    const count = bytes < 0 ? -1 : kernels['deltaBegin']!(this.#state, this.#at, this.#end);
    if (count < 0 || count > most) throw this.#damaged(`the lengths of ${most} strings at most should follow and do not`);
    const lengths = this.space.pool.take(count * 4 + SLACK_BYTES);
    this.#total = count;
    if (kernels['deltaDecode32']!(this.#state, lengths.address, count) !== 0)
      throw this.#damaged('the lengths of strings are damaged');
    this.#at += bytes;
    return lengths;
  }

  #startPrefixes(most: number): void {
    this.#lengths = this.#readLengths(most);
    const prefixes = this.#total;
    this.#prefixes = this.#lengths;
    this.#lengths = this.#readLengths(most);
    if (this.#total !== prefixes) throw this.#damaged(`there are ${prefixes} lengths of prefixes and ${this.#total} of suffixes`);
    this.space.context.executor.views.u8.fill(0, this.#previous, this.#previous + VIEW_BYTES);
    this.#hasViews = true;
  }

  #startStreams(most: number): void {
    const total = Math.floor((this.#end - this.#at) / this.#width);
    if (total > most) throw this.#damaged(`the page has bytes of ${total} values and there are ${most}`);
    this.#total = total;
  }

  /** Address of the next values if they lie there as vectors do, else 0. */
  inPlace(width: number): number {
    if (this.#leaf!.widening.length > 0) return 0;
    if (this.#form !== 'fixed' || this.#leaf!.conversion !== 'as_is' || this.#width !== width || this.#at % width !== 0) return 0;
    return this.#at;
  }

  /** Passes over values. */
  skip(count: number): void {
    if (count === 0) return;
    const { kernels } = this.space.context.executor;
    switch (this.#form) {
      case 'fixed':
        this.#take(count * this.#width);
        return;
      case 'bits':
      case 'streams':
        this.#index += count;
        return;
      case 'runs':
        this.#must(kernels['hybridSkip']!(this.#state, count));
        return;
      case 'texts':
        this.#at += this.#must(kernels['plainSkip']!(this.#at, this.#end, count));
        return;
      case 'delta32':
      case 'delta64':
        this.#must(kernels['deltaSkip']!(this.#state, count));
        return;
      default: {
        // Strings: their views are made and forgotten, as each begins where the one before ends.
        const step = Math.min(count, this.space.context.program.batchRows);
        const room = this.#room(step * VIEW_BYTES);
        for (let done = 0; done < count; done += step) this.#native(Math.min(step, count - done), room);
      }
    }
  }

  /** The next values, converted, to `out`. */
  read(count: number, out: number): void {
    if (count === 0) return;
    const from = this.#at;
    this.#convert(count, out);
    if (this.#isText) this.#checkTexts(this.#form === 'prefixes' ? this.#at : from, count, out);
    const { kernels } = this.space.context.executor;
    for (const { kernel, factor, refusal } of this.#leaf!.widening) {
      if (factor === undefined) kernels[kernel]!(out, count, out);
      else if (kernels[kernel]!(out, count, factor, out) !== 0)
        throw refusal === undefined
          ? this.#damaged('a value does not fit the type that the files have in common')
          : ancientValue(this.#pages!.path, this.#pages!.pageByte, this.#leaf!.name, refusal);
    }
  }

  /** Texts whose bytes all lie between `from` and here, or anywhere if that is nothing. */
  #checkTexts(from: number, count: number, texts: number): void {
    const { kernels, views } = this.space.context.executor;
    const bad = kernels['firstNotUtf8']!(from, this.#at, texts, count, 0);
    if (bad === -1) return;
    const { path, pageByte } = this.#pages!;
    throw notUtf8(path, pageByte, this.#leaf!.name, views, texts + bad * VIEW_BYTES);
  }

  #convert(count: number, out: number): void {
    const { kernels } = this.space.context.executor;
    const { conversion, element } = this.#leaf!;
    let from = out;
    // Decimals of bytes and what becomes views is as wide as it is in the file, not as in the vector.
    if (this.#hasViews ? conversion !== 'as_is' : this.#form !== 'fixed' && APART.has(conversion))
      from = this.#room(count * Math.max(this.#width, VIEW_BYTES));
    from = this.#native(count, from);
    switch (conversion) {
      case 'as_is':
        if (from !== out) kernels['memoryCopy']!(from, count * this.#width, out);
        return;
      case 'widen':
        kernels['widenI32']!(from, count, out);
        return;
      case 'widen_unsigned':
        kernels['widenU32']!(from, count, out);
        return;
      case 'widen_times_1000':
        kernels['widenI32']!(from, count, out);
        kernels['scaleUp']!(out, count, 1000, out);
        return;
      case 'times_1000':
        if (kernels['scaleUp']!(from, count, 1000, out) !== 0)
          throw this.#damaged('a time in milliseconds has no microseconds in 64 bits');
        return;
      case 'over_1000':
        kernels['scaleDown']!(from, count, 1000, out);
        return;
      case 'unsigned_64':
        kernels['widenU64']!(from, count, out);
        return;
      case 'float':
        kernels['widenF32']!(from, count, out);
        return;
      case 'float16':
        kernels['widenF16']!(from, count, out);
        return;
      case 'int96':
        if (kernels['int96ToMicros']!(from, count, out) !== 0) throw this.#damaged('a timestamp has no microseconds in 64 bits');
        return;
      case 'decimal':
        if (
          (this.#hasViews
            ? kernels['decimalViews']!(from, count, out, this.#wide)
            : kernels['decimalFixed']!(from, element.typeLength, count, out, this.#wide)) !== 0
        )
          throw this.#damaged('a decimal has more digits than its column');
        return;
      case 'views':
        if (this.#hasViews) kernels['memoryCopy']!(from, count * VIEW_BYTES, out);
        else kernels['fixedViews']!(from, from + count * this.#width, this.#width, count, out);
        return;
      case 'uuid':
        this.#uuids(from, count, out);
        return;
      case 'interval':
        this.#intervals(from, count, out);
        return;
      case 'nothing':
        return;
    }
  }

  /** The next values as the file has them, one after the other, or views. Returns where they are: in the page itself, or at `out`. */
  #native(count: number, out: number): number {
    const { kernels } = this.space.context.executor;
    switch (this.#form) {
      case 'fixed':
        return this.#take(count * this.#width);
      case 'bits':
        this.#must(kernels['plainBooleans']!(this.#at, this.#end, this.#index, count, out));
        this.#index += count;
        return out;
      case 'runs':
        this.#must(kernels['hybridBytes']!(this.#state, out, count));
        return out;
      case 'texts':
        this.#at += this.#must(kernels['plainViews']!(this.#at, this.#end, count, out));
        return out;
      case 'delta32':
        this.#must(kernels['deltaDecode32']!(this.#state, out, count));
        return out;
      case 'delta64':
        this.#must(kernels['deltaDecode64']!(this.#state, out, count));
        return out;
      case 'lengths':
        if (this.#index + count > this.#total) throw this.#ends();
        this.#at += this.#must(
          kernels['lengthViews']!(this.#lengths!.address + this.#index * 4, count, this.#at, this.#end, out),
        );
        this.#index += count;
        return out;
      case 'prefixes':
        return this.#prefixed(count, out);
      case 'streams':
        if (this.#index + count > this.#total) throw this.#ends();
        this.#must(kernels['streamsJoin']!(this.#at, this.#end, this.#total, this.#width, this.#index, count, out));
        this.#index += count;
        return out;
      case 'none':
        throw this.#ends();
    }
  }

  #prefixed(count: number, out: number): number {
    const { kernels } = this.space.context.executor;
    if (this.#index + count > this.#total) throw this.#ends();
    const prefixes = this.#prefixes!.address + this.#index * 4;
    const lengths = this.#lengths!.address + this.#index * 4;
    const bytes = this.#must(kernels['prefixBytes']!(prefixes, lengths, count));
    const heap = this.space.pool.take(bytes + SLACK_BYTES);
    const held = this.#heap;
    this.#heap = heap;
    const taken = kernels['prefixViews']!(prefixes, lengths, count, this.#at, this.#end, this.#previous, heap.address, out);
    if (held !== undefined) this.space.pool.retire(held);
    this.#at += this.#must(taken);
    this.#index += count;
    return out;
  }

  #uuids(from: number, count: number, out: number): void {
    const { kernels } = this.space.context.executor;
    let source = from;
    if (this.#hasViews) {
      source = this.#room(count * UUID_BYTES);
      this.#must(kernels['viewsToFixed']!(from, count, UUID_BYTES, source));
    }
    kernels['uuidViews']!(source, count, this.#room(count * UUID_TEXT_BYTES), out);
  }

  #intervals(from: number, count: number, out: number): void {
    let source = from;
    if (this.#hasViews) {
      source = this.#room(count * this.#width);
      this.#must(this.space.context.executor.kernels['viewsToFixed']!(from, count, this.#width, source));
    }
    writeIntervals(this.space.context.executor.views, source, count, out, (bytes) => this.#room(bytes));
  }

  /** Room that views may point into: for a batch, or as long as its owner wants. */
  #room(bytes: number): number {
    const buffer = this.space.pool.take(bytes + SLACK_BYTES);
    if (this.kept === undefined) this.space.pool.retire(buffer);
    else this.kept.push(buffer);
    return buffer.address;
  }

  /** Where the next bytes of the page are. */
  #take(bytes: number): number {
    const at = this.#at;
    if (bytes > this.#end - at) throw this.#ends();
    this.#at += bytes;
    return at;
  }

  #must(result: number): number {
    if (result < 0) throw this.#ends();
    return result;
  }

  #ends(): Error {
    return this.#damaged('it has fewer values than it should, or damaged ones');
  }

  #damaged(what: string): Error {
    return this.#pages!.damagedPage(what);
  }
}
