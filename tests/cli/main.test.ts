import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { suite } from '../support/suite.js';
import { withTempFolder } from '../support/temp-folder.js';
import { quern, SALES, write } from './run-quern.js';

const test = suite('command line');
const FILES = { 'sales.csv': SALES };

test('a query prints a table', () =>
  withTempFolder(async (cwd) => {
    write(cwd, FILES);
    const sql = "SELECT region, count(*) AS n, sum(amount) AS total FROM 'sales.csv' GROUP BY region ORDER BY region";
    const { code, stdout, stderr } = await quern([sql], { cwd });
    assert.is(stderr, '');
    assert.is(
      stdout,
      `┌────────┬────────┬────────┐
│ region │      n │  total │
│ string │ bigint │ double │
├────────┼────────┼────────┤
│ north  │      2 │   17.0 │
│ south  │      1 │    2.5 │
└────────┴────────┴────────┘
2 rows, 3 columns
`,
    );
    assert.is(code, 0);
  }));

test('malformed rows that were left out are told', () =>
  withTempFolder(async (cwd) => {
    write(cwd, { 'm.csv': 'x,y\n1,2\n3\n4,5\n6,7,8\n' });
    const { code, stdout, stderr } = await quern(["SELECT * FROM 'm.csv' WITH (mode 'DROPMALFORMED')", '--format', 'csv'], {
      cwd,
    });
    assert.is(stdout, 'x,y\n1,2\n4,5\n');
    assert.is(stderr, 'quern: 2 malformed rows left out.\n');
    assert.is(code, 0);
  }));

const FORMATS: readonly (readonly [name: string, expected: string])[] = [
  ['csv', 'region,amount,note\nnorth,10.0,a\nsouth,2.5,\nnorth,7.0,"x, ""y"""\n'],
  [
    'json',
    '[\n  {"region":"north","amount":10,"note":"a"},\n  {"region":"south","amount":2.5,"note":null},\n  {"region":"north","amount":7,"note":"x, \\"y\\""}\n]\n',
  ],
  [
    'jsonl',
    '{"region":"north","amount":10,"note":"a"}\n{"region":"south","amount":2.5,"note":null}\n{"region":"north","amount":7,"note":"x, \\"y\\""}\n',
  ],
  [
    'markdown',
    '| region | amount | note |\n| --- | ---: | --- |\n| north | 10.0 | a |\n| south | 2.5 | *NULL* |\n| north | 7.0 | x, "y" |\n',
  ],
];

for (const [format, expected] of FORMATS) {
  test(`--format ${format}, and -o with its extension`, () =>
    withTempFolder(async (cwd) => {
      write(cwd, FILES);
      const direct = await quern(["SELECT * FROM 'sales.csv'", '--format', format], { cwd });
      assert.is(direct.stderr, '');
      assert.is(direct.stdout, expected);
      const file = `out.${format === 'markdown' ? 'md' : format}`;
      const written = await quern(["SELECT * FROM 'sales.csv'", '-o', file], { cwd });
      assert.equal([written.code, written.stdout, written.stderr], [0, '', '']);
      assert.is(readFileSync(join(cwd, file), 'utf8'), expected);
    }));
}

test('a script runs statement by statement', () =>
  withTempFolder(async (cwd) => {
    write(cwd, {
      ...FILES,
      'a.sql':
        "\ufeffCREATE TEMP VIEW big AS SELECT * FROM 'sales.csv' WHERE amount > 5;\n-- two results\nSELECT count(*) AS n FROM big;\nSELECT 1 AS one;",
    });
    const file = await quern(['-f', 'a.sql', '--format', 'jsonl'], { cwd });
    assert.equal([file.code, file.stdout, file.stderr], [0, '{"n":2}\n{"one":1}\n', '']);
    const piped = await quern(['--format', 'jsonl'], { cwd, stdin: 'SELECT 1 AS a; SELECT 2 AS b' });
    assert.equal([piped.code, piped.stdout, piped.stderr], [0, '{"a":1}\n{"b":2}\n', '']);
  }));

