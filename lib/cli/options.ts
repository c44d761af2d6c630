import type { parseArgs } from 'node:util';
import { UsageError } from './failure.js';
import { closest } from './suggest.js';

/** What every command that works on data takes, and how its values are read. */

export const FORMATS = ['table', 'csv', 'json', 'jsonl', 'markdown'] as const;
export type Format = (typeof FORMATS)[number];

/** `file`: the engine writes the output itself, in a format that its name tells. */
export type OutputFormat = Format | 'file';

export interface Options {
  readonly format: OutputFormat;
  readonly output: string | undefined;
  readonly workers: number | undefined;
  readonly memory: string | undefined;
  readonly timing: boolean;
  /** Rows of a table; Infinity for all. */
  readonly maxRows: number;
}

export const OPTIONS = {
  file: { type: 'string', short: 'f' },
  output: { type: 'string', short: 'o' },
  format: { type: 'string' },
  lines: { type: 'string', short: 'n' },
  option: { type: 'string', multiple: true },
  'read-option': { type: 'string', multiple: true },
  mode: { type: 'string' },
  'partition-by': { type: 'string' },
  'max-rows': { type: 'string' },
  workers: { type: 'string' },
  memory: { type: 'string' },
  explain: { type: 'boolean' },
  timing: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const;

export type Parsed = ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true; strict: true }>>;
export type Values = Parsed['values'];

const MAX_ROWS = 40;

export function commonOptions(values: Values, as = format(values.format, values.output)): Options {
  return {
    format: as,
    output: values.output,
    workers: values.workers === undefined ? undefined : wholeNumber('--workers', values.workers, 1, 1024),
    memory: values.memory === undefined ? undefined : memorySize(values.memory),
    timing: values.timing === true,
    maxRows: maxRows(values['max-rows']),
  };
}

const EXTENSIONS: ReadonlyMap<string, OutputFormat> = new Map([
  ['csv', 'csv'],
  ['json', 'json'],
  ['jsonl', 'jsonl'],
  ['ndjson', 'jsonl'],
  ['md', 'markdown'],
  ['txt', 'table'],
  ...['tsv', 'psv', 'parquet', 'parq', 'pq', 'arrow', 'arrows', 'feather', 'ipc', 'orc', 'avro', 'gz', 'zst'].map(
    (name) => [name, 'file'] as const,
  ),
]);

function format(name: string | undefined, output: string | undefined): OutputFormat {
  if (name === undefined) return formatOfOutput(output);
  const known = FORMATS.find((candidate) => candidate === name);
  if (known !== undefined) return known;
  const meant = closest(name, FORMATS);
  throw new UsageError(
    `Unknown format "${name}". Formats: ${FORMATS.join(', ')}.${meant === undefined ? '' : ` Did you mean "${meant}"?`}`,
  );
}

function formatOfOutput(output: string | undefined): OutputFormat {
  const [, end] = /\.([A-Za-z]\w*)$/.exec(output ?? '') ?? [];
  const known = end === undefined ? 'table' : EXTENSIONS.get(end.toLowerCase());
  if (known !== undefined) return known;
  throw new UsageError(`The end of "${output}" tells no format. Name one: --format ${FORMATS.join(', ')}.`);
}

function maxRows(value: string | undefined): number {
  const rows = value === undefined ? MAX_ROWS : wholeNumber('--max-rows', value, 0);
  return rows === 0 ? Infinity : rows;
}

export function wholeNumber(option: string, value: string, min: number, max = 2_147_483_647): number {
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
