import type { Random } from '../support/random.js';

/** A file to start from. */
export interface Seed {
  readonly name: string;
  readonly bytes: Buffer;
}

/** What a format's mutator knows of its files. */
export interface Shape {
  /** Spans that are worth more than the rest: footers, headers. */
  hot(bytes: Buffer): readonly (readonly [from: number, to: number])[];
  /** Pieces that are put in, or take another's place: punctuation, numbers beyond all bounds. */
  readonly pieces: readonly Buffer[];
}

const BYTES = [0, 1, 2, 0x15, 0x19, 0x2c, 0x7f, 0x80, 0xfe, 0xff];
const WORDS = [0, 1, 7, 64, 65_535, 65_536, 0x7fff_fffe, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];
/** As LEB128, which thrift and others write numbers in. */
const VARINTS = ['00', '8001', 'ffff03', 'ffffffff0f', 'ffffffffffffffffff01', '80808080808080808080', 'feffffff0f'].map((hex) =>
  Buffer.from(hex, 'hex'),
);
const CHANGES_MAX = 6;
const SLICE_MAX = 600;

/** A damaged copy: a few changes, most of them where the format is most easily hurt. */
export function mutate(random: Random, seed: Seed, others: readonly Seed[], shape: Shape): Buffer {
  let bytes: Buffer = Buffer.from(seed.bytes);
  const changes = random.bool(0.5) ? 1 : random.between(1, CHANGES_MAX);
  for (let n = 0; n < changes; n++) bytes = change(random, bytes, others, shape);
  return bytes;
}

function change(random: Random, bytes: Buffer, others: readonly Seed[], shape: Shape): Buffer {
  if (bytes.length === 0) return Buffer.from(random.pick(others).bytes);
  const at = place(random, bytes, shape);
  switch (random.below(12)) {
    case 0:
    case 1:
    case 2:
      for (let bits = random.between(1, 4); bits > 0; bits--) {
        const i = place(random, bytes, shape);
        bytes[i] = bytes[i]! ^ (1 << random.below(8));
      }
      return bytes;
    case 3:
      bytes[at] = random.pick(BYTES);
      return bytes;
    case 4:
      if (at + 4 <= bytes.length) bytes.writeUInt32LE(random.bool(0.2) ? bytes.length : random.pick(WORDS), at);
      return bytes;
    case 5:
      return overwrite(bytes, at, random.pick(VARINTS));
    case 6:
      return bytes.subarray(0, random.below(bytes.length));
    case 7: {
      const cut = random.between(1, Math.min(SLICE_MAX, bytes.length));
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.min(bytes.length, at + cut))]);
    }
    case 8: {
      const from = random.below(bytes.length);
      const slice = bytes.subarray(from, from + random.between(1, SLICE_MAX));
      return Buffer.concat([bytes.subarray(0, at), slice, bytes.subarray(at)]);
    }
    case 9: {
      const other = random.pick(others).bytes;
      const from = random.below(Math.max(1, other.length));
      return overwrite(bytes, at, other.subarray(from, from + random.between(1, SLICE_MAX)));
    }
    case 10:
      if (shape.pieces.length === 0) return overwrite(bytes, at, random.pick(VARINTS));
      return overwrite(bytes, at, random.pick(shape.pieces));
    default:
      if (shape.pieces.length === 0)
        bytes.fill(random.pick(BYTES), at, Math.min(bytes.length, at + random.between(1, SLICE_MAX)));
      else return Buffer.concat([bytes.subarray(0, at), random.pick(shape.pieces), bytes.subarray(at)]);
      return bytes;
  }
}

function overwrite(bytes: Buffer, at: number, piece: Buffer): Buffer {
  piece.copy(bytes, at);
  return bytes;
}

/** A position: in three of four cases in a hot span, if there is one. */
function place(random: Random, bytes: Buffer, shape: Shape): number {
  const hot = shape.hot(bytes).filter(([from, to]) => from >= 0 && from < to && to <= bytes.length);
  if (hot.length === 0 || random.bool(0.25)) return random.below(bytes.length);
  const [from, to] = random.pick(hot);
  return random.between(from, to - 1);
}
