import { readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import * as layout from '../../lib/memory/layout.js';
import { projectPath } from '../support/paths.js';
import { suite } from '../support/suite.js';

const test = suite('layout');
const host: Readonly<Record<string, unknown>> = layout;

test('kernels and their host agree on where things lie in memory', () => {
  const text = readFileSync(projectPath('lib/kernels/assembly/layout.ts'), 'utf8');
  const constants = [...text.matchAll(/^export const (\w+): \w+ = (\w+);/gm)];
  assert.is(constants.length, text.match(/^export const/gm)!.length, 'a constant that this test cannot read');
  const different = constants
    .map(([, name, value]) => ({ name: name!, kernels: Number(value), host: host[name!] }))
    .filter((constant) => constant.kernels !== constant.host);
  assert.equal(different, []);
});

test.run();
