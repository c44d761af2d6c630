import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { extensionOfHead } from '../../lib/cli/stdin.js';
import { schemaDdl, schemaJson } from '../../lib/cli/schema.js';
import { parseSchema } from '../../lib/sql/index.js';
import { suite } from '../support/suite.js';
import { withTempFolder } from '../support/temp-folder.js';
import { quern, write } from './run-quern.js';

const test = suite('commands over files');

const JSON_LINES = '{"id":1,"at":"a"}\n{"id":2,"at":null}\n';

function partitioned(cwd: string): void {
  for (const year of [2023, 2024]) {
    mkdirSync(join(cwd, `sales/year=${year}`), { recursive: true });
    write(cwd, { [`sales/year=${year}/a.csv`]: `n\n${year - 2020}\n` });
  }
}

test('head, describe and schema of any format, and of many files', () =>
  withTempFolder(async (cwd) => {
    partitioned(cwd);
    write(cwd, { 'a.jsonl': JSON_LINES });
    const out = async (...args: readonly string[]): Promise<string> => {
      const { code, stdout, stderr } = await quern(args, { cwd });
      assert.equal([code, stderr], [0, ''], args.join(' '));
      return stdout;
    };
    assert.is(await out('head', 'a.jsonl', '--format', 'csv', '-n', '1'), 'at,id\na,1\n');
    assert.is(await out('head', 'sales', '--format', 'csv'), 'n,year\n3,2023\n4,2024\n');
    assert.is(await out('head', 'sales', '--format', 'csv', '--option', 'hivePartitioning=false'), 'n\n3\n4\n');
    assert.is(await out('schema', 'a.jsonl'), 'root\n |-- at: string (nullable = true)\n |-- id: bigint (nullable = true)\n');
    assert.is(await out('schema', 'sales/**/*.csv', '--format', 'ddl'), 'n int, year int\n');
    assert.is(await out('describe', 'a.jsonl', '--format', 'csv'), 'column,type,note\nat,string,\nid,bigint,\n');
    const table = await out('describe', 'sales');
    assert.ok(table.startsWith("format csv\nfiles 2\nbytes 8\ndelimiter ','\nquote '\"'\nescape '\"'\nheader yes\n\n"), table);
    assert.match(table, '│ year   │ int    │ from the names of directories │');
    const missing = await quern(['schema', 'nothing.csv'], { cwd });
    assert.equal([missing.code, missing.stderr], [3, "quern: Path does not exist: 'nothing.csv'.\n"]);
  }));

