import * as assert from 'uvu/assert';
import { readArguments, type Command } from '../../lib/cli/arguments.js';
import { UsageError } from '../../lib/cli/failure.js';
import { closest } from '../../lib/cli/suggest.js';
import { suite } from '../support/suite.js';

const test = suite('arguments');

const read = (args: readonly string[], terminal = true): Command => readArguments(args, () => terminal);

function refused(args: readonly string[], message: string): void {
  let error: unknown;
  try {
    read(args);
  } catch (thrown) {
    error = thrown;
  }
  assert.instance(error, UsageError, `${args.join(' ')} was accepted`);
  assert.is((error as Error).message, message);
}

const DEFAULTS = { format: 'table', output: undefined, workers: undefined, memory: undefined, timing: false, maxRows: 40 };

test('one argument is SQL', () => {
  assert.equal(read(['SELECT 1']), {
    kind: 'query',
    sql: { from: 'argument', text: 'SELECT 1' },
    explain: false,
    options: DEFAULTS,
  });
});

test('options may stand anywhere', () => {
  const command = read([
    '--workers',
    '3',
    'SELECT 1',
    '--memory=2g',
    '--timing',
    '-o',
    'x.JSONL',
    '--max-rows',
    '0',
    '--explain',
  ]);
  const options = { format: 'jsonl', output: 'x.JSONL', workers: 3, memory: '2g', timing: true, maxRows: Infinity };
  assert.equal(command, { kind: 'query', sql: { from: 'argument', text: 'SELECT 1' }, explain: true, options });
});

test('the output file sets the format, and --format overrules it', () => {
  for (const [file, format] of [
    ['a.csv', 'csv'],
    ['a.json', 'json'],
    ['a.ndjson', 'jsonl'],
    ['a.md', 'markdown'],
    ['a.parquet', 'file'],
    ['a.tsv', 'file'],
    ['a.csv.gz', 'file'],
    ['a.txt', 'table'],
    ['a', 'table'],
  ]) {
    const command = read(['SELECT 1', '-o', file!]);
    assert.is(command.kind === 'query' && command.options.format, format);
  }
  const command = read(['SELECT 1', '-o', 'a.csv', '--format', 'json']);
  assert.is(command.kind === 'query' && command.options.format, 'json');
  refused(
    ['SELECT 1', '-o', 'a.xlsx'],
    'The end of "a.xlsx" tells no format. Name one: --format table, csv, json, jsonl, markdown.',
  );
});

test('SQL comes from a file, from standard input, or there is nothing to run', () => {
  const sqlOf = (command: Command): unknown => command.kind === 'query' && command.sql;
  assert.equal(sqlOf(read(['-f', 'a.sql'])), { from: 'file', path: 'a.sql' });
  assert.equal(sqlOf(read(['-f', '-'])), { from: 'stdin' });
  assert.equal(sqlOf(read([], false)), { from: 'stdin' });
  refused([], 'There is nothing to run: quern "SELECT …", quern -f FILE, or SQL on standard input.');
  refused(['SELECT 1', '-f', 'a.sql'], 'Give SQL as an argument or with --file a.sql, not both.');
});

test('describe and head take a file', () => {
  assert.equal(read(['describe', 'a.csv']), { kind: 'describe', path: 'a.csv', reading: {}, options: DEFAULTS });
  assert.equal(read(['head', 'a.csv']), { kind: 'head', path: 'a.csv', reading: {}, rows: 10, options: DEFAULTS });
  assert.equal(read(['head', '-', '-n', '3']), { kind: 'head', path: '-', reading: {}, rows: 3, options: DEFAULTS });
  assert.equal(read(['head', 'a.csv', '--option', 'sep==', '--option=header', '--option', 'nullValue=']), {
    kind: 'head',
    path: 'a.csv',
    reading: { sep: '=', header: 'true', nullValue: '' },
    rows: 10,
    options: DEFAULTS,
  });
  refused(['head'], 'head needs a file: quern head FILE');
  refused(
    ['describe', 'a', 'b'],
    "describe takes one file, not 2. A glob in quotes stands for several: quern describe 'data-*.csv'",
  );
  refused(['head', 'a.csv', '-f', 'b.sql'], '--file names a file of SQL text and does not go with head.');
  refused(['SELECT 1', '-n', '3'], '--lines belongs to head: quern head FILE -n 20. In SQL, LIMIT does it.');
});

