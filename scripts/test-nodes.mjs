// Runs the built tests on the newest Node 24 and 26, fetched as the npm package `node` into a cache folder.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mustExec, npm } from './exec.mjs';
import { root } from './stamp.mjs';
import { runTests } from './test.mjs';

const VERSIONS = ['24', '26'];
const CACHE = '.cache/nodes';

export async function testNodes(patterns) {
  let worst = 0;
  for (const version of VERSIONS) {
    const node = await nodeBinary(version);
    console.log(`\nNode ${version}`);
    worst = Math.max(worst, await runTests({ patterns, node }));
  }
  return worst;
}

async function nodeBinary(version) {
  const folder = join(root, CACHE, version);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  // Asked each time: "the newest 24" moves. npm fetches nothing when it has not.
  const [command, args] = npm(['install', '--no-audit', '--no-fund', '--no-package-lock', '--no-save', `node@${version}`]);
  await mustExec(`Installing node@${version}`, command, args, { cwd: folder });
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const path = join(folder, 'node_modules/node/bin', name);
  if (!existsSync(path)) throw new Error(`The package node@${version} has no ${path}.`);
  return path;
}
