import { fileChanged } from '../errors.js';
import { FileCache } from '../file-cache.js';
import type { FileFacts } from '../files.js';
import { damagedArrow, notArrow, readingArrow } from './errors.js';
import { FlatBytes } from './flat-table.js';
import { openInput, type ArrowInput } from './input.js';
import { batchFacts, dictionaryOf, MESSAGE, readMessage, type BodyCodec } from './message.js';
import { readSchema, type ArrowSchema } from './schema.js';

/** `ARROW1`, padded to eight bytes at a file's beginning; the footer's length and `ARROW1` at its end. */
const MAGIC = 'ARROW1';
const HEAD_BYTES = 8;
const TAIL_BYTES = 10;
const FEATHER_1 = 'FEA1';
/** Begins a message, before its length; in files of before 2019 only the length is there. */
const CONTINUATION = 0xffffffff;
const BLOCK_BYTES = 24;
/** Most footers are shorter: read with the tail at once. */
const FOOTER_GUESS = 64 * 1024;
/** Read at once where messages follow each other. */
const READ_AHEAD = 16 * 1024;
/** What a batch's place takes here, about. */
const PLACE_BYTES = 100;

/** Where a message lies: its metadata, of which the first bytes are its length, and behind that its body. */
export interface MessagePlace {
  readonly at: number;
  readonly metadataBytes: number;
  readonly bodyAt: number;
  readonly bodyBytes: number;
}

export interface BatchPlace extends MessagePlace {
  readonly rows: number;
  /** Number of its first row in the file. */
  readonly firstRow: number;
  readonly codec: BodyCodec;
}

export interface DictionaryPlace extends MessagePlace {
  readonly id: bigint;
  readonly isDelta: boolean;
  /** It holds from this batch on. */
  readonly from: number;
}

/** What a thread knows of a file. */
export interface ArrowFile {
  readonly facts: FileFacts;
  readonly schema: ArrowSchema;
  readonly batches: readonly BatchPlace[];
  readonly dictionaries: readonly DictionaryPlace[];
  readonly rows: number;
  readonly metadataBytes: number;
}

const cache = new FileCache(readFile, ({ metadataBytes }) => metadataBytes);

/** The metadata of a file, kept by this thread while the file has the same size and time. @throws DataError. */
export function openArrow(facts: FileFacts): ArrowFile {
  return cache.get(facts);
}

function readFile(facts: FileFacts): ArrowFile {
  const source = openInput(facts);
  try {
    return readArrow(source);
  } finally {
    source.close();
  }
}

/** The metadata of a file that is open. @throws DataError. */
export function readArrow(source: ArrowInput): ArrowFile {
  const facts = source.file;
  const { path, size } = facts;
  if (size < HEAD_BYTES) throw notArrow(path, size === 0 ? 'it is empty' : `it has only ${size} bytes`);
  const head = readBytes(source, 0, HEAD_BYTES);
  const word = new DataView(head.buffer, head.byteOffset).getUint32(0, true);
  const text = String.fromCharCode(...head);
  if (text.startsWith(MAGIC)) return new FileReader(source, facts).readFile();
  if (text.startsWith(FEATHER_1)) throw notArrow(path, 'it is of version 1 of Feather, which is not supported');
  if (word === CONTINUATION || (word > 0 && word <= size - 4)) return new FileReader(source, facts).readStream();
  throw notArrow(path, `its first bytes are neither '${MAGIC}' nor the length of a message`);
}

/** Bytes of a file that must be there. @throws DataError where the file ends before. */
function readBytes(source: ArrowInput, position: number, bytes: number): Uint8Array {
  const target = new Uint8Array(bytes);
  if (source.read(position, target) < bytes) throw fileChanged(source.file.path);
  return target;
}

/** The metadata of a message without the words before it. */
export function messageBytes(source: ArrowInput, { at, metadataBytes }: MessagePlace): Uint8Array {
  return withoutPrefix(readBytes(source, at, metadataBytes));
}

function withoutPrefix(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return bytes.subarray(bytes.length >= 8 && view.getUint32(0, true) === CONTINUATION ? 8 : 4);
}

class FileReader {
  readonly #path: string;
  readonly #size: number;
  readonly #batches: BatchPlace[] = [];
  readonly #dictionaries: DictionaryPlace[] = [];
  #rows = 0;
  #bytes = 0;
  #ahead: Uint8Array = new Uint8Array(0);
  #aheadAt = 0;

  constructor(
    private readonly source: ArrowInput,
    private readonly facts: FileFacts,
  ) {
    this.#path = facts.path;
    this.#size = facts.size;
  }

