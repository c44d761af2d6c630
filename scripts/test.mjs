// Runs the built test files: each its own process, two at a time, a hung or crashed file counts as failed.
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { listFiles, root } from './stamp.mjs';

const FILE_TIMEOUT_MS = 420_000;
const OUTPUT_BYTES_MAX = 4 << 20;

export async function runTests({ patterns = [], node = process.execPath }) {
  const all = listFiles(['dist/tests'], (path) => path.endsWith('.test.js'));
  const files = all.filter((path) => patterns.length === 0 || patterns.some((pattern) => path.includes(pattern)));
  if (files.length === 0) {
    console.error(`No test file matches ${patterns.join(' or ')}. There are ${all.length} test files.`);
    return 2;
  }
  const sum = { passed: 0, failed: 0, skipped: 0 };
  const failures = [];
  const queue = files.slice();
  const lane = async () => {
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
      const result = await runFile(node, file);
      report(result);
      if (result.failed > 0) failures.push(result);
      for (const key of Object.keys(sum)) sum[key] += result[key];
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(2, availableParallelism())) }, lane));
  for (const { file, why } of failures) console.log(`FAILED ${sourceOf(file)}${why ? `: ${why}` : ''}`);
  console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
  return sum.failed === 0 ? 0 : 1;
}

const sourceOf = (file) => file.replace(/^dist\//, '').replace(/\.js$/, '.ts');

function report({ file, passed, failed, skipped, seconds, output, why }) {
  const counts = `${passed} passed${failed ? `, ${failed} failed` : ''}${skipped ? `, ${skipped} skipped` : ''}`;
  console.log(`${failed ? '✗' : '✓'} ${sourceOf(file)}  ${counts}  ${seconds.toFixed(1)} s`);
  if (failed > 0) console.log(`${output.trimEnd()}\n${why ? `  ${why}\n` : ''}`);
}

function runFile(node, file) {
  return new Promise((resolve) => {
    const start = performance.now();
    const child = spawn(node, ['--unhandled-rejections=strict', file], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
      env: { ...process.env, NODE_ENV: 'test', FORCE_COLOR: '0' },
    });
    let output = '';
    const take = (text) => {
      if (output.length < OUTPUT_BYTES_MAX) output += text;
    };
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', take);
    let hung = false;
    const timer = setTimeout(() => {
      hung = true;
      killTree(child);
    }, FILE_TIMEOUT_MS);
    child.on('error', (error) => take(`${error.message}\n`));
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      const seconds = (performance.now() - start) / 1000;
      resolve({ file, output, seconds, ...judge(output, code, signal, hung) });
    });
  });
}

/** The file's own children (executors, command lines) go with it. */
function killTree(child) {
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}

/** uvu's summary, distrusted: the exit code and the presence of a summary decide. */
function judge(output, code, signal, hung) {
  const read = (label) => [...output.matchAll(new RegExp(`^\\s*${label}:\\s+(\\d+)`, 'gm'))];
  const add = (matches) => matches.reduce((sum, match) => sum + Number(match[1]), 0);
  const summaries = read('Total');
  const total = add(summaries);
  const passed = add(read('Passed'));
  const skipped = add(read('Skipped'));
  const failed = Math.max(0, total - passed);
  if (hung) return { passed, skipped, failed: failed + 1, why: `did not end within ${FILE_TIMEOUT_MS / 1000} s and was stopped` };
  if (summaries.length === 0) {
    const end = signal === null ? `exit code ${code}` : `signal ${signal}`;
    return { passed: 0, skipped: 0, failed: 1, why: `ended without a test summary (${end})` };
  }
  if (code === 0) return { passed, skipped, failed };
  if (failed > 0) return { passed, skipped, failed };
  return { passed, skipped, failed: 1, why: `crashed after its tests (${signal ?? `exit code ${code}`})` };
}
