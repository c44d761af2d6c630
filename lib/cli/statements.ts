/** One statement of a script. */
export interface ScriptStatement {
  /** Its text, alone. */
  readonly text: string;
  /** Its text behind as many line breaks and spaces as stand before it, so that positions in errors are those of the script. */
  readonly inPlace: string;
}

interface Token {
  readonly kind: 'word' | 'string' | 'symbol';
  readonly start: number;
  readonly end: number;
}

/**
 * What separates statements and where strings are, no more: comments, the two kinds of string with backslashes, raw strings, names
 * in backquotes. An unfinished one reaches to the end; the parser will say so.
 */
const TOKEN =
  /--[^\n]*|\/\*|[rR]'[^']*(?:'|$)|[rR]"[^"]*(?:"|$)|'[^'\\]*(?:\\[^][^'\\]*)*(?:'|\\?$)|"[^"\\]*(?:\\[^][^"\\]*)*(?:"|\\?$)|`[^`]*(?:`|$)|[\p{L}\p{N}_$]+|\S/gu;

function* tokens(sql: string): Generator<Token> {
  const pattern = new RegExp(TOKEN);
  for (let match = pattern.exec(sql); match !== null; match = pattern.exec(sql)) {
    const [text] = match;
    if (text.startsWith('--')) continue;
    if (text === '/*') {
      const end = commentEnd(sql, match.index);
      pattern.lastIndex = end ?? sql.length;
      // One that never ends is no comment but a mistake, which the parser has to see.
      if (end === undefined) yield { kind: 'symbol', start: match.index, end: sql.length };
      continue;
    }
    const end = match.index + text.length;
    const kind = /^(?:[rR]?['"])/.test(text) ? 'string' : /^[\p{L}\p{N}_$]/u.test(text) ? 'word' : 'symbol';
    yield { kind, start: match.index, end };
  }
}

/** Bracketed comments nest, as in Spark. */
function commentEnd(sql: string, start: number): number | undefined {
  let depth = 0;
  const mark = /\/\*|\*\//g;
  mark.lastIndex = start;
  for (let match = mark.exec(sql); match !== null; match = mark.exec(sql)) {
    depth += match[0] === '/*' ? 1 : -1;
    if (depth === 0) return mark.lastIndex;
  }
  return undefined;
}

/** The statements of a script, those without any token left out. */
export function splitStatements(sql: string): ScriptStatement[] {
  const statements: ScriptStatement[] = [];
  let start: number | undefined;
  let end = 0;
  const finish = (): void => {
    if (start !== undefined)
      statements.push({ text: sql.slice(start, end), inPlace: blanks(sql, start) + sql.slice(start, end) });
    start = undefined;
  };
  for (const token of tokens(sql)) {
    if (token.kind === 'symbol' && sql[token.start] === ';') {
      finish();
      continue;
    }
    start ??= token.start;
    end = token.end;
  }
  finish();
  return statements;
}

/** Line breaks for the lines above, spaces for what stands before on the same line. */
function blanks(sql: string, start: number): string {
  const before = sql.slice(0, start);
  const lineStart = before.lastIndexOf('\n') + 1;
  return '\n'.repeat(before.split('\n').length - 1) + before.slice(lineStart).replace(/[^\t]/g, ' ');
}

/** The name of the view that stands for standard input: as long as `'-'` with its quotes, so that no position moves. */
export const STDIN_VIEW = '-';

/** The SQL with the view in the place of `FROM '-'` (and JOIN, and further files after a comma), and whether there was one. */
export function withStdinView(sql: string): { readonly sql: string; readonly readsStdin: boolean } {
  let result = sql;
  let previous = '';
  let inFrom = false;
  let readsStdin = false;
  for (const { kind, start, end } of tokens(sql)) {
    const text = sql.slice(start, end);
    const word = kind === 'word' ? text.toUpperCase() : text;
    if (word === 'FROM' || word === 'JOIN') inFrom = true;
    else if (CLAUSES.has(word)) inFrom = false;
    const isSource = previous === 'FROM' || previous === 'JOIN' || (inFrom && previous === ',');
    if (isSource && (text === "'-'" || text === '"-"')) {
      result = `${result.slice(0, start)}\`${STDIN_VIEW}\`${result.slice(end)}`;
      readsStdin = true;
    }
    previous = word;
  }
  return { sql: result, readsStdin };
}

/** Words after which a comma no longer separates sources. */
const CLAUSES: ReadonlySet<string> = new Set([
  'SELECT',
  'WHERE',
  'GROUP',
  'HAVING',
  'ORDER',
  'LIMIT',
  'ON',
  'USING',
  'UNION',
  'VALUES',
  ';',
]);