  /** Bytes of the file out of what was read ahead. */
  #bytesAt(position: number, bytes: number): Uint8Array {
    const from = position - this.#aheadAt;
    if (from < 0 || from + bytes > this.#ahead.length) {
      this.#ahead = readBytes(this.source, position, Math.min(this.#size - position, Math.max(bytes, READ_AHEAD)));
      this.#aheadAt = position;
      return this.#ahead.subarray(0, bytes);
    }
    return this.#ahead.subarray(from, from + bytes);
  }

  readFile(): ArrowFile {
    const [path, size] = [this.#path, this.#size];
    if (size < HEAD_BYTES + TAIL_BYTES) throw damagedArrow(path, size, 'it ends before its footer');
    const tail = readBytes(this.source, Math.max(0, size - FOOTER_GUESS), Math.min(size, FOOTER_GUESS));
    const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
    if (String.fromCharCode(...tail.subarray(tail.length - MAGIC.length)) !== MAGIC)
      throw damagedArrow(path, size - MAGIC.length, `its last bytes are not '${MAGIC}': it was not written to its end`);
    const length = view.getInt32(tail.length - TAIL_BYTES, true);
    if (length <= 0 || length > size - HEAD_BYTES - TAIL_BYTES)
      throw damagedArrow(path, size - TAIL_BYTES, `the footer should have ${length} bytes and the file has ${size}`);
    const offset = size - TAIL_BYTES - length;
    const bytes =
      length + TAIL_BYTES <= tail.length
        ? tail.slice(tail.length - TAIL_BYTES - length, tail.length - TAIL_BYTES)
        : readBytes(this.source, offset, length);
    this.#bytes += length;
    const { schema, dictionaries, batches } = readingArrow(path, offset, () => {
      const footer = new FlatBytes(bytes).root();
      const places = (id: number): MessagePlace[] => {
        const { at, length: count } = footer.vector(id, BLOCK_BYTES);
        return Array.from({ length: count }, (_, i) => {
          const block = at + i * BLOCK_BYTES;
          const [start, metadataBytes] = [footer.flat.count(block), footer.flat.i32(block + 8)];
          return { at: start, metadataBytes, bodyAt: start + metadataBytes, bodyBytes: footer.flat.count(block + 16) };
        });
      };
      return { schema: readSchema(footer.required(1, 'the schema')), dictionaries: places(2), batches: places(3) };
    });
    this.#checkPlaces([...dictionaries, ...batches], offset);
    for (const place of dictionaries) this.#add(place, MESSAGE.dictionary);
    for (const place of batches) this.#add(place, MESSAGE.batch);
    return this.#file(schema);
  }

  /** Messages lie within the file and apart. */
  #checkPlaces(places: readonly MessagePlace[], end: number): void {
    let before = 0;
    for (const { at, metadataBytes, bodyAt, bodyBytes } of places.toSorted((a, b) => a.at - b.at)) {
      if (metadataBytes < 8 || at < before || bodyAt + bodyBytes > end)
        throw damagedArrow(
          this.#path,
          end,
          `the footer tells of a message of ${metadataBytes} and ${bodyBytes} bytes at ${at}, where none fits`,
        );
      before = bodyAt + bodyBytes;
    }
  }

  #add(place: MessagePlace, expected: number): void {
    const { at } = place;
    readingArrow(this.#path, at, () => {
      const message = readMessage(withoutPrefix(this.#bytesAt(at, place.metadataBytes)));
      if (message.kind !== expected || message.bodyBytes > place.bodyBytes)
        throw damagedArrow(this.#path, at, 'a message is another one than the footer says');
      this.#remember(place, message.kind, message.header);
    });
  }

  #remember(place: MessagePlace, kind: number, header: Parameters<typeof batchFacts>[0]): void {
    this.#bytes += PLACE_BYTES;
    if (kind === MESSAGE.dictionary) {
      const { id, isDelta } = dictionaryOf(header);
      this.#dictionaries.push({ ...place, id, isDelta, from: this.#batches.length });
    } else {
      const { rows, codec } = batchFacts(header);
      this.#batches.push({ ...place, rows, codec, firstRow: this.#rows });
      this.#rows += rows;
    }
  }

  readStream(): ArrowFile {
    let schema: ArrowSchema | undefined;
    for (let at = 0; at < this.#size;) {
      const place = this.#nextMessage(at);
      if (place === undefined) break;
      readingArrow(this.#path, at, () => {
        const message = readMessage(withoutPrefix(this.#bytesAt(at, place.metadataBytes)));
        if (schema === undefined) {
          if (message.kind !== MESSAGE.schema) throw damagedArrow(this.#path, at, 'the first message of the stream is no schema');
          schema = readSchema(message.header);
          this.#bytes += place.metadataBytes;
        }
        const bodyAt = place.bodyAt;
        if (message.bodyBytes > this.#size - bodyAt)
          throw damagedArrow(this.#path, at, `a message should have ${message.bodyBytes} bytes and the file ends before`);
        if (message.kind === MESSAGE.dictionary || message.kind === MESSAGE.batch)
          this.#remember({ ...place, bodyBytes: message.bodyBytes }, message.kind, message.header);
        at = bodyAt + message.bodyBytes;
      });
    }
    if (schema === undefined) throw notArrow(this.#path, 'it has no schema');
    return this.#file(schema);
  }

  /** undefined at the end of the stream. */
  #nextMessage(at: number): MessagePlace | undefined {
    const left = this.#size - at;
    if (left < 4) throw damagedArrow(this.#path, at, `${left} bytes lie behind the last message`);
    const prefix = this.#bytesAt(at, Math.min(8, left));
    const view = new DataView(prefix.buffer, prefix.byteOffset, prefix.byteLength);
    const isModern = view.getUint32(0, true) === CONTINUATION;
    if (isModern && left < 8) throw damagedArrow(this.#path, at, 'the stream ends within a message');
    const length = view.getInt32(isModern ? 4 : 0, true);
    if (length === 0) return undefined;
    const metadataBytes = length + (isModern ? 8 : 4);
    if (length < 0 || metadataBytes > left)
      throw damagedArrow(this.#path, at, `a message's metadata should have ${length} bytes and the file ends before`);
    return { at, metadataBytes, bodyAt: at + metadataBytes, bodyBytes: 0 };
  }

  #file(schema: ArrowSchema): ArrowFile {
    return {
      facts: this.facts,
      schema,
      batches: this.#batches,
      dictionaries: this.#dictionaries,
      rows: this.#rows,
      metadataBytes: this.#bytes,
    };
  }
}
