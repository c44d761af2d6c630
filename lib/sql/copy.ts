import type { Expr } from '../core/expr/expr.js';
import type { CopyStatement, LogicalPlan } from '../core/plan/logical-plan.js';
import type { Cursor } from './cursor.js';
import * as errors from './errors.js';
import { commaList, name, names, path } from './names.js';
import { expr, list, plan, present } from './nodes.js';
import { atQuery, query } from './query.js';

/** `COPY (SELECT …) TO 'path' (FORMAT csv, HEADER, PARTITION_BY (a, b), OVERWRITE)`, as DuckDB has it. */

/** What the options say that are not the format's. */
interface Told {
  format?: string;
  mode?: CopyStatement['mode'];
  partitionBy: readonly string[];
  perThread: boolean;
}

/** Its own options, for messages. */
const OWN = 'FORMAT, PARTITION_BY, OVERWRITE, OVERWRITE_OR_IGNORE, APPEND, PER_THREAD_OUTPUT';
/** DuckDB's names of options of formats, where Spark's are others. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ['delim', 'sep'],
  ['delimiter', 'sep'],
  ['nullstr', 'nullValue'],
  ['null', 'nullValue'],
  ['codec', 'compression'],
  ['force_quote', 'quoteAll'],
]);
/** Options that ask for what happens anyway. */
const GRANTED: ReadonlySet<string> = new Set(['use_tmp_file', 'preserve_order']);

export function copy(c: Cursor): CopyStatement {
  const { start } = c.next();
  const input = source(c);
  if (c.at('FROM')) throw errors.copyFrom(c.since(start));
  c.expect('TO');
  if (c.token.kind !== 'string') c.fail('a quoted path');
  const file = c.next().text;
  c.take('WITH');
  const told: Told = { partitionBy: [], perThread: false };
  const options = new Map<string, string>();
  if (c.at('(')) c.parenthesized(() => commaList(c, () => option(c, told, options)));
  const { format, partitionBy, perThread } = told;
  const single = partitionBy.length === 0 && !perThread && !file.endsWith('/');
  return Object.freeze({
    kind: 'copy',
    plan: input,
    path: file,
    ...present({ format }),
    // One file is written over, as everywhere where text goes to a file; a directory is not.
    mode: told.mode ?? (single ? 'overwrite' : 'error'),
    partitionBy: list(partitionBy),
    single,
    options,
    at: c.span(start),
  });
}

/** A query in brackets, a table, perhaps with some of its columns, or a file. */
function source(c: Cursor): LogicalPlan {
  const { start, kind } = c.token;
  if (c.at('(')) {
    return c.parenthesized(() => {
      if (!atQuery(c)) c.fail('a query');
      return query(c);
    });
  }
  if (kind === 'string') return plan({ kind: 'read', paths: list([c.next().text]), options: new Map(), at: c.span(start) });
  const table = plan({ kind: 'table', path: path(c, 'a query in brackets or a table'), at: c.span(start) });
  if (!c.at('(')) return table;
  const exprs = c.parenthesized(() => commaList(c, () => column(c)));
  return plan({ kind: 'project', input: table, exprs: list(exprs), at: c.span(start) });
}

function column(c: Cursor): Expr {
  const { start } = c.token;
  return expr({ kind: 'column', path: list([name(c)]), at: c.span(start) });
}

function option(c: Cursor, told: Told, options: Map<string, string>): void {
  const { start } = c.token;
  const written = c.token.kind === 'string' ? c.next().text : name(c, 'the name of an option');
  const key = written.toLowerCase();
  switch (key) {
    case 'format':
      told.format = value(c);
      return;
    case 'partition_by':
      told.partitionBy = c.at('(') ? names(c) : [value(c)];
      return;
    case 'overwrite':
    case 'overwrite_or_ignore':
      if (truth(c)) told.mode = 'overwrite';
      return;
    case 'append':
      if (truth(c)) told.mode = 'append';
      return;
    case 'per_thread_output':
      told.perThread = truth(c);
      return;
    case 'force_quote':
      if (!c.take('*')) throw errors.notSupported('FORCE_QUOTE of some columns', c.since(start));
      options.set('quoteAll', 'true');
      return;
    default:
  }
  if (REFUSED.has(key)) throw errors.copyOption(written, OWN, c.since(start));
  const given = atValue(c) ? value(c) : 'true';
  if (!GRANTED.has(key)) options.set(NAMES.get(key) ?? written, given);
}

/** Options of DuckDB that are not here. */
const REFUSED: ReadonlySet<string> = new Set([
  'file_extension',
  'filename_pattern',
  'file_size_bytes',
  'write_partition_columns',
  'return_files',
  'return_stats',
]);

function atValue(c: Cursor): boolean {
  return c.at('=') || (!c.at(',') && !c.at(')') && c.token.kind !== 'end');
}

/** A text, a number, a word, with or without a sign of equality before it. */
function value(c: Cursor): string {
  c.take('=');
  const negative = c.take('-');
  const { kind } = c.token;
  if (kind !== 'string' && kind !== 'number' && kind !== 'word' && kind !== 'quoted') c.fail('a value');
  return (negative ? '-' : '') + c.next().text;
}

/** An option alone means true. */
function truth(c: Cursor): boolean {
  if (!atValue(c)) return true;
  const { start } = c.token;
  const text = value(c).toLowerCase();
  if (text === 'true' || text === '1' || text === 'on') return true;
  if (text === 'false' || text === '0' || text === 'off') return false;
  throw errors.syntaxError({ found: c.sql.slice(start, c.span(start).end), expected: 'true or false' }, c.since(start));
}