test('schema and convert', () => {
  assert.equal(read(['schema', 'a.csv']), { kind: 'schema', path: 'a.csv', reading: {}, as: 'tree', options: DEFAULTS });
  assert.equal(read(['schema', 'a.csv', '--format', 'ddl']), {
    kind: 'schema',
    path: 'a.csv',
    reading: {},
    as: 'ddl',
    options: DEFAULTS,
  });
  assert.equal(read(['meta', 'a.parquet']), { kind: 'meta', path: 'a.parquet', reading: {}, options: DEFAULTS });
  refused(['meta', 'a.parquet', '--option', 'x'], '--option does not go with meta, which reads a footer only.');
  refused(['schema', 'a.csv', '--format', 'csv'], 'schema has no format "csv". Formats: tree, ddl, json.');
  const convert = ['convert', 'a.csv', 'b.parquet'];
  const plain = { kind: 'convert', path: 'a.csv', to: 'b.parquet', reading: {}, writing: {}, partitionBy: [], options: DEFAULTS };
  assert.equal(read(convert), { ...plain, mode: undefined });
  assert.equal(
    read([
      ...convert,
      '--option',
      'compression=zstd',
      '--read-option',
      'sep=;',
      '--mode',
      'overwrite',
      '--partition-by',
      'year, month',
    ]),
    {
      ...plain,
      reading: { sep: ';' },
      writing: { compression: 'zstd' },
      mode: 'overwrite',
      partitionBy: ['year', 'month'],
    },
  );
  refused(['convert', 'a.csv'], 'convert needs two files: quern convert IN OUT');
  refused(['convert', 'a.csv', '-'], `convert writes files. quern "FROM 'a.csv'" --format csv writes to standard output.`);
  refused(
    ['convert', 'a.csv', 'b.csv', 'c.parquet'],
    "convert takes two files, not 3. A glob in quotes stands for several: quern convert 'data-*.csv' all.parquet",
  );
  refused([...convert, '--mode', 'replace'], '--mode takes one of error, overwrite, append, ignore, not "replace".');
  refused([...convert, '--option', '=1'], '--option takes name=value, as --option header=false, not "=1".');
  refused(
    [...convert, '--format', 'csv'],
    '--format does not go with convert: the ending of OUT says the format, as out.parquet.',
  );
  refused(['head', 'a.csv', '--mode', 'append'], '--mode belongs to convert: quern convert IN OUT.');
  refused(
    ['head', 'a.csv', '--read-option', 'sep=;'],
    '--read-option belongs to convert: quern convert IN OUT. Elsewhere --option is for reading.',
  );
  refused(
    ['SELECT 1', '--option', 'a=b'],
    "--option belongs to commands that name a file. In SQL: FROM 'data.csv' WITH (header 'false').",
  );
});

test('what is misspelt is understood', () => {
  refused(['--fromat', 'csv', 'SELECT 1'], 'Unknown option --fromat. Did you mean --format?');
  refused(['--zzz'], 'Unknown option --zzz.');
  refused(['-x'], 'Unknown option -x.');
  refused(
    ['--format', 'jsn', 'SELECT 1'],
    'Unknown format "jsn". Formats: table, csv, json, jsonl, markdown. Did you mean "json"?',
  );
  refused(['descrbe', 'a.csv'], 'Unknown command "descrbe". Did you mean "describe"?');
  refused(['SELECT', '1'], 'One SQL text is expected, and there are 2 arguments. Put it in quotes: quern "SELECT …"');
  refused(
    ['package.json'],
    `"package.json" is a file, not SQL. quern head package.json shows its first rows; quern "FROM 'package.json'" all of them; quern -f package.json runs SQL in it.`,
  );
});

test('values are checked before anything runs', () => {
  refused(['SELECT 1', '--workers', '0'], '--workers takes a whole number from 1 to 1024, not "0".');
  refused(['SELECT 1', '--workers', 'two'], '--workers takes a whole number from 1 to 1024, not "two".');
  refused(['SELECT 1', '--max-rows', '-1'], '--max-rows needs a value. For a value that starts with a dash write --max-rows=-1.');
  refused(['SELECT 1', '--max-rows=-1'], '--max-rows takes a whole number of at least 0, not "-1".');
  refused(['SELECT 1', '--memory', 'lots'], '--memory takes a size as 512m or 2g, not "lots".');
  refused(['SELECT 1', '--memory'], '--memory needs a value.');
  refused(['SELECT 1', '--timing=yes'], '--timing takes no value.');
});

test('help and version come first', () => {
  assert.equal(read(['--help']), { kind: 'help' });
  assert.equal(read(['-h', 'SELECT 1']), { kind: 'help' });
  assert.equal(read(['--version']), { kind: 'version' });
});

test('suggestions are near or none', () => {
  assert.is(closest('hepl', ['help', 'head']), 'help');
  assert.is(closest('version', ['help', 'head']), undefined);
});

test.run();
