import { readFileSync } from 'node:fs';
import { Session, type ActionOptions, type DataFrame, type QueryProgress, type Row } from '../index.js';
import { TEXT_VALUES, type ResultColumn } from './cells.js';
import { UsageError } from './failure.js';
import { refuseUnwritable, writeRows } from './formats.js';
import { onInterrupt } from './interrupt.js';
import { errorTerminal, fileOutput, ReaderGone, standardOutput, type Destination } from './output.js';
import { ProgressLine } from './progress-line.js';
import { splitStatements, withStdinView, STDIN_VIEW } from './statements.js';
import { keepEnds, tableText } from './table.js';
import { byteText, counted, printable, printableLines, secondsText } from './text.js';
import { META_SCHEMA, metaLines, metaRows } from './meta.js';
import { schemaDdl, schemaJson } from './schema.js';
import type { Command, SqlText } from './arguments.js';
import type { ConvertCommand, FileCommand, FormatOptions } from './file-arguments.js';
import type { Options } from './options.js';

type DataCommand = Exclude<Command, { kind: 'help' | 'version' }>;

/** What the statements of a command share. */
interface Run {
  readonly session: Session;
  readonly destination: Destination;
  readonly options: Options;
  readonly signal: AbortSignal;
}

/** Runs a command that works on data. Errors are the caller's to print. */
export async function runCommand(command: DataCommand): Promise<void> {
  const controller = new AbortController();
  const signal = onInterrupt(controller);
  const { options } = command;
  const script = command.kind === 'query' ? await readScript(command.sql) : undefined;
  const spool = await spoolIfRead(command, script, signal);
  await using session = await openSession(options);
  const destination =
    options.output === undefined || options.format === 'file'
      ? standardOutput(() => controller.abort(new ReaderGone()))
      : fileOutput(options.output);
  const run: Run = { session, destination, options, signal };
  try {
    if (command.kind === 'query') {
      if (spool !== undefined) session.read.load(spool).createOrReplaceTempView(STDIN_VIEW);
      await runScript(run, script!, command.explain);
    } else if (command.kind === 'convert') await convert(run, command, spool ?? command.path);
    else await runOnFile(run, command, spool ?? command.path);
    await destination.commit();
  } catch (error) {
    destination.discard();
    if (signal.reason instanceof ReaderGone) throw signal.reason;
    throw spool === undefined ? error : withoutSpoolPath(error, spool);
  }
}

/** The temporary file is this tool's affair: whoever piped data in knows it as standard input. */
function withoutSpoolPath(error: unknown, spool: string): unknown {
  if (error instanceof Error) error.message = error.message.replaceAll(spool, 'standard input');
  return error;
}

async function openSession({ workers, memory }: Options): Promise<Session> {
  return Session.create({ ...(workers === undefined ? {} : { workers }), ...(memory === undefined ? {} : { memory }) });
}

interface Script {
  readonly sql: string;
  readonly readsStdin: boolean;
}

async function readScript(sql: SqlText): Promise<Script> {
  const text =
    sql.from === 'argument'
      ? sql.text
      : sql.from === 'file'
        ? readFileSync(sql.path, 'utf8').replace(/^\ufeff/, '')
        : await (await import('./stdin.js')).stdinText();
  const script = withStdinView(text);
  if (script.readsStdin && sql.from === 'stdin') {
    throw new UsageError(
      "FROM '-' reads data from standard input, which holds the SQL text already. Give the SQL as an argument or with --file.",
    );
  }
  return script;
}

async function spoolIfRead(command: DataCommand, script: Script | undefined, signal: AbortSignal): Promise<string | undefined> {
  const reads = command.kind === 'query' ? script!.readsStdin : command.path === '-';
  return reads ? (await import('./stdin.js')).spoolStdin(signal) : undefined;
}

async function runOnFile(run: Run, command: FileCommand, path: string): Promise<void> {
  const { session, destination } = run;
  switch (command.kind) {
    case 'head':
      await printResult(run, readFile(session, path, command.reading).limit(command.rows));
      return;
    case 'schema': {
      const df = readFile(session, path, command.reading);
      const text = { tree: () => df.schemaText(), ddl: () => schemaDdl(df.schema), json: () => schemaJson(df.schema) }[
        command.as
      ]();
      await destination.write(`${destination.isTerminal ? printableLines(text.trimEnd()) : text.trimEnd()}\n`);
      return;
    }
    case 'meta': {
      const meta = session.parquetMetadata(path);
      if (run.options.format === 'table') await destination.write(`${metaLines(meta).map(printable).join('\n')}\n\n`);
      await printResult(run, session.createDataFrame(metaRows(meta), META_SCHEMA));
      return;
    }
    case 'describe': {
      const { lines, columns } = session.describeFile(path, command.reading);
      const forPeople = run.options.format === 'table';
      if (forPeople) await destination.write(`${lines.join('\n')}\n\n`);
      const rows = columns.map(({ name, type, note }) => ({ column: name, type, note: note === '' && !forPeople ? null : note }));
      await printResult(run, session.createDataFrame(rows, 'column string, type string, note string'));
      return;
    }
  }
}

/** The option `format` says what the name of a file does not. */
function readFile(session: Session, path: string, { format, ...options }: FormatOptions): DataFrame {
  const reader = format === undefined ? session.read : session.read.format(format);
  return reader.load(path, options);
}

