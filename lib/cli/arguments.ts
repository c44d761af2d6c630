import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { UsageError } from './failure.js';
import { COMMANDS, QUERY_LACKS, fileCommand, refuseOptions, type ConvertCommand, type FileCommand } from './file-arguments.js';
import { OPTIONS, commonOptions, type Options, type Parsed } from './options.js';
import { closest } from './suggest.js';

/** Where the SQL text comes from. */
export type SqlText =
  | { readonly from: 'argument'; readonly text: string }
  | { readonly from: 'file'; readonly path: string }
  | { readonly from: 'stdin' };

export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'query'; readonly sql: SqlText; readonly explain: boolean; readonly options: Options }
  | FileCommand
  | ConvertCommand;

/**
 * Reads the command line.
 * @param stdinIsTerminal - Whether nobody piped anything in: then SQL has to be an argument. Asked only when it matters: opening the stream takes time.
 * @throws UsageError that says what was meant, as far as can be told.
 */
export function readArguments(args: readonly string[], stdinIsTerminal: () => boolean): Command {
  const { values, positionals } = parsed(args);
  if (values.help === true) return { kind: 'help' };
  if (values.version === true) return { kind: 'version' };
  const [first] = positionals;
  const word = COMMANDS.find((command) => command === first);
  if (word !== undefined) return fileCommand(word, positionals, values);
  refuseOptions(values, QUERY_LACKS);
  const options = commonOptions(values);
  return { kind: 'query', sql: sqlText(positionals, values.file, stdinIsTerminal), explain: values.explain === true, options };
}

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
