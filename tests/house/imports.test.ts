import { readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { projectPath } from '../support/paths.js';
import { suite } from '../support/suite.js';
import { importsOf, isAssembly, places, sourceFiles } from './source-files.js';

const test = suite('imports');
const files = sourceFiles(['lib', 'workers']).filter((file) => !isAssembly(file));

/** `who` may import only what `may` accepts, and nothing that `never` accepts. */
interface Rule {
  readonly says: string;
  readonly who: RegExp;
  readonly may?: RegExp;
  readonly never?: RegExp;
}

const RULES: readonly Rule[] = [
  { says: 'core imports nothing outside core', who: /^lib\/core\//, may: /^lib\/core\// },
  {
    says: 'kernels know memory and types, not plans',
    who: /^lib\/kernels\//,
    may: /^(lib\/(kernels|memory|core\/types)\/|lib\/core\/errors$)/,
  },
  {
    says: 'memory knows types, not kernels',
    who: /^lib\/memory\//,
    may: /^(lib\/(memory|core\/types)\/|lib\/core\/errors$|node:)/,
  },
  { says: 'io never sees a plan', who: /^lib\/io\//, never: /^lib\/(core\/(plan|physical|optimizer|scheduler)|api|sql|exec)\// },
  { says: 'exec never sees a scheduler', who: /^lib\/exec\//, never: /^(lib\/(core\/scheduler|api|sql|cli|ui)\/|workers\/)/ },
  { says: 'workers never import lib/index', who: /^workers\//, never: /^lib\/(index$|cli\/|ui\/)/ },
  { says: 'only lib/index imports workers', who: /^lib\/(?!index\.ts$)/, never: /^workers\// },
  {
    says: 'cli and ui import lib/index only',
    who: /^lib\/(cli|ui)\//,
    may: /^(lib\/(cli|ui)\/|lib\/index$|node:)/,
  },
  { says: 'the command line and the UI are outermost', who: /^(lib\/(?!cli\/|ui\/)|workers\/)/, never: /^lib\/(cli|ui)\// },
];

for (const rule of RULES) {
  test(rule.says, () => {
    const broken: string[] = [];
    for (const file of files) {
      if (!rule.who.test(file.path)) continue;
      for (const name of importsOf(file)) {
        if (rule.never?.test(name) || (rule.may !== undefined && !rule.may.test(name)))
          broken.push(`${file.path} imports ${name}`);
      }
    }
    assert.equal(broken, []);
  });
}

const manifest = JSON.parse(readFileSync(projectPath('package.json'), 'utf8')) as { dependencies: Record<string, string> };

/** `a` of `a/b`, `@a/b` of `@a/b/c`. */
const packageOf = (name: string): string => name.split('/', name.startsWith('@') ? 2 : 1).join('/');

test('every package imported is a dependency', () => {
  const outside = files.flatMap((file) =>
    importsOf(file)
      .filter(
        (name) => !/^(lib|workers)\//.test(name) && !name.startsWith('node:') && !(packageOf(name) in manifest.dependencies),
      )
      .map((name) => `${file.path} imports ${name}`),
  );
  assert.equal(outside, []);
});

/** A capability that has one door. */
interface Door {
  readonly what: string;
  readonly uses: RegExp;
  readonly door: RegExp;
}

const DOORS: readonly Door[] = [
  { what: 'piscina', uses: /from ['"]piscina['"]|import\(['"]piscina['"]\)/, door: /^workers\/piscina-runner\.ts$/ },
  {
    what: 'allocation of shared memory',
    uses: /new (WebAssembly\.Memory|SharedArrayBuffer)\b/,
    door: /^lib\/memory\/arena[\w-]*(\.ts|\/)/,
  },
  {
    // But for the library of the Nodes that have no zstd, which brings code of its own.
    what: 'compilation of WebAssembly',
    uses: /new WebAssembly\.(Module|Instance)\b|WebAssembly\.(compile|instantiate)\w*\(/,
    door: /^lib\/(codegen\/|io\/zstd\.ts$)/,
  },
  {
    what: 'the file system',
    uses: /['"](node:)?fs(\/promises)?['"]/,
    door: /^lib\/(io\/|memory\/spill|cli\/)/,
  },
];

for (const { what, uses, door } of DOORS) {
  test(`${what} has one door`, () => {
    const elsewhere = files.filter((file) => !door.test(file.path)).flatMap((file) => places(file, uses));
    assert.equal(elsewhere, []);
  });
}

test.run();