test('data on standard input', () =>
  withTempFolder(async (folder) => {
    const env = { TMPDIR: folder };
    const { code, stdout, stderr } = await quern(["SELECT region, amount FROM '-' WHERE region = 'north'", '--format', 'csv'], {
      stdin: SALES,
      env,
    });
    assert.equal([code, stdout, stderr], [0, 'region,amount\nnorth,10.0\nnorth,7.0\n', '']);
    const head = await quern(['head', '-', '-n', '1', '--format', 'jsonl'], { stdin: SALES, env });
    assert.equal([head.code, head.stdout, head.stderr], [0, '{"region":"north","amount":10,"note":"a"}\n', '']);
    const options = await quern(["SELECT sum(n) AS s FROM '-' WITH (nullValue = 'NA', sep = ';')", '--format', 'csv'], {
      stdin: 'k;n\na;1\nb;NA\nc;5\n',
    });
    assert.is(options.stdout, 's\n6\n');
    const left = readdirSync(folder).filter((name) => name.startsWith('quern-'));
    assert.equal(left, [], 'the spool file is gone');
  }));

test('SQL and data cannot both be standard input', async () => {
  const { code, stderr } = await quern([], { stdin: "SELECT * FROM '-'" });
  assert.is(code, 2);
  assert.is(
    stderr,
    "quern: FROM '-' reads data from standard input, which holds the SQL text already. Give the SQL as an argument or with --file.\n" +
      'quern --help lists the commands and options.\n',
  );
});

test('head and describe', () =>
  withTempFolder(async (cwd) => {
    write(cwd, FILES);
    const head = await quern(['head', 'sales.csv', '-n', '2', '--format', 'csv'], { cwd });
    assert.equal([head.code, head.stdout, head.stderr], [0, 'region,amount,note\nnorth,10.0,a\nsouth,2.5,\n', '']);
    const describe = await quern(['describe', 'sales.csv', '--format', 'csv'], { cwd });
    assert.is(describe.stderr, '');
    assert.match(describe.stdout, /^column,type,note\nregion,string,.*\namount,double,.*\nnote,string,.*\n$/);
    const table = await quern(['describe', 'sales.csv'], { cwd });
    assert.match(table.stdout, /│ amount +│ double/);
    assert.is(table.code, 0);
  }));

test('errors of the query: 1, with line and column of the script', async () => {
  const { code, stdout, stderr } = await quern([], { stdin: 'SELECT 1 AS a;\nSELECT b\nFROM (SELECT 1 AS a)' });
  assert.is(code, 1);
  assert.match(stdout, /1 row, 1 column/);
  assert.match(stderr, /^quern: .*b.*/);
  assert.match(stderr, /line 2, column 8:\n {2}SELECT b\n {9}\^\n$/);
  assert.not.match(stderr, /\n +at /);
  const debug = await quern(['SELECT b'], { env: { QUERN_DEBUG: '1' } });
  assert.match(debug.stderr, /\n +at /);
  const zero = await quern(['SELECT 1 / (id - id) FROM range(3)']);
  assert.is(zero.code, 1);
  assert.match(zero.stderr, /DIVIDE_BY_ZERO|[Dd]ivision by zero/);
});

test('errors of the command line: 2', async () => {
  const { code, stdout, stderr } = await quern(['--fromat', 'csv', 'SELECT 1']);
  assert.equal([code, stdout], [2, '']);
  assert.is(stderr, 'quern: Unknown option --fromat. Did you mean --format?\nquern --help lists the commands and options.\n');
});

test('errors of the data: 3', () =>
  withTempFolder(async (cwd) => {
    const missing = await quern(["SELECT * FROM 'nowhere.csv'"], { cwd });
    assert.is(missing.code, 3, missing.stderr);
    assert.match(missing.stderr, /nowhere\.csv/);
    const script = await quern(['-f', 'nowhere.sql'], { cwd });
    assert.is(script.code, 3, script.stderr);
    assert.is(script.stderr, "quern: ENOENT: no such file or directory, open 'nowhere.sql'\n");
  }));

test('limits: 4', async () => {
  const { code, stderr } = await quern(['SELECT * FROM range(50000000) ORDER BY id DESC', '--memory', '64m', '--workers', '1']);
  assert.is(code, 4, stderr);
  assert.match(stderr, /^quern: .*memory/i);
});

