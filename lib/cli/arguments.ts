import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { UsageError } from './failure.js';
import { closest } from './suggest.js';

export const FORMATS = ['table', 'csv', 'json', 'jsonl', 'markdown'] as const;
export type Format = (typeof FORMATS)[number];

/** Where the SQL text comes from. */
export type SqlText =
  | { readonly from: 'argument'; readonly text: string }
  | { readonly from: 'file'; readonly path: string }
  | { readonly from: 'stdin' };

export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'query'; readonly sql: SqlText; readonly explain: boolean; readonly options: Options }
  | { readonly kind: 'describe'; readonly path: string; readonly options: Options }
  | { readonly kind: 'head'; readonly path: string; readonly rows: number; readonly options: Options };

/** What every command that works on data takes. */
export interface Options {
  readonly format: Format;
  readonly output: string | undefined;
  readonly workers: number | undefined;
  readonly memory: string | undefined;
  readonly timing: boolean;
  /** Rows of a table; Infinity for all. */
  readonly maxRows: number;
}

const MAX_ROWS = 40;
const HEAD_ROWS = 10;

const OPTIONS = {
  file: { type: 'string', short: 'f' },
  output: { type: 'string', short: 'o' },
  format: { type: 'string' },
  lines: { type: 'string', short: 'n' },
  'max-rows': { type: 'string' },
  workers: { type: 'string' },
  memory: { type: 'string' },
  explain: { type: 'boolean' },
  timing: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const;

const COMMANDS = ['describe', 'head'];

/**
 * Reads the command line.
 * @param stdinIsTerminal - Whether nobody piped anything in: then SQL has to be an argument. Asked only when it matters: opening the stream takes time.
 * @throws UsageError that says what was meant, as far as can be told.
 */
export function readArguments(args: readonly string[], stdinIsTerminal: () => boolean): Command {
  const { values, positionals } = parsed(args);
  if (values.help === true) return { kind: 'help' };
  if (values.version === true) return { kind: 'version' };
  const options: Options = {
    format: format(values.format, values.output),
    output: values.output,
    workers: values.workers === undefined ? undefined : wholeNumber('--workers', values.workers, 1, 1024),
    memory: values.memory === undefined ? undefined : memorySize(values.memory),
    timing: values.timing === true,
    maxRows: maxRows(values['max-rows']),
  };
  const [first] = positionals;
  if (first === 'describe' || first === 'head') {
    const path = onlyFile(first, positionals);
    if (values.file !== undefined) throw new UsageError(`--file names a file of SQL text and does not go with ${first}.`);
    if (first === 'describe') return { kind: 'describe', path, options };
    return {
      kind: 'head',
      path,
      rows: values.lines === undefined ? HEAD_ROWS : wholeNumber('--lines', values.lines, 0),
      options,
    };
  }
  if (values.lines !== undefined) throw new UsageError('--lines belongs to head: quern head FILE -n 20. In SQL, LIMIT does it.');
  return { kind: 'query', sql: sqlText(positionals, values.file, stdinIsTerminal), explain: values.explain === true, options };
}

type Parsed = ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true; strict: true }>>;

function parsed(args: readonly string[]): Parsed {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true, strict: true });
  } catch (error) {
    throw usageOf(error, args);
  }
}

/** parseArgs tells the kind of its error by `code`; its texts are meant for programmers. */
function usageOf(error: unknown, args: readonly string[]): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  const name = /'(-[^' ]*)/.exec(error.message)?.[1] ?? '';
  if (error.code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
    const names = Object.keys(OPTIONS);
    const meant = name.startsWith('--') ? closest(name.slice(2), names) : undefined;
    return new UsageError(`Unknown option ${name}.${meant === undefined ? '' : ` Did you mean --${meant}?`}`);
  }
  if (error.code === 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE') {
    const long = /(--[\w-]+)/.exec(error.message)?.[1] ?? name;
    const takesNone = /does not take an argument/.test(error.message);
    if (takesNone) return new UsageError(`${long} takes no value.`);
    const next = args[args.findIndex((arg) => arg === long || arg === name) + 1];
    const dash = next?.startsWith('-') === true ? ` For a value that starts with a dash write ${long}=${next}.` : '';
    return new UsageError(`${long} needs a value.${dash}`);
  }
  return new UsageError(error.message);
}

function onlyFile(command: string, positionals: readonly string[]): string {
  const [, path, ...more] = positionals;
  if (path === undefined) throw new UsageError(`${command} needs a file: quern ${command} FILE`);
  if (more.length > 0)
    throw new UsageError(
      `${command} takes one file, not ${positionals.length - 1}. A glob in quotes stands for several: quern ${command} 'data-*.csv'`,
    );
  return path;
}

function sqlText(positionals: readonly string[], file: string | undefined, stdinIsTerminal: () => boolean): SqlText {
  const [text, ...more] = positionals;
  if (file !== undefined) {
    if (text !== undefined) throw new UsageError(`Give SQL as an argument or with --file ${file}, not both.`);
    return file === '-' ? { from: 'stdin' } : { from: 'file', path: file };
  }
  if (text === undefined) {
    if (stdinIsTerminal())
      throw new UsageError('There is nothing to run: quern "SELECT …", quern -f FILE, or SQL on standard input.');
    return { from: 'stdin' };
  }
  if (more.length > 0) {
    const meant = closest(text, COMMANDS);
    if (meant !== undefined) throw new UsageError(`Unknown command "${text}". Did you mean "${meant}"?`);
    throw new UsageError(
      `One SQL text is expected, and there are ${positionals.length} arguments. Put it in quotes: quern "SELECT …"`,
    );
  }
  if (!/\s/.test(text) && existsSync(text)) {
    throw new UsageError(
      `"${text}" is a file, not SQL. quern head ${text} shows its first rows; quern "FROM '${text}'" all of them; quern -f ${text} runs SQL in it.`,
    );
  }
  return { from: 'argument', text };
}

const EXTENSIONS: ReadonlyMap<string, Format> = new Map([
  ['csv', 'csv'],
  ['json', 'json'],
  ['jsonl', 'jsonl'],
  ['ndjson', 'jsonl'],
  ['md', 'markdown'],
]);

function format(name: string | undefined, output: string | undefined): Format {
  if (name === undefined) return EXTENSIONS.get(/\.(\w+)$/.exec(output ?? '')?.[1]?.toLowerCase() ?? '') ?? 'table';
  const known = FORMATS.find((candidate) => candidate === name);
  if (known !== undefined) return known;
  const meant = closest(name, FORMATS);
  throw new UsageError(
    `Unknown format "${name}". Formats: ${FORMATS.join(', ')}.${meant === undefined ? '' : ` Did you mean "${meant}"?`}`,
  );
}

function maxRows(value: string | undefined): number {
  const rows = value === undefined ? MAX_ROWS : wholeNumber('--max-rows', value, 0);
  return rows === 0 ? Infinity : rows;
}

function wholeNumber(option: string, value: string, min: number, max = 2_147_483_647): number {
  const n = /^\d+$/.test(value) ? Number(value) : NaN;
  if (n >= min && n <= max) return n;
  throw new UsageError(
    `${option} takes a whole number ${max === 1024 ? `from ${min} to ${max}` : `of at least ${min}`}, not "${value}".`,
  );
}

function memorySize(value: string): string {
  if (/^\d+(\.\d+)?\s*[kmgt]i?b?$/i.test(value) || /^\d+$/.test(value)) return value;
  throw new UsageError(`--memory takes a size as 512m or 2g, not "${value}".`);
}
