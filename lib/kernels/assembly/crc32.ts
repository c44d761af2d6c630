// CRC-32 as in gzip, zip and Parquet pages (reflected polynomial 0xEDB88320), sixteen bytes a step.

const POLYNOMIAL: u32 = 0xedb88320;
const SLICES: u32 = 16;

/** Writes the tables: 16,384 bytes, 4-byte aligned, which `crc32` then reads. */
export function crc32Tables(tables: usize): void {
  for (let byte: u32 = 0; byte < 256; byte++) {
    let value = byte;
    for (let bit: u32 = 0; bit < 8; bit++) value = (value >> 1) ^ (POLYNOMIAL & (0 - (value & 1)));
    store<u32>(tables + (byte << 2), value);
  }
  for (let slice: u32 = 1; slice < SLICES; slice++) {
    for (let byte: u32 = 0; byte < 256; byte++) {
      const before = load<u32>(tables + ((slice - 1) << 10) + (byte << 2));
      store<u32>(tables + (slice << 10) + (byte << 2), (before >> 8) ^ load<u32>(tables + ((before & 255) << 2)));
    }
  }
}

// @ts-ignore: decorator
@inline
function fourBytes(tables: usize, word: u32, slice: u32): u32 {
  return (
    load<u32>(tables + ((slice + 3) << 10) + ((word & 255) << 2)) ^
    load<u32>(tables + ((slice + 2) << 10) + (((word >> 8) & 255) << 2)) ^
    load<u32>(tables + ((slice + 1) << 10) + (((word >> 16) & 255) << 2)) ^
    load<u32>(tables + (slice << 10) + ((word >> 24) << 2))
  );
}

/** Checksum of `length` bytes that go on after those whose checksum is `before` (0 at the start). As i32: JavaScript makes it unsigned by `>>> 0`. */
export function crc32(tables: usize, before: u32, at: usize, length: u32): u32 {
  let crc = ~before;
  const end = at + length;
  while (<u32>(end - at) >= 16) {
    crc =
      fourBytes(tables, load<u32>(at) ^ crc, 12) ^
      fourBytes(tables, load<u32>(at, 4), 8) ^
      fourBytes(tables, load<u32>(at, 8), 4) ^
      fourBytes(tables, load<u32>(at, 12), 0);
    at += 16;
  }
  for (; at < end; at++) crc = (crc >> 8) ^ load<u32>(tables + (((crc ^ <u32>load<u8>(at)) & 255) << 2));
  return ~crc;
}