async function convert(run: Run, command: ConvertCommand, path: string): Promise<void> {
  const startedAt = performance.now();
  const { format, ...options } = command.writing;
  let writer = readFile(run.session, path, command.reading)
    .write.options(options)
    .partitionBy(...command.partitionBy);
  if (format !== undefined) writer = writer.format(format);
  if (command.mode !== undefined) writer = writer.mode(command.mode);
  await saved(run, startedAt, (action) => writer.save(command.to, action));
}

/** Runs what writes files, with progress and times as for queries. */
async function saved(run: Run, startedAt: number, save: (action: ActionOptions) => Promise<number>): Promise<void> {
  const progress = new ProgressLine(errorTerminal());
  let rejected = 0;
  const off = run.session.on('queryEnd', ({ rowsRejected }) => void (rejected += rowsRejected));
  let total: number;
  try {
    total = await save({ signal: run.signal, onProgress: (report) => progress.update(report) });
  } finally {
    progress.stop();
    off();
  }
  tellOf(run.options, rejected, total, startedAt, progress);
}

async function runScript(run: Run, { sql }: Script, explain: boolean): Promise<void> {
  const statements = splitStatements(sql);
  if (statements.length === 0) throw new UsageError('The SQL text holds no statement.');
  for (const { text, inPlace } of statements) {
    run.signal.throwIfAborted();
    const startedAt = performance.now();
    const df = run.session.sql(inPlace);
    if (df.columns.length === 0) continue;
    if (explain) await run.destination.write(`${df.explainText()}\n`);
    else if (run.options.format === 'table' && /^explain\b/i.test(text)) await printPlan(run, df);
    else await printResult(run, df, startedAt);
  }
}

/** A plan is text with lines of its own: no box around it. */
async function printPlan({ destination, signal }: Run, df: DataFrame): Promise<void> {
  for (const row of await df.collect({ signal })) await destination.write(`${Object.values(row).join('\n')}\n`);
}

async function printResult(run: Run, df: DataFrame, startedAt = performance.now()): Promise<void> {
  const { destination, options, signal } = run;
  if (options.format === 'file') {
    // As other outputs, it takes the place of what was there.
    await saved(run, startedAt, (action) => df.write.mode('overwrite').save(options.output!, action));
    return;
  }
  const progress = new ProgressLine(errorTerminal());
  const onProgress = (report: QueryProgress): void => progress.update(report);
  const { columns, keyed } = withKeys(run.session, df);
  refuseUnwritable(options.format, columns);
  let total: number;
  let rejected = 0;
  const off = run.session.on('queryEnd', ({ rowsRejected }) => void (rejected += rowsRejected));
  try {
    const rows = keyed.toLocalIterator({
      ...(isJson(options) ? { ...TEXT_VALUES, int64: 'auto' } : TEXT_VALUES),
      signal,
      onProgress,
    });
    if (options.format === 'table') {
      const kept = await keepEnds(rows, options.maxRows);
      total = kept.total;
      progress.stop();
      await destination.write(tableText(columns, kept, tableStyle(destination)));
    } else {
      total = await writeRows(options.format, columns, beforeOutput(rows, destination, progress), destination);
    }
  } finally {
    progress.stop();
    off();
  }
  tellOf(options, rejected, total, startedAt, progress);
}

function tellOf({ timing }: Options, rejected: number, total: number, startedAt: number, progress: ProgressLine): void {
  if (rejected > 0) process.stderr.write(`quern: ${counted(rejected, 'malformed row')} left out.\n`);
  if (timing) process.stderr.write(timingText((performance.now() - startedAt) / 1000, total, progress.bytes));
}

const isJson = ({ format }: Options): boolean => format === 'json' || format === 'jsonl';

/** Rows that appear on the terminal and a progress line there would write over each other: the first row ends the line. */
async function* beforeOutput(rows: AsyncIterable<Row>, destination: Destination, progress: ProgressLine): AsyncIterable<Row> {
  for await (const row of rows) {
    if (destination.isTerminal) progress.stop();
    yield row;
  }
}

/** Rows are objects, where of two columns of one name only one has room: then the result is read under names of its own. */
function withKeys(session: Session, df: DataFrame): { columns: readonly ResultColumn[]; keyed: DataFrame } {
  const { fields } = df.schema;
  if (new Set(fields.map(({ name }) => name)).size === fields.length) {
    return { columns: fields.map((field) => ({ ...field, key: field.name })), keyed: df };
  }
  const columns = fields.map((field, i) => ({ ...field, key: `c${i}` }));
  df.createOrReplaceTempView('quern result');
  return { columns, keyed: session.sql(`SELECT * FROM \`quern result\` AS r(${columns.map(({ key }) => key).join(', ')})`) };
}

/** COLUMNS sets the width where there is no terminal. */
function tableStyle(destination: Destination): { width: number; color: boolean } {
  const given = Number(process.env['COLUMNS']);
  const width = destination.isTerminal ? process.stdout.columns : given > 0 ? given : Infinity;
  return { width, color: destination.isTerminal && (process.env['NO_COLOR'] ?? '') === '' };
}

function timingText(seconds: number, rows: number, bytes: number): string {
  const read = bytes > 0 ? `, ${byteText(bytes)} read, ${byteText(bytes / seconds)}/s` : '';
  return `Time: ${secondsText(seconds)} (${counted(rows, 'row')}${read})\n`;
}
