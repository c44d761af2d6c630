/** One record of a sqllogictest file. */
export type SltRecord =
  | { readonly kind: 'statement'; readonly line: number; readonly sql: string; readonly fails: boolean }
  | {
      readonly kind: 'query';
      readonly line: number;
      readonly sql: string;
      readonly types: string;
      readonly sort: string;
      readonly expected: readonly string[];
      readonly hash: string | undefined;
    };

/**
 * Reads a file of the SQLite project's sqllogictest format. The dialect is mysql's, whose integer division and casts are the nearest:
 * `skipif mysql` and `onlyif` of others drop a record; `AS SIGNED` is BIGINT.
 */
export function parseSlt(text: string): SltRecord[] {
  const records: SltRecord[] = [];
  let line = 1;
  for (const block of text.replaceAll('\r\n', '\n').split(/\n\n+/)) {
    const at = line;
    line += block.split('\n').length + 1;
    const record = parseRecord(block, at);
    if (record !== undefined) records.push(record);
  }
  return records;
}

function parseRecord(block: string, line: number): SltRecord | undefined {
  const lines = block.split('\n').filter((text) => !text.startsWith('#') && text !== '');
  while (lines.length > 0 && /^(skipif|onlyif)\b/.test(lines[0]!)) {
    const [word, database] = lines.shift()!.split(/\s+/);
    if ((word === 'skipif') === (database === 'mysql')) return undefined;
  }
  const [head = '', ...rest] = lines;
  const [kind, first = '', sort = 'nosort'] = head.split(/\s+/);
  if (kind === 'statement') return { kind, line, sql: dialect(rest.join('\n')), fails: first === 'error' };
  if (kind !== 'query') return undefined;
  const divider = rest.indexOf('----');
  const sql = dialect(rest.slice(0, divider === -1 ? rest.length : divider).join('\n'));
  const results = divider === -1 ? [] : rest.slice(divider + 1);
  const hash = /^(\d+) values hashing to ([0-9a-f]{32})$/.exec(results[0] ?? '')?.[2];
  return { kind, line, sql, types: first, sort, expected: hash === undefined ? results : [], hash };
}

function dialect(sql: string): string {
  return sql.replace(/\bAS SIGNED\)/gi, 'AS BIGINT)');
}
