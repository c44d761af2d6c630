import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectPath } from '../support/paths.js';
import { runNode, type ProcessOptions, type ProcessResult } from '../support/run-process.js';

export const QUERN = projectPath('dist/package/quern.js');

/** The command as a user runs it: a process of its own, no colours, no width of a terminal. */
export function quern(args: readonly string[], options: ProcessOptions = {}): Promise<ProcessResult> {
  return runNode([QUERN, ...args], { ...options, env: { COLUMNS: '', NO_COLOR: '1', ...options.env } });
}

export const SALES = 'region,amount,note\nnorth,10,a\nsouth,2.5,\nnorth,7,"x, ""y"""\n';

/** Writes files by name into a folder. */
export function write(folder: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
}
