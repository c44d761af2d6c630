import type { DecoderContext } from '../source.js';
import type { FileSource } from '../byte-source.js';
import type { Comparable } from './comparable.js';
import type { Conversion } from './column-types.js';
import { damagedFile, readingFile } from './errors.js';
import { readExactly, type ParquetFile } from './footer.js';
import { PHYSICAL, type ColumnChunk, type SchemaElement } from './metadata.js';
import { THRIFT, ThriftReader } from './thrift.js';

const HEADER_BYTES = 64;
const BLOCK_BYTES = 32;
const SALTS = [0x47b6137b, 0x44974d91, 0x8824ad5b, 0xa2b7289d, 0x705495c7, 0x2df1424b, 0x9efc4947, 0x5c6bfb31];

/** Bytes that a value has in a column chunk, and as which it is in its Bloom filter; 'absent': no value there is equal to it; undefined: nobody can say. */
export function plainBytes(
  value: Comparable,
  { type, typeLength }: SchemaElement,
  conversion: Conversion,
): Uint8Array | 'absent' | undefined {
  switch (type) {
    case PHYSICAL.int32: {
      const whole = conversion === 'as_is' || conversion === 'widen' ? Number(value as number | bigint) : undefined;
      if (whole === undefined) return undefined;
      return whole === (whole | 0) ? bytesOf(4, (view) => view.setInt32(0, whole, true)) : 'absent';
    }
    case PHYSICAL.int64: {
      if (typeof value !== 'bigint' || (conversion !== 'as_is' && conversion !== 'times_1000')) return undefined;
      if (conversion === 'times_1000' && value % 1000n !== 0n) return 'absent';
      const whole = conversion === 'times_1000' ? value / 1000n : value;
      return whole === BigInt.asIntN(64, whole) ? bytesOf(8, (view) => view.setBigInt64(0, whole, true)) : 'absent';
    }
    case PHYSICAL.float:
      // Zeros have two signs.
      if (typeof value !== 'number' || value === 0) return undefined;
      return Math.fround(value) === value ? bytesOf(4, (view) => view.setFloat32(0, value, true)) : 'absent';
    case PHYSICAL.double:
      return typeof value === 'number' && value !== 0 ? bytesOf(8, (view) => view.setFloat64(0, value, true)) : undefined;
    case PHYSICAL.byteArray:
      return value instanceof Uint8Array ? value : undefined;
    case PHYSICAL.fixed:
      return typeof value === 'bigint' && conversion === 'decimal' ? bigEndian(value, typeLength) : undefined;
    default:
      return undefined;
  }
}

function bytesOf(length: number, write: (view: DataView) => void): Uint8Array {
  const bytes = new Uint8Array(length);
  write(new DataView(bytes.buffer));
  return bytes;
}

function bigEndian(value: bigint, length: number): Uint8Array | 'absent' {
  if (BigInt.asIntN(length * 8, value) !== value) return 'absent';
  const bytes = new Uint8Array(length);
  let rest = value;
  for (let i = length - 1; i >= 0; i--, rest >>= 8n) bytes[i] = Number(rest & 255n);
  return bytes;
}

/** A hash as two unsigned words. */
export interface Hash {
  readonly low: number;
  readonly high: number;
}

/** `scratch` has room for the bytes and 8 more, which are 8-byte aligned before them. */
export function hashOf({ kernels, views }: DecoderContext['executor'], bytes: Uint8Array, scratch: number): Hash {
  views.u8.set(bytes, scratch + 8);
  kernels['xxhashFixed']!(scratch + 8, bytes.length, 1, scratch);
  return { low: views.u32[scratch >>> 2]!, high: views.u32[(scratch >>> 2) + 1]! };
}

/** Whether a chunk's Bloom filter may have one of the hashes; true where it has no filter of a kind that is known. */
export function bloomMayHave(file: ParquetFile, open: FileSource, chunk: ColumnChunk, hashes: readonly Hash[]): boolean {
  const { path } = file.facts;
  const { bloomOffset: offset } = chunk;
  const head = Math.min(HEADER_BYTES, file.facts.size - offset);
  if (offset <= 0 || head <= 0) return true;
  const bytes = readExactly(open, path, offset, head);
  const { filterBytes, headerBytes, isKnown } = readingFile(path, offset, () => readHeader(bytes));
  if (!isKnown) return true;
  if (filterBytes < BLOCK_BYTES || filterBytes % BLOCK_BYTES !== 0 || offset + headerBytes + filterBytes > file.facts.size)
    throw damagedFile(path, offset, `a Bloom filter should have ${filterBytes} bytes`);
  const blocks = filterBytes / BLOCK_BYTES;
  return hashes.some(({ low, high }) => {
    const block = Math.floor((high * blocks) / 2 ** 32);
    const words = readExactly(open, path, offset + headerBytes + block * BLOCK_BYTES, BLOCK_BYTES);
    const view = new DataView(words.buffer);
    return SALTS.every((salt, i) => (view.getUint32(i * 4, true) & (1 << (Math.imul(low, salt) >>> 27))) !== 0);
  });
}

function readHeader(bytes: Uint8Array): {
  readonly filterBytes: number;
  readonly headerBytes: number;
  readonly isKnown: boolean;
} {
  const reader = new ThriftReader(bytes, 0, bytes.length);
  let filterBytes = 0;
  let known = 0;
  for (let type = reader.field(); type !== 0; type = reader.field()) {
    const { id } = reader;
    if (id === 1 && type === THRIFT.i32) filterBytes = reader.size();
    else if (type === THRIFT.struct) {
      // Unions of one member each: split blocks, xxHash, uncompressed.
      const outer = reader.enter();
      for (let member = reader.field(); member !== 0; member = reader.field()) {
        if (reader.id === 1) known++;
        reader.skip(member);
      }
      reader.leave(outer);
    } else reader.skip(type);
  }
  return { filterBytes, headerBytes: reader.at, isKnown: known === 3 };
}