test('what fails leaves no output file, and an old one as it was', () =>
  withTempFolder(async (cwd) => {
    write(cwd, { 'old.jsonl': 'old\n' });
    const { code } = await quern(['SELECT 1 / (id - id) AS x FROM range(3)', '-o', 'old.jsonl'], { cwd });
    assert.is(code, 1);
    assert.is(readFileSync(join(cwd, 'old.jsonl'), 'utf8'), 'old\n');
    await quern(['SELECT 1 / (id - id) AS x FROM range(3)', '-o', 'new.jsonl'], { cwd });
    assert.equal(readdirSync(cwd), ['old.jsonl']);
  }));

test('output into a device, and through a link', () =>
  withTempFolder(async (cwd) => {
    const device = await quern(['SELECT 1 AS a', '-o', '/dev/null'], { cwd });
    assert.equal([device.code, device.stderr, existsSync('/dev/null')], [0, '', true]);
    write(cwd, { 'real.jsonl': '' });
    symlinkSync('real.jsonl', join(cwd, 'link.jsonl'));
    await quern(['SELECT 1 AS a', '-o', 'link.jsonl'], { cwd });
    assert.is(readFileSync(join(cwd, 'real.jsonl'), 'utf8'), '{"a":1}\n');
  }));

test('hostile data in a table, and in an error', () =>
  withTempFolder(async (cwd) => {
    write(cwd, { 'x.csv': 'name,v\n"\x1b[2J\x1b]0;owned\x07",1\n"two\nlines",2\n' });
    const { stdout } = await quern(["SELECT * FROM 'x.csv'"], { cwd });
    assert.ok(stdout.includes('│ \\x1b[2J\\x1b]0;owned\\x07 │'), stdout);
    assert.ok(stdout.includes('│ two\\nlines'), stdout);
    assert.not.match(stdout, /\x1b/);
    const { stderr, code } = await quern(["SELECT CAST(name AS int) FROM 'x.csv'"], { cwd });
    assert.is(code, 1, stderr);
    assert.not.match(stderr, /\x1b/);
  }));

test('columns of one name are all shown', async () => {
  const { stdout, stderr } = await quern(['SELECT 1 AS a, 2 AS a, 3 AS b', '--format', 'csv']);
  assert.equal([stdout, stderr], ['a,a,b\n1,2,3\n', '']);
});

test('a table keeps first and last rows and tells how many there were', async () => {
  const { stdout } = await quern(['SELECT id FROM range(1000)', '--max-rows', '4']);
  assert.match(stdout, /│ +0 │\n│ +1 │\n│ +⋮ │\n│ +998 │\n│ +999 │\n└─+┘\n1,000 rows \(4 shown\), 1 column\n$/);
});

test('COLUMNS sets the width of a table in a pipe', async () => {
  const { stdout } = await quern(["SELECT 'a long text that will not fit' AS text"], { env: { COLUMNS: '20' } });
  assert.ok(stdout.includes('│ a long text tha… │'), stdout);
});

test('the plan', async () => {
  const explain = await quern(['SELECT id + 1 AS next FROM range(3)', '--explain']);
  assert.equal([explain.code, explain.stderr], [0, '']);
  assert.match(explain.stdout, /range/i);
  assert.not.match(explain.stdout, /│/);
  const statement = await quern(['EXPLAIN SELECT id + 1 AS next FROM range(3)']);
  assert.is(statement.stdout, explain.stdout);
});

test('the time', async () => {
  const { stderr, stdout } = await quern(['SELECT 1 AS a', '--timing', '--format', 'csv']);
  assert.is(stdout, 'a\n1\n');
  assert.match(stderr, /^Time: \d+\.\d+ s \(1 row\)\n$/);
});

test('help and version', async () => {
  const help = await quern(['--help']);
  assert.equal([help.code, help.stderr], [0, '']);
  assert.match(help.stdout, /^quern: SQL over files/);
  const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { version: string };
  assert.is((await quern(['--version'])).stdout, `quern ${version}\n`);
});

test.run();
