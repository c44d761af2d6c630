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

/** `load('<relative>')` loads a module when it is first needed: in the package, a file named for the module's path. */
const onDemand = {
  name: 'on demand',
  transform(code, id) {
    if (!code.includes('createRequire(import.meta.url)')) return code;
    return code.replace(/\bload\((['"])(\.[^'"]+)\1\)/g, (_, quote, path) => {
      const target = resolve(dirname(id), path);
      const fileName = relative(join(root, 'dist/lib'), target).replace(/^io\//, '').replaceAll(/[\\/]/g, '-');
      this.emitFile({ type: 'chunk', id: target, fileName });
      return `load(${quote}./${fileName}${quote})`;
    });
  },
};

/**
 * Node's own modules as plain objects: as imports each of them is wrapped into an ES module first, all its getters called, which takes a sixth of the time to load the package.
 */
function withoutWrappers(code) {
  return code.replace(/import\s*(?:\{([^}]*)\}|\* as (\w+))\s*from "(node:[^"]+)";/g, (_, names, all, name) => {
    const target = all ?? `{${names.replaceAll(' as ', ':')}}`;
    return `var ${target}=process.getBuiltinModule("${name}");`;
  });
}

/** One byte a character is read, and compiled, faster than two: V8 takes two for a whole file if one of its characters needs them. */
const asAscii = (code) => code.replace(/[^\x00-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

const faster = {
  name: 'faster to load',
  generateBundle(_, bundle) {
    for (const file of Object.values(bundle)) if (file.type === 'chunk') file.code = asAscii(withoutWrappers(file.code));
  },
};

/**
 * Files for what entries import, directly or not, instead of many small ones for what they have in common. A module that several need lies in the first; an entry that nobody
 * imports, in a file of its own.
 */
const CHUNKS = { executor: [ENTRIES['task-worker'], ENTRIES['exec-work']], engine: [ENTRIES.index] };

/** Of modules, by their paths: the chunk. */
const chunkOf = new Map();
const chunks = {
  name: 'chunks',
  buildEnd() {
    for (const [name, entries] of Object.entries(CHUNKS)) {
      const waiting = entries.map((entry) => join(root, entry));
      for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
        if (chunkOf.has(id)) continue;
        const { importers = [], importedIds = [] } = this.getModuleInfo(id) ?? {};
        chunkOf.set(id, importers.length === 0 ? undefined : name);
        waiting.push(...importedIds);
      }
    }
  },
};

export async function bundle() {
  const { rolldown } = await import('rolldown');
  rmSync(join(root, OUT), { recursive: true, force: true });
  const build = await rolldown({
    input: Object.fromEntries(Object.entries(ENTRIES).map(([name, path]) => [name, join(root, path)])),
    platform: 'node',
    external: ['piscina', 'acorn', 'apache-arrow'],
    plugins: [urls, onDemand, chunks, faster],
  });
  await build.write({
    dir: join(root, OUT),
    format: 'esm',
    chunkFileNames: '[name]-[hash].js',
    codeSplitting: {
      groups: Object.keys(CHUNKS).map((name, i) => ({ name, test: (id) => chunkOf.get(id) === name, priority: 9 - i })),
    },
    minify: {
      compress: { keepNames: { function: true, class: true } },
      mangle: { keepNames: { function: true, class: true } },
      // Node prints the line that threw an error nobody caught: with all code on few lines that was 140 kB in the user's terminal.
      codegen: { removeWhitespace: false },
    },
  });
  await build.close();
  for (const path of COPIES) copyFileSync(join(root, path), join(root, OUT, basename(path)));
}
