import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { projectPath } from '../support/paths.js';
import { runProcess, type ProcessResult } from '../support/run-process.js';
import { suite } from '../support/suite.js';
import { withTempFolder } from '../support/temp-folder.js';

const TIMEOUT = { timeoutMs: 120_000 };
const BYTES_MAX = 5 << 20;
const PROMISED =
  /^(package\.json|README\.md|LICENSE|CHANGELOG\.md|dist\/lib\/[\w/.-]+\.d\.ts|dist\/package\/[\w-]+\.(c?js|wasm))$/;

const test = suite('package');

interface Manifest {
  readonly name: string;
  readonly exports: Record<string, Record<string, string>>;
  readonly bin: Record<string, string>;
  readonly dependencies: Record<string, string>;
}

interface PackReport {
  readonly filename: string;
  readonly unpackedSize: number;
  readonly files: readonly { path: string }[];
}

const manifest = JSON.parse(readFileSync(projectPath('package.json'), 'utf8')) as Manifest;

const npm = (args: readonly string[], cwd?: string): Promise<ProcessResult> =>
  runProcess('npm', args, { ...TIMEOUT, ...(cwd !== undefined && { cwd }) });

async function pack(args: readonly string[]): Promise<PackReport> {
  const { code, stdout, stderr } = await npm(['pack', '--json', '--ignore-scripts', ...args]);
  assert.is(code, 0, stderr);
  return (JSON.parse(stdout) as PackReport[])[0]!;
}

test(
  'holds what it promises and nothing else',
  async () => {
    const { files, unpackedSize } = await pack(['--dry-run']);
    const paths = files.map((file) => file.path);
    assert.equal(
      paths.filter((path) => !PROMISED.test(path)),
      [],
    );
    for (const needed of ['dist/package/index.js', 'dist/lib/index.d.ts', 'dist/package/kernels.wasm', 'LICENSE']) {
      assert.ok(paths.includes(needed), `${needed} is missing`);
    }
    assert.ok(unpackedSize < BYTES_MAX, `${unpackedSize} bytes`);
  },
  TIMEOUT,
);

test('its files are written to be loaded fast', () => {
  const folder = projectPath('dist/package');
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.js'))) {
    const text = readFileSync(join(folder, name), 'utf8');
    assert.not.match(text, /[^\x00-\x7f]/, `${name} has characters beyond ASCII`);
    assert.not.match(text, /from\s*"node:/, `${name} imports modules of Node`);
  }
});

test('has one door', () => assert.equal(Object.keys(manifest.exports), ['.']));

test('its entries exist', () => {
  for (const path of [...Object.values(manifest.exports['.']!), ...Object.values(manifest.bin), 'dist/package/pool-entry.cjs']) {
    assert.ok(existsSync(projectPath(path)), path);
  }
});

test('the command starts with a shebang', () => {
  assert.match(readFileSync(projectPath(manifest.bin['quern']!), 'utf8'), /^#!\/usr\/bin\/env node\n/);
});

/** A query too large to run inline, so that the worker entry is proven too; and each format, which is loaded when it is named. */
const PROGRAM = `
import { Session } from 'quern';
const session = await Session.create({ workers: 1, memory: '256m' });
const rows = await session.sql('SELECT sum(id) AS total, count(*) AS n FROM range(3000000)').collect();
console.log(String(rows[0].total), String(rows[0].n));
for (const format of ['csv', 'json', 'parquet', 'text']) {
  await session.sql('SELECT CAST(id AS string) AS s FROM range(30000)').write.mode('overwrite').format(format).save('out-' + format);
  const read = format === 'text' ? session.read.format(format) : session.read.format(format).schema('s string');
  console.log(format, await read.load('out-' + format).count());
}
await session.close();
try { await import('quern/dist/lib/api/session.js'); } catch (error) { console.log(error.code); }
`;

test(
  'a fresh project installs and uses it',
  () =>
    withTempFolder(async (folder) => {
      const { filename } = await pack(['--pack-destination', folder]);
      assert.ok(statSync(join(folder, filename)).size > 0);
      const project = join(folder, 'project');
      mkdirSync(project);
      const dependencies = { quern: `file:${join(folder, filename)}`, ...localDependencies() };
      writeFileSync(
        join(project, 'package.json'),
        JSON.stringify({ private: true, type: 'module', dependencies, overrides: localDependencies() }),
      );
      const flags = ['--no-audit', '--no-fund', '--prefer-offline', '--install-links', '--ignore-scripts', '--omit=optional'];
      const install = await npm(['install', ...flags], project);
      assert.is(install.code, 0, install.stderr);
      writeFileSync(join(project, 'use.js'), PROGRAM);
      const { code, stdout, stderr } = await runProcess(process.execPath, ['use.js'], { cwd: project, ...TIMEOUT });
      assert.is(
        stdout,
        '4499998500000 3000000\ncsv 30000\njson 30000\nparquet 30000\ntext 30000\nERR_PACKAGE_PATH_NOT_EXPORTED\n',
        stderr,
      );
      assert.is(code, 0);
    }),
  TIMEOUT,
);

/** The dependencies, and theirs, as they are installed here: the test needs no network. */
function localDependencies(): Record<string, string> {
  const found = new Map<string, string>();
  const visit = (names: readonly string[]): void => {
    for (const name of names) {
      if (found.has(name)) continue;
      const folder = projectPath(`node_modules/${name}`);
      found.set(name, `file:${folder}`);
      const { dependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Partial<Manifest>;
      visit(Object.keys(dependencies));
    }
  };
  visit(Object.keys(manifest.dependencies));
  return Object.fromEntries(found);
}

test.run();
