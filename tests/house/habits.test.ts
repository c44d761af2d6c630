import * as assert from 'uvu/assert';
import { suite } from '../support/suite.js';
import { isAssembly, places, sourceFiles } from './source-files.js';

const LINES_MAX = 700;

const test = suite('habits');
const all = sourceFiles(['lib', 'workers', 'benchmarks', 'tests', 'demo']);
const typed = all.filter((file) => !isAssembly(file));

test('no file is longer than a reader can hold', () => {
  const long = all
    .map(({ path, text }) => `${path}: ${text.split('\n').length} lines`)
    .filter((line) => Number(/(\d+) lines$/.exec(line)![1]) > LINES_MAX);
  assert.equal(long, []);
});

// Written apart, so that this file does not find itself.
const LATER = new RegExp(`\\b(${['TO', 'DO'].join('')}|${['FIX', 'ME'].join('')}|${['XX', 'X'].join('')})\\b`);
const SILENCED = new RegExp(`@ts-(${['ign', 'ore'].join('')}|expect-error|nocheck)`);

test('nothing is put off in a comment', () => {
  assert.equal(
    all.flatMap((file) => places(file, LATER, file.text)),
    [],
  );
});

test('the type checker is not silenced', () => {
  assert.equal(
    typed.flatMap((file) => places(file, SILENCED, file.text)),
    [],
  );
  assert.equal(
    typed.flatMap((file) => places(file, /\bas any\b|:\s*any\b(?!['"`])/)),
    [],
  );
});

test('no test is left focused', () => {
  const tests = typed.filter((file) => file.path.endsWith('.test.ts'));
  assert.equal(
    tests.flatMap((file) => places(file, /\.only\(/)),
    [],
  );
});

test('every test file runs its suite', () => {
  const silent = typed.filter(({ path, text }) => path.endsWith('.test.ts') && !text.includes('.run()')).map((file) => file.path);
  assert.equal(silent, []);
});

test.run();