test('convert, and the modes it has', () =>
  withTempFolder(async (cwd) => {
    partitioned(cwd);
    const run = (...args: readonly string[]) => quern(['convert', ...args], { cwd });
    const first = await run('sales', 'out.jsonl', '--timing');
    assert.equal([first.code, first.stdout], [0, '']);
    assert.match(first.stderr, /^Time: .* \(2 rows, /);
    assert.is(readFileSync(join(cwd, 'out.jsonl'), 'utf8'), '{"n":3,"year":2023}\n{"n":4,"year":2024}\n');
    const again = await run('sales', 'out.jsonl');
    assert.equal([again.code, again.stderr], [3, "quern: 'out.jsonl' exists already. Mode 'overwrite' replaces it.\n"]);
    const over = await run('out.jsonl', 'out.csv', '--option', 'sep=;');
    assert.equal([over.code, over.stderr], [0, '']);
    assert.is(readFileSync(join(cwd, 'out.csv'), 'utf8'), 'n;year\n3;2023\n4;2024\n');
    const back = await run('out.csv', 'out.jsonl', '--read-option', 'sep=;', '--mode', 'overwrite');
    assert.equal([back.code, back.stderr], [0, '']);
    assert.is(readFileSync(join(cwd, 'out.jsonl'), 'utf8'), '{"n":3,"year":2023}\n{"n":4,"year":2024}\n');
    assert.is((await run('out.csv')).code, 2);
    const unknown = await run('out.csv', 'out.xlsx');
    assert.equal([unknown.code, existsSync(join(cwd, 'out.xlsx'))], [1, false]);
    assert.match(unknown.stderr, /^quern: The end of 'out\.xlsx' tells no format\. Ends that do: csv, tsv, /);
  }));

test('-o with the ending of a format that the engine writes', () =>
  withTempFolder(async (cwd) => {
    const { code, stdout, stderr } = await quern(['SELECT id, id * 2 AS d FROM range(3)', '-o', 'out.parquet'], { cwd });
    assert.equal([code, stdout, stderr], [0, '', '']);
    const bytes = readFileSync(join(cwd, 'out.parquet'));
    assert.equal([bytes.toString('latin1', 0, 4), bytes.toString('latin1', bytes.length - 4)], ['PAR1', 'PAR1']);
  }));

test('meta of a Parquet file', () =>
  withTempFolder(async (cwd) => {
    const written = await quern(['SELECT id, id * 2 AS d FROM VALUES (0), (1), (2) AS t(id)', '-o', 'out.parquet'], { cwd });
    assert.equal([written.code, written.stderr], [0, '']);
    const csv = await quern(['meta', 'out.parquet', '--format', 'csv'], { cwd });
    assert.equal([csv.code, csv.stderr], [0, '']);
    const [head, first, second] = csv.stdout.split('\n');
    assert.is(head, 'group,column,type,stored,codec,encodings,values,bytes,ratio,nulls,min,max,extras');
    assert.match(first!, /^0,id,int,int32,snappy,[a-z_0-9 ]+,3,\d+,[\d.]+,0?,0,2,/);
    assert.match(second!, /^0,d,int,int32,snappy,[a-z_0-9 ]+,3,\d+,[\d.]+,0?,0,4,/);
    const table = await quern(['meta', 'out.parquet'], { cwd });
    assert.match(table.stdout, /^\d+ B, \d+ B of them footer\n3 rows in 1 row group\nwritten by quern[^\n]*\n\n┌/);
    const wrong = await quern(['meta', 'out.csv'], { cwd });
    assert.is(wrong.code, 3);
  }));

test('standard input of any format', async () => {
  const json = await quern(["SELECT sum(id) AS s FROM '-'", '--format', 'csv'], { stdin: JSON_LINES });
  assert.equal([json.code, json.stdout, json.stderr], [0, 's\n3\n', '']);
  const head = await quern(['schema', '-', '--format', 'ddl'], { stdin: 'a,b\n1,x\n' });
  assert.equal([head.code, head.stdout, head.stderr], [0, 'a int, b string\n', '']);
});

test('what the first bytes tell', () => {
  const cases: readonly [head: string, extension: string][] = [
    ['a,b\n1,2\n', 'csv'],
    ['', 'csv'],
    ['{"a":1}\n', 'json'],
    [' \n{ }\n', 'json'],
    ['[{"a":1}]', 'json'],
    ['[]', 'json'],
    ['\xef\xbb\xbf{"a":1}', 'json'],
    ['{a},b\n', 'csv'],
    ['[a],b\n', 'csv'],
    ['PAR1\x15\x04', 'parquet'],
    ['ARROW1\0\0', 'arrow'],
    ['\x1f\x8b\x08', 'csv.gz'],
  ];
  for (const [head, extension] of cases) assert.is(extensionOfHead(Buffer.from(head, 'latin1')), extension, head);
});

test('schemas as text', () => {
  const types =
    'a int, `b c` bigint NOT NULL, `d``e` decimal(10,2), l array<smallint>, m map<string,date>, s struct<x:tinyint,y:array<double>>';
  const schema = parseSchema(types);
  assert.is(schemaDdl(schema), types);
  assert.equal(parseSchema(schemaDdl(schema)), schema);
  const json = JSON.parse(schemaJson(schema)) as { fields: { type: unknown }[] };
  assert.equal(
    json.fields.map(({ type }) => type),
    [
      'integer',
      'long',
      'decimal(10,2)',
      { type: 'array', elementType: 'short', containsNull: true },
      { type: 'map', keyType: 'string', valueType: 'date', valueContainsNull: true },
      {
        type: 'struct',
        fields: [
          { name: 'x', type: 'byte', nullable: true, metadata: {} },
          { name: 'y', type: { type: 'array', elementType: 'double', containsNull: true }, nullable: true, metadata: {} },
        ],
      },
    ],
  );
});

test.run();
