import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as assert from 'uvu/assert';
import { projectPath, projectRoot } from '../support/paths.js';
import { runNode, runProcess } from '../support/run-process.js';
import { suite } from '../support/suite.js';
import { withTempFolder } from '../support/temp-folder.js';
import { blocks, localLinks } from './markdown.js';

const test = suite('README');

const README = readFileSync(projectPath('README.md'), 'utf8');
const all = blocks(README);

/** A folder in which `import 'quern'` is the built package, as in a project that installed it. */
function asDependency(folder: string): void {
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(projectRoot, join(folder, 'node_modules/quern'), 'dir');
}

const examples = all.flatMap((block, i) => (block.language === 'ts' ? [{ block, expected: all[i + 1] }] : []));

test('has six examples, each with what it prints', () => {
  assert.is(examples.length, 6);
  for (const { block, expected } of examples) assert.is(expected?.language, 'text', `line ${block.line}`);
});

for (const { block, expected } of examples) {
  test(`the example of line ${block.line} prints what README says`, () =>
    withTempFolder(async (folder) => {
      asDependency(folder);
      const script = join(folder, 'example.mjs');
      writeFileSync(script, block.text);
      const { code, stdout, stderr } = await runNode([script]);
      assert.is(stderr, '');
      assert.is(stdout, expected!.text);
      assert.is(code, 0);
    }));
}

test(
  'the examples are right for TypeScript in strict mode too',
  () =>
    withTempFolder(async (folder) => {
      asDependency(folder);
      symlinkSync(projectPath('node_modules/@types'), join(folder, 'node_modules/@types'), 'dir');
      examples.forEach(({ block }, i) => writeFileSync(join(folder, `example-${i}.mts`), block.text));
      const compilerOptions = {
        strict: true,
        noEmit: true,
        target: 'ES2022',
        lib: ['ES2023', 'ESNext.Disposable'],
        module: 'NodeNext',
        types: ['node'],
      };
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.mts'] }));
      const { code, stdout } = await runNode([projectPath('node_modules/typescript/bin/tsc'), '-p', folder]);
      assert.is(stdout, '');
      assert.is(code, 0);
    }),
  { timeoutMs: 60_000 },
);

/** The commands that need nothing but this repository, with node in the place of npx. */
const commands = all
  .filter(({ language }) => language === 'sh')
  .flatMap(({ text }) => text.split('\n'))
  .filter((line) => line.startsWith('npx quern') && line.includes('demo/data/'));

test('has commands to try', () => assert.ok(commands.length >= 3));

for (const command of commands) {
  test.when(process.platform !== 'win32')(command, async () => {
    const main = projectPath('dist/package/quern.js');
    const { code, stdout, stderr } = await runProcess('sh', [
      '-c',
      command.replace('npx quern', `"${process.execPath}" "${main}"`),
    ]);
    assert.is(stderr, '');
    assert.match(stdout, /rows?, \d+ columns?/);
    assert.is(code, 0);
  });
}

for (const name of [
  'README.md',
  'ARCHITECTURE.md',
  'DECISIONS.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'demo/data/README.md',
  'benchmarks/README.md',
]) {
  test(`links of ${name} lead somewhere`, () => {
    const links = localLinks(readFileSync(projectPath(name), 'utf8'));
    const broken = links.filter((link) => !existsSync(projectPath(join(dirname(name), link))));
    assert.equal(broken, []);
  });
}

test.run();
