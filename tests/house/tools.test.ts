import { existsSync, readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { projectPath } from '../support/paths.js';
import { runNode } from '../support/run-process.js';
import { suite } from '../support/suite.js';

const TIMEOUT = { timeoutMs: 120_000 };
const test = suite('tools');

async function expectSuccess(hint: string, script: string, args: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await runNode([projectPath(script), ...args], TIMEOUT);
  assert.is(code, 0, `${hint}\n${stdout}${stderr}`);
}

test('lint finds nothing', () => expectSuccess('npm run lint', 'node_modules/oxlint/bin/oxlint', ['--type-aware']), TIMEOUT);

test('the code is formatted', () => expectSuccess('npm run format', 'node_modules/oxfmt/bin/oxfmt', ['--check']), TIMEOUT);

test(
  'the public surface is the one checked in',
  () =>
    expectSuccess(
      'The public surface changed: npm run api, then review api/quern.api.md',
      'node_modules/@microsoft/api-extractor/bin/api-extractor',
      ['run', '--config', projectPath('api-extractor.json')],
    ),
  TIMEOUT,
);

test('the lock file names no registry and no machine', () => {
  const lock = readFileSync(projectPath('package-lock.json'), 'utf8');
  assert.not.match(lock, /"resolved"/);
});

test('dependencies are pinned', () => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(projectPath('package.json'), 'utf8')) as Record<
    string,
    Record<string, string>
  >;
  const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(([, version]) => !/^\d+\.\d+\.\d+/.test(version));
  assert.equal(loose, []);
});

test('the licence is there', () => assert.ok(existsSync(projectPath('LICENSE'))));

test.run();
