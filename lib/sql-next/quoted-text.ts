const SIMPLE: Readonly<Record<string, string>> = { '0': '\0', b: '\b', n: '\n', r: '\r', t: '\t', Z: '\x1A' };
const ESCAPE = /\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-1][0-7]{2})|([%_])|([\s\S]))|(''|"")/g;

/** The text of a string literal: Spark's backslash escapes, and the quote itself doubled. `\%` and `\_` stay for LIKE. */
export function decodeString(body: string, quote: string): string {
  if (!body.includes('\\') && !body.includes(quote)) return body;
  return body.replace(
    ESCAPE,
    (all: string, u4?: string, u8?: string, octal?: string, like?: string, other?: string, doubled?: string) => {
      if (u4 !== undefined) return String.fromCharCode(Number.parseInt(u4, 16));
      if (u8 !== undefined) return codePoint(Number.parseInt(u8, 16), all);
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
      if (like !== undefined) return all;
      if (doubled !== undefined) return doubled[0] === quote ? quote : all;
      return SIMPLE[other!] ?? other!;
    },
  );
}

function codePoint(code: number, otherwise: string): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : otherwise;
}
