import type { Random } from '../support/random.js';

/** A damaged copy: bits flipped, bytes replaced by telling ones, cut short, a piece repeated or left out. */
export function mutate(bytes: Uint8Array, random: Random): Uint8Array {
  let out = Uint8Array.from(bytes);
  for (let times = random.between(1, 4); times > 0; times--) {
    if (out.length === 0) return out;
    const at = random.bool(0.4) ? random.below(Math.min(out.length, 16)) : random.below(out.length);
    switch (random.below(5)) {
      case 0:
        out[at]! ^= 1 << random.below(8);
        break;
      case 1:
        out[at] = random.pick([0, 1, 0x7f, 0x80, 0xff, 0xfe, 0xf0, 0x0f]);
        break;
      case 2:
        out = out.slice(0, at);
        break;
      case 3:
        out = Uint8Array.from([...out.slice(0, at), ...out.slice(at + random.between(1, 8))]);
        break;
      default:
        out = Uint8Array.from([...out.slice(0, at), ...out.slice(at, at + random.between(1, 8)), ...out.slice(at)]);
    }
  }
  return out;
}
