import type { Row } from '../../lib/index.js';

/** The tables of an SLT file: CREATE TABLE and INSERT are not quern's, so the runner keeps rows itself and registers them as views. */
export class SltTables {
  readonly #tables = new Map<string, { readonly columns: readonly string[]; readonly schema: string; readonly rows: Row[] }>();

  /** Applies a statement; false if it is none that this understands. */
  apply(sql: string): boolean {
    const create = /^\s*CREATE TABLE (\w+)\s*\(([^]*)\)\s*$/i.exec(sql);
    if (create !== null) {
      const columns = create[2]!.split(',').map((column) => column.trim().split(/\s+/));
      const schema = columns.map(([name, type]) => `${name} ${typeOf(type!)}`).join(', ');
      this.#tables.set(create[1]!.toLowerCase(), { columns: columns.map(([name]) => name!), schema, rows: [] });
      return true;
    }
    const insert = /^\s*INSERT INTO (\w+)\s*(?:\(([^)]*)\))?\s*VALUES\s*\(([^]*)\)\s*$/i.exec(sql);
    if (insert === null) return false;
    const table = this.#tables.get(insert[1]!.toLowerCase())!;
    const names = insert[2] === undefined ? table.columns : insert[2].split(',').map((name) => name.trim());
    const values = insert[3]!.split(',').map((text) => literal(text.trim()));
    table.rows.push(Object.fromEntries(table.columns.map((column) => [column, values[names.indexOf(column)] ?? null])));
    return true;
  }

  *tables(): Iterable<{ readonly name: string; readonly schema: string; readonly rows: readonly Row[] }> {
    for (const [name, { schema, rows }] of this.#tables) yield { name, schema, rows };
  }
}

function typeOf(type: string): string {
  if (/^(INTEGER|INT|BIGINT)/i.test(type)) return 'bigint';
  return /^(VARCHAR|TEXT|CHAR)/i.test(type) ? 'string' : 'double';
}

function literal(text: string): unknown {
  if (/^NULL$/i.test(text)) return null;
  return text.startsWith("'") ? text.slice(1, -1).replaceAll("''", "'") : Number(text);
}
