import { withTempFolder } from './temp-folder.js';

/** Runs `body` while a fresh folder is this process's directory for temporary files. */
export function withTmpdir<T>(body: (folder: string) => Promise<T>): Promise<T> {
  return withTempFolder((folder) => insteadOfTmpdir(folder, body));
}

/** The same with a folder that is there. */
export async function insteadOfTmpdir<T>(folder: string, body: (folder: string) => Promise<T>): Promise<T> {
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = folder;
  try {
    return await body(folder);
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
}
