// The one entry of every npm script: installs and builds what is missing, then does the work.
import { exec, tool } from './exec.mjs';
import { install } from './prepare.mjs';

const [command = '', ...args] = process.argv.slice(2);

async function built() {
  await install();
  const { build } = await import('./build.mjs');
  await build();
}

const node = (script, rest = args) => exec(process.execPath, [script, ...rest]);

const COMMANDS = {
  build: async () => (await built(), 0),
  demo: async () => (await built(), node('dist/demo/main.js')),
  test: async () => (await built(), (await import('./test.mjs')).runTests({ patterns: args })),
  'test:nodes': async () => (await built(), (await import('./test-nodes.mjs')).testNodes(args)),
  fuzz: async () => (await built(), node('dist/tests/fuzz/main.js')),
  bench: async () => (await built(), node('dist/benchmarks/run.js')),
  lint: async () => (await install(), node(tool('oxlint/bin/oxlint'), ['--type-aware', ...args])),
  format: async () => (await install(), node(tool('oxfmt/bin/oxfmt'))),
  api: async () => (await built(), (await import('./api-report.mjs')).apiReport({ update: true })),
};

if (!Object.hasOwn(COMMANDS, command)) {
  console.error(`Unknown command "${command}". Commands: ${Object.keys(COMMANDS).join(', ')}.`);
  process.exit(2);
}
process.exitCode = await COMMANDS[command]();
