import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { projectRoot } from '../support/paths.js';

export interface SourceFile {
  /** Relative to the project, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

const ASSEMBLY = 'lib/kernels/assembly/';

export const isAssembly = (file: SourceFile): boolean => file.path.startsWith(ASSEMBLY);

/** All TypeScript files below the given folders, AssemblyScript included. */
export function sourceFiles(folders: readonly string[]): SourceFile[] {
  return folders
    .flatMap((folder) =>
      readdirSync(join(projectRoot, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
    )
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.ts'))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(projectRoot, path), 'utf8') }));
}

/** The text without comments, line numbers kept. Good enough for rules about code: it does not know template literals. */
export function withoutComments(text: string): string {
  const blank = (comment: string): string => comment.replaceAll(/[^\n]/g, ' ');
  return text.replaceAll(/\/\*[\s\S]*?\*\/|(?<![:'"`\\])\/\/[^\n]*/g, blank);
}

/** What a file imports: project files as paths without extension, packages by name. */
export function importsOf(file: SourceFile): string[] {
  const lines = withoutComments(file.text).matchAll(/(?:^|[\s;}])(?:from|import|import\()\s*['"]([^'"]+)['"]/g);
  return [...lines].map((match) => resolveImport(file.path, match[1]!));
}

function resolveImport(importer: string, name: string): string {
  if (!name.startsWith('.')) return name;
  return posix.normalize(posix.join(dirname(importer), name)).replace(/\.(js|ts)$/, '');
}

/** `path:line` of every match of `pattern` in code. */
export function places(file: SourceFile, pattern: RegExp, text = withoutComments(file.text)): string[] {
  return [...text.matchAll(new RegExp(pattern.source, `${pattern.flags.replace('g', '')}g`))].map(
    (match) => `${file.path}:${text.slice(0, match.index).split('\n').length}`,
  );
}
