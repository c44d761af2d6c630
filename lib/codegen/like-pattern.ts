/** LIKE patterns that are known when a query is planned. The bytes are what kernels/assembly/like.ts matches. */

const ANY_CHARACTER = 0xfe;
const ANY_TEXT = 0xff;

/** What is left to do for a row: `segment` where it stands for itself, else the whole pattern. */
export interface LikePattern {
  readonly form: 'equal' | 'prefix' | 'suffix' | 'contains' | 'all' | 'pattern';
  readonly bytes: Uint8Array;
}

/** `undefined` where an escape is misplaced: the row that meets the pattern raises. */
export function likePattern(pattern: string, escape: string): LikePattern | undefined {
  const bytes: number[] = [];
  let characters = 0;
  const characterAt = Array.from(pattern);
  for (let i = 0; i < characterAt.length; i++) {
    let c = characterAt[i]!;
    if (c === escape) {
      c = characterAt[++i] ?? '';
      if (c !== '_' && c !== '%' && c !== escape) return undefined;
      bytes.push(...Buffer.from(c));
    } else if (c === '%') {
      // Two in a row mean no more than one.
      if (bytes.at(-1) !== ANY_TEXT) bytes.push(ANY_TEXT);
    } else if (c === '_') {
      bytes.push(ANY_CHARACTER);
      characters++;
    } else {
      bytes.push(...Buffer.from(c));
    }
  }
  return { ...formOf(bytes, characters), bytes: Uint8Array.from(segmentOf(bytes, characters)) };
}

function formOf(bytes: readonly number[], characters: number): { readonly form: LikePattern['form'] } {
  const texts = bytes.filter((byte) => byte === ANY_TEXT).length;
  const starts = bytes[0] === ANY_TEXT;
  const ends = bytes.at(-1) === ANY_TEXT;
  if (characters > 0) return { form: 'pattern' };
  if (texts === 0) return { form: 'equal' };
  if (bytes.length === 1) return { form: 'all' };
  if (texts === 1 && ends) return { form: 'prefix' };
  if (texts === 1 && starts) return { form: 'suffix' };
  return { form: texts === 2 && starts && ends ? 'contains' : 'pattern' };
}

/** Without the wildcards, where the form says where they were. */
function segmentOf(bytes: readonly number[], characters: number): readonly number[] {
  return formOf(bytes, characters).form === 'pattern' ? bytes : bytes.filter((byte) => byte !== ANY_TEXT);
}
