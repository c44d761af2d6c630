// What the package ships: dist/package/, few files instead of some 300 modules, because a program pays for each module it loads (0.3 s of
// start-up became 0.1) and for their length. Functions and classes keep their names, so that stack traces say something.
import { copyFileSync, rmSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { root } from './stamp.mjs';

const OUT = 'dist/package';

/** Modules that are loaded by name, and so keep theirs. */
const ENTRIES = {
  index: 'dist/lib/index.js',
  quern: 'dist/lib/cli/main.js',
  'task-worker': 'dist/workers/task-worker.js',
  'exec-work': 'dist/workers/exec-work.js',
};
/** Files that go beside them. */
const COPIES = ['dist/lib/kernels/kernels.wasm', 'dist/workers/pool-entry.cjs'];

export const BUNDLED = [
  ...Object.keys(ENTRIES).map((name) => `${OUT}/${name}.js`),
  ...COPIES.map((path) => `${OUT}/${basename(path)}`),
];

/** `new URL('<relative>', import.meta.url)` tells where a file lies from its module: in the package, from dist/package. */
const urls = {
  name: 'urls',
  transform: (code, id) =>
    code.replace(/new URL\((['"])(\.[^'"]+)\1, import\.meta\.url\)/g, (_, quote, path) => {
      const target = resolve(dirname(id), path);
      const isBundled = target.startsWith(join(root, 'dist'));
      const from = isBundled ? `./${basename(target)}` : relative(join(root, OUT), target);
      return `new URL(${quote}${from}${quote}, import.meta.url)`;
    }),
};

export async function bundle() {
  const { rolldown } = await import('rolldown');
  rmSync(join(root, OUT), { recursive: true, force: true });
  const build = await rolldown({
    input: Object.fromEntries(Object.entries(ENTRIES).map(([name, path]) => [name, join(root, path)])),
    platform: 'node',
    external: ['piscina', 'acorn'],
    plugins: [urls],
  });
  await build.write({
    dir: join(root, OUT),
    format: 'esm',
    chunkFileNames: '[name]-[hash].js',
    minify: {
      compress: { keepNames: { function: true, class: true } },
      mangle: { keepNames: { function: true, class: true } },
      codegen: { removeWhitespace: true },
    },
  });
  await build.close();
  for (const path of COPIES) copyFileSync(join(root, path), join(root, OUT, basename(path)));
}
