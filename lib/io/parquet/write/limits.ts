/** A least or greatest value: of numbers as such, of strings and binaries their first bytes. */
export type LimitValue = number | bigint | Buffer;

/** What is known of the values of a page or a column chunk; nulls and NaN aside. */
export interface Limits {
  readonly least: LimitValue;
  readonly greatest: LimitValue;
  /** False where the bytes of a long value were cut: then it is a limit that the values keep. */
  readonly isLeastExact: boolean;
  readonly isGreatestExact: boolean;
}

/** Longer values are cut to this, as other writers do. */
export const LIMIT_BYTES = 64;
/** Values so long that cannot be cut (no byte can be raised) have no limit. */
export const UNCUT_BYTES_MAX = 1024;

function compare(a: LimitValue, b: LimitValue): number {
  if (typeof a === 'object' || typeof b === 'object') return Buffer.compare(a as Buffer, b as Buffer);
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Both together. */
export function widen(known: Limits | undefined, more: Limits): Limits {
  if (known === undefined) return more;
  const low = compare(more.least, known.least);
  const high = compare(more.greatest, known.greatest);
  // Of equal limits the exact one is right.
  const lower = low < 0 || (low === 0 && more.isLeastExact);
  const higher = high > 0 || (high === 0 && more.isGreatestExact);
  if (!lower && !higher) return known;
  return {
    least: lower ? more.least : known.least,
    greatest: higher ? more.greatest : known.greatest,
    isLeastExact: lower ? more.isLeastExact : known.isLeastExact,
    isGreatestExact: higher ? more.isGreatestExact : known.isGreatestExact,
  };
}

/** Whether pages' limits rise, fall, or neither: 1, 2, 0 as Parquet numbers it. Pages without values do not count. */
export function boundaryOrder(pages: readonly (Limits | undefined)[]): 0 | 1 | 2 {
  let rises = true;
  let falls = true;
  let before: Limits | undefined;
  for (const page of pages) {
    if (page === undefined) continue;
    if (before !== undefined) {
      const low = compare(before.least, page.least);
      const high = compare(before.greatest, page.greatest);
      rises &&= low <= 0 && high <= 0;
      falls &&= low >= 0 && high >= 0;
    }
    before = page;
  }
  return rises ? 1 : falls ? 2 : 0;
}

/** The first bytes of a least value of `length` bytes: no value is below them. `bytes` has the first LIMIT_BYTES + 1 at least. */
export function cutLeast(bytes: Buffer, length: number, isText: boolean): Buffer {
  if (length <= LIMIT_BYTES) return bytes.subarray(0, length);
  return bytes.subarray(0, isText ? textEnd(bytes) : LIMIT_BYTES);
}

/** A limit above a greatest value of `length` bytes; undefined where no short one is. */
export function cutGreatest(bytes: Buffer, length: number, isText: boolean): Buffer | undefined {
  if (length <= LIMIT_BYTES) return bytes.subarray(0, length);
  return isText ? raiseText(bytes.subarray(0, textEnd(bytes))) : raiseBytes(bytes.subarray(0, LIMIT_BYTES));
}

/** End of the last whole character in the first LIMIT_BYTES. */
function textEnd(bytes: Buffer): number {
  let end = LIMIT_BYTES;
  while (end > LIMIT_BYTES - 4 && (bytes[end]! & 0xc0) === 0x80) end--;
  return end;
}

function raiseBytes(bytes: Buffer): Buffer | undefined {
  for (let end = bytes.length; end > 0; end--) {
    if (bytes[end - 1] === 0xff) continue;
    const raised = Buffer.from(bytes.subarray(0, end));
    raised[end - 1]!++;
    return raised;
  }
  return undefined;
}

/** The text with its last character that can be raised replaced by the next one. Bytes of characters sort as characters do. */
function raiseText(bytes: Buffer): Buffer | undefined {
  const characters = Array.from(bytes.toString('utf8'));
  if (!Buffer.from(characters.join('')).equals(bytes)) return raiseBytes(bytes);
  while (characters.length > 0) {
    const last = characters.pop()!.codePointAt(0)!;
    if (last === 0x10ffff) continue;
    // Halves of pairs are no characters.
    const next = last === 0xd7ff ? 0xe000 : last + 1;
    return Buffer.from(characters.join('') + String.fromCodePoint(next));
  }
  return undefined;
}
