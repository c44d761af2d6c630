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

/** The automaton of kernels/assembly/csv-index.ts, over characters. */
type State = 'row' | 'field' | 'plain' | 'inside' | 'closing' | 'escaped' | 'comment';

function step(state: State, c: string, { sep, quote, escape, comment }: Dialect): State {
  if (state === 'inside') return c === quote ? 'closing' : c === escape ? 'escaped' : 'inside';
  if (state === 'escaped') return 'inside';
  if (c === '\n') return 'row';
  if (state === 'comment') return 'comment';
  if (c === sep) return 'field';
  if (c === quote) {
    if (state === 'field' || state === 'row') return 'inside';
    if (state === 'closing' && escape === quote) return 'inside';
  }
  return state === 'row' && c === comment ? 'comment' : 'plain';
}

/**
 * Splits a piece of text that starts at a row, as the kernels do. An unfinished last row is left out unless `complete`. Plain code over strings: samples are small.
 */
export function sampleRows(text: string, dialect: Dialect, complete: boolean, rowsMax: number): SampleField[][] {
  const rows: SampleField[][] = [];
  let row: SampleField[] = [];
  let state: State = 'row';
  let start = 0;
  const endRow = (at: number): void => {
    const stop = at > start && text[at - 1] === '\r' ? at - 1 : at;
    const isBlank = row.length === 0 && stop === start;
    if (!isBlank) rows.push([...row, bareField(text.slice(start, stop), dialect)]);
    row = [];
    start = at + 1;
  };
  for (let at = 0; at < text.length && rows.length < rowsMax; at++) {
    const before = state;
    state = step(before, text[at]!, dialect);
    if (state === 'field') {
      row.push(bareField(text.slice(start, at), dialect));
      start = at + 1;
    } else if (state === 'row') {
      if (before === 'comment') start = at + 1;
      else endRow(at);
    }
  }
  if (complete && rows.length < rowsMax && state !== 'comment' && (row.length > 0 || start < text.length)) endRow(text.length);
  return rows;
}

/** A field without the quotes around it and its escapes. */
function bareField(raw: string, { quote, escape }: Dialect): SampleField {
  const quoted = quote !== '' && raw.length >= 2 && raw.startsWith(quote) && raw.endsWith(quote);
  if (!quoted) return { text: raw, quoted };
  let text = '';
  for (let i = 1; i < raw.length - 1; i++) {
    const next = i + 1 < raw.length - 1 ? raw[i + 1] : undefined;
    if (raw[i] === escape && next !== undefined && (next === quote || next === escape)) i++;
    text += raw[i];
  }
  return { text, quoted };
}
