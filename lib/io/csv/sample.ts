/** How a CSV text is written. All are single bytes; '' is none. */
export interface Dialect {
  readonly sep: string;
  readonly quote: string;
  readonly escape: string;
  readonly comment: string;
}

/** Rows of a text by the exact rules, as the kernels read them; a quoted field is marked, since its text is never null. */
export interface SampleField {
  readonly text: string;
  readonly quoted: boolean;
}

/**
 * Splits a piece of text that starts at a row. An unfinished last row is left out unless `complete`. Plain code over strings: samples are small.
 */
export function sampleRows(text: string, dialect: Dialect, complete: boolean, rowsMax: number): SampleField[][] {
  const { sep, quote, escape, comment } = dialect;
  const rows: SampleField[][] = [];
  let at = 0;
  while (at < text.length && rows.length < rowsMax) {
    if (comment !== '' && text[at] === comment) {
      const lineEnd = text.indexOf('\n', at);
      at = lineEnd === -1 ? text.length : lineEnd + 1;
      continue;
    }
    const row: SampleField[] = [];
    let ended = false;
    while (!ended) {
      const field = readField(text, at, sep, quote, escape);
      row.push({ text: field.text, quoted: field.quoted });
      at = field.next;
      if (field.end === 'text') {
        if (!complete) return rows;
        ended = true;
      } else ended = field.end === 'line';
    }
    if (row.length > 1 || row[0]!.quoted || row[0]!.text !== '') rows.push(row);
  }
  return rows;
}

interface ReadField extends SampleField {
  readonly next: number;
  readonly end: 'field' | 'line' | 'text';
}

function readField(text: string, start: number, sep: string, quote: string, escape: string): ReadField {
  if (quote !== '' && text[start] === quote) {
    let value = '';
    let at = start + 1;
    while (at < text.length) {
      const c = text[at]!;
      const next = text[at + 1];
      if (c === escape && (next === quote || (next === escape && escape !== quote))) {
        value += next;
        at += 2;
      } else if (c === quote) {
        const after = next === '\r' && (text[at + 2] === '\n' || at + 2 === text.length) ? at + 2 : at + 1;
        const closing = text[after];
        if (closing === undefined) return { text: value, quoted: true, next: text.length, end: 'text' };
        if (closing === sep) return { text: value, quoted: true, next: after + 1, end: 'field' };
        if (closing === '\n') return { text: value, quoted: true, next: after + 1, end: 'line' };
        break;
      } else {
        value += c;
        at++;
      }
    }
    if (at >= text.length) return { text: value, quoted: true, next: text.length, end: 'text' };
  }
  return readPlain(text, start, sep);
}

function readPlain(text: string, start: number, sep: string): ReadField {
  let at = start;
  while (at < text.length && text[at] !== sep && text[at] !== '\n') at++;
  const isLine = at < text.length && text[at] === '\n';
  const isText = at >= text.length;
  const stop = (isLine || isText) && text[at - 1] === '\r' && at > start ? at - 1 : at;
  return { text: text.slice(start, stop), quoted: false, next: at + 1, end: isText ? 'text' : isLine ? 'line' : 'field' };
}
