// Builds dist/: AssemblyScript kernels to one wasm file, TypeScript to JavaScript, both to the package's few files. Nothing is done twice.
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { BUNDLED, bundle } from './bundle.mjs';
import { exec, mustExec, tool } from './exec.mjs';
import { hashFiles, listFiles, once, root } from './stamp.mjs';
import { sectionNames } from './wasm-sections.mjs';

const ASSEMBLY = 'lib/kernels/assembly';
const WASM = 'dist/lib/kernels/kernels.wasm';
const SOURCES = ['lib', 'workers', 'benchmarks', 'tests', 'demo'];
const MEMORY_PAGES = '65536';

const ASC_FLAGS = [
  '-O3', '--noAssert', '--runtime', 'stub',
  '--importMemory', '--sharedMemory', '--initialMemory', MEMORY_PAGES, '--maximumMemory', MEMORY_PAGES,
  '--enable', 'simd', '--enable', 'threads', '--enable', 'bulk-memory',
  '--memoryBase', '1024', '--use', 'abort=',
]; // prettier-ignore

export async function build() {
  await buildKernels();
  await buildTypeScript();
  await buildPackage();
}

async function buildKernels() {
  const files = listFiles([ASSEMBLY], (path) => path.endsWith('.ts'));
  if (!files.includes(`${ASSEMBLY}/index.ts`)) return;
  const value = hashFiles(files, ASC_FLAGS.join(' ') + toolVersion('assemblyscript'));
  await once('dist/.kernels-stamp', value, [WASM], async () => {
    mkdirSync(join(root, 'dist/lib/kernels'), { recursive: true });
    const fresh = `${WASM}.new`;
    const asc = tool('assemblyscript/bin/asc.js');
    await mustExec('Compiling the kernels', process.execPath, [asc, `${ASSEMBLY}/index.ts`, '-o', fresh, ...ASC_FLAGS]);
    refuseData(fresh);
    renameSync(join(root, fresh), join(root, WASM));
  });
}

function refuseData(file) {
  const sections = sectionNames(readFileSync(join(root, file)));
  const bad = sections.filter((name) => name === 'data' || name === 'start');
  if (bad.length === 0) return;
  rmSync(join(root, file));
  console.error(
    `The kernels have a ${bad.join(' and a ')} section. All executors share one memory: every further instance would write\n` +
      'its segments over live data. Some kernel uses a string, a static array, a global with an initialiser that allocates,\n' +
      'or `throw`. Build tables at run time through a pointer instead.',
  );
  process.exit(1);
}

async function buildTypeScript() {
  const files = listFiles([...SOURCES, 'types', 'tsconfig.json'], (path) => !path.startsWith(`${ASSEMBLY}/`));
  const value = hashFiles(files, toolVersion('typescript'));
  await once('dist/.typescript-stamp', value, ['dist/.tsbuildinfo'], async () => {
    removeStale(new Set(files));
    // tsc's incremental state does not notice new global declarations.
    const globals = hashFiles(listFiles(['types', 'tsconfig.json']));
    await once('dist/.globals-stamp', globals, [], async () => rmSync(join(root, 'dist/.tsbuildinfo'), { force: true }));
    const code = await exec(process.execPath, [tool('typescript/bin/tsc'), '-p', 'tsconfig.json']);
    if (code !== 0) {
      console.error('Type checking failed.');
      process.exit(1);
    }
  });
}

async function buildPackage() {
  const built = listFiles(['dist/lib', 'dist/workers', 'scripts/bundle.mjs'], (path) => /\.(c?js|mjs|wasm)$/.test(path));
  await once('dist/.package-stamp', hashFiles(built, toolVersion('rolldown')), BUNDLED, bundle);
}

/** Built files whose source is gone: a deleted test must not run on. */
function removeStale(sources) {
  if (!existsSync(join(root, 'dist'))) return;
  const built = listFiles(
    SOURCES.map((folder) => `dist/${folder}`),
    (path) => /\.(js|d\.ts)$/.test(path),
  );
  for (const path of built) {
    const source = path.slice('dist/'.length).replace(/(\.d\.ts|\.js)$/, '.ts');
    if (!sources.has(source)) rmSync(join(root, path));
  }
  for (const path of built) removeEmptyFolder(path.slice(0, path.lastIndexOf('/')));
}

function removeEmptyFolder(path) {
  const full = join(root, path);
  if (existsSync(full) && readdirSync(full).length === 0) rmdirSync(full);
}

function toolVersion(name) {
  return JSON.parse(readFileSync(tool(`${name}/package.json`), 'utf8')).version;
}
