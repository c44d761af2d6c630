import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withTempFolder } from './temp-folder.js';

/** A file system of a megabyte, where this process may make one. */
export function withSmallDisk(body: (folder: string) => Promise<void>): Promise<void> {
  return withTempFolder(async (folder) => {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder]);
    try {
      await body(folder);
    } finally {
      // An executor may still have a file open for a moment.
      execFileSync('umount', ['-l', folder]);
    }
  });
}

/** Whether {@link withSmallDisk} can do so. */
export function mayMount(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  const folder = mkdtempSync(join(tmpdir(), 'quern-mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'ignore' });
    execFileSync('umount', [folder]);
    return true;
  } catch {
    return false;
  } finally {
    rmdirSync(folder);
  }
}
