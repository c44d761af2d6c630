import type { Random } from '../../support/random.js';

/** Bytes that mean something at many places of the format. */
const TELLING = [0, 1, 2, 0x15, 0x7f, 0x80, 0x8c, 0xfe, 0xff];

/**
 * A damaged copy of a Parquet file: most damage goes to the footer and to the first bytes of column chunks, where the headers are; the length of the footer stays right where bytes of it go or come.
 */
export function mutateFile(file: Uint8Array, random: Random): Uint8Array {
  const footerBytes = new DataView(file.buffer, file.byteOffset).getUint32(file.length - 8, true);
  const footer = file.length - 8 - footerBytes;
  let bytes: Uint8Array = Uint8Array.from(file);
  for (let times = random.between(1, 3); times > 0; times--) {
    const at = place(bytes, footer, random);
    switch (random.below(8)) {
      case 0:
      case 1:
      case 2:
        bytes[at]! ^= 1 << random.below(8);
        break;
      case 3:
      case 4:
        bytes[at] = random.pick(TELLING);
        break;
      case 5:
        for (let i = at; i < Math.min(bytes.length, at + 4); i++) bytes[i] = random.below(256);
        break;
      case 6:
        bytes = cut(bytes, footer, at, random);
        break;
      default:
        if (random.bool(0.3)) return bytes.slice(0, random.below(bytes.length));
        bytes[at] = (bytes[at]! + random.pick([1, 255])) & 255;
    }
  }
  return bytes;
}

function place(bytes: Uint8Array, footer: number, random: Random): number {
  const kind = random.next();
  if (kind < 0.45 && footer < bytes.length - 8) return random.between(footer, bytes.length - 9);
  if (kind < 0.7) return random.below(Math.min(bytes.length, 80));
  if (kind < 0.75) return bytes.length - 1 - random.below(Math.min(8, bytes.length));
  return random.below(bytes.length);
}

/** Takes bytes out of the footer or puts some in, and says so in its length. */
function cut(bytes: Uint8Array, footer: number, at: number, random: Random): Uint8Array {
  if (at <= footer || at >= bytes.length - 8) return bytes;
  const count = random.between(1, 4);
  const kept = [...bytes.subarray(0, at)];
  const rest = random.bool()
    ? [...bytes.subarray(Math.min(bytes.length - 8, at + count))]
    : [...bytes.subarray(at, at + count), ...bytes.subarray(at)];
  const made = Uint8Array.from([...kept, ...rest]);
  new DataView(made.buffer).setUint32(made.length - 8, made.length - 8 - footer, true);
  return made;
}
