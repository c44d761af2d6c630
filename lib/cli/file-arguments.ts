import { UsageError } from './failure.js';
import { commonOptions, wholeNumber, type Options, type Values } from './options.js';

/** Commands that name files instead of SQL. */

/** How a schema is written. */
export const SCHEMA_FORMATS = ['tree', 'ddl', 'json'] as const;
export type SchemaFormat = (typeof SCHEMA_FORMATS)[number];

/** Options of a format, by name. */
export type FormatOptions = Readonly<Record<string, string>>;

/** What is asked of a file; `reading`: options of its format. */
export type FileCommand = { readonly path: string; readonly reading: FormatOptions; readonly options: Options } & (
  | { readonly kind: 'describe' }
  | { readonly kind: 'meta' }
  | { readonly kind: 'head'; readonly rows: number }
  | { readonly kind: 'schema'; readonly as: SchemaFormat }
);

/** What happens when there is something at the destination. */
export const CONVERT_MODES = ['error', 'overwrite', 'append', 'ignore'] as const;
export type ConvertMode = (typeof CONVERT_MODES)[number];

/** One file, or many, into another. */
export interface ConvertCommand {
  readonly kind: 'convert';
  readonly path: string;
  readonly to: string;
  readonly reading: FormatOptions;
  readonly writing: FormatOptions;
  readonly mode: ConvertMode | undefined;
  readonly partitionBy: readonly string[];
  readonly options: Options;
}

const HEAD_ROWS = 10;

export const COMMANDS = ['describe', 'head', 'schema', 'meta', 'convert'] as const;
export type FileWord = (typeof COMMANDS)[number];

export function fileCommand(word: FileWord, positionals: readonly string[], values: Values): FileCommand | ConvertCommand {
  if (values.file !== undefined) throw new UsageError(`--file names a file of SQL text and does not go with ${word}.`);
  refuseOptions(values, LACKS[word]);
  const given = formatOptions('--option', values.option);
  switch (word) {
    case 'convert': {
      const [path, to] = twoFiles(positionals);
      return {
        kind: word,
        path,
        to,
        reading: formatOptions('--read-option', values['read-option']),
        writing: given,
        mode: saveMode(values.mode),
        partitionBy: values['partition-by']?.split(',').map((name) => name.trim()) ?? [],
        options: commonOptions(values, 'table'),
      };
    }
    case 'schema': {
      const path = onlyFile(word, positionals);
      return { kind: word, path, reading: given, as: schemaFormat(values.format), options: commonOptions(values, 'table') };
    }
    case 'meta':
    case 'describe': {
      const path = onlyFile(word, positionals);
      return { kind: word, path, reading: given, options: commonOptions(values) };
    }
    case 'head': {
      const path = onlyFile(word, positionals);
      const rows = values.lines === undefined ? HEAD_ROWS : wholeNumber('--lines', values.lines, 0);
      return { kind: word, path, reading: given, rows, options: commonOptions(values) };
    }
  }
}

/** Options that a command has no use for, each with what to do instead. */
type Refusals = Partial<Record<keyof Values, string>>;

const ONLY_HEAD = '--lines belongs to head: quern head FILE -n 20. In SQL, LIMIT does it.';
const ONLY_CONVERT = 'belongs to convert: quern convert IN OUT.';
const NO_WRITING: Refusals = {
  mode: `--mode ${ONLY_CONVERT}`,
  'partition-by': `--partition-by ${ONLY_CONVERT}`,
  'read-option': `--read-option ${ONLY_CONVERT} Elsewhere --option is for reading.`,
};
export const QUERY_LACKS: Refusals = {
  ...NO_WRITING,
  lines: ONLY_HEAD,
  option: "--option belongs to commands that name a file. In SQL: FROM 'data.csv' WITH (header 'false').",
};
const LACKS: { readonly [W in FileWord]: Refusals } = {
  head: NO_WRITING,
  describe: { ...NO_WRITING, lines: ONLY_HEAD },
  schema: { ...NO_WRITING, lines: ONLY_HEAD },
  meta: { ...NO_WRITING, lines: ONLY_HEAD, option: '--option does not go with meta, which reads a footer only.' },
  convert: {
    lines: ONLY_HEAD,
    format: '--format does not go with convert: the ending of OUT says the format, as out.parquet.',
    output: '--output does not go with convert: quern convert IN OUT.',
  },
};

export function refuseOptions(values: Values, lacks: Refusals): void {
  for (const [name, message] of Object.entries(lacks))
    if (values[name as keyof Values] !== undefined) throw new UsageError(message);
}

/** `name=value`; a name without a value is true. */
function formatOptions(option: string, given: readonly string[] | undefined): FormatOptions {
  const pairs = (given ?? []).map((text): [string, string] => {
    const at = text.indexOf('=');
    const name = at === -1 ? text : text.slice(0, at);
    if (name.trim() === '') throw new UsageError(`${option} takes name=value, as ${option} header=false, not "${text}".`);
    return [name.trim(), at === -1 ? 'true' : text.slice(at + 1)];
  });
  return Object.fromEntries(pairs);
}

function twoFiles(positionals: readonly string[]): readonly [string, string] {
  const [, path, to, ...more] = positionals;
  if (path === undefined || to === undefined) throw new UsageError('convert needs two files: quern convert IN OUT');
  if (to === '-') throw new UsageError(`convert writes files. quern "FROM '${path}'" --format csv writes to standard output.`);
  if (more.length > 0)
    throw new UsageError(
      `convert takes two files, not ${positionals.length - 1}. A glob in quotes stands for several: quern convert 'data-*.csv' all.parquet`,
    );
  return [path, to];
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

function saveMode(name: string | undefined): ConvertMode | undefined {
  const known = CONVERT_MODES.find((candidate) => candidate === name);
  if (known !== undefined || name === undefined) return known;
  throw new UsageError(`--mode takes one of ${CONVERT_MODES.join(', ')}, not "${name}".`);
}

function schemaFormat(name: string | undefined): SchemaFormat {
  const known = SCHEMA_FORMATS.find((candidate) => candidate === (name ?? 'tree'));
  if (known !== undefined) return known;
  throw new UsageError(`schema has no format "${name}". Formats: ${SCHEMA_FORMATS.join(', ')}.`);
}
