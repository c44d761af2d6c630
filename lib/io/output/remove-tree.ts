import { promises as fs } from 'node:fs';
import { join } from 'node:path';

/** Files that are removed at the same time. */
const WIDTH = 8;

/**
 * Removes a directory with all that is in it, or a file; nothing there is fine. Unlike `fs.rm`, which asks for everything at once, it holds neither the event loop nor memory however
 * many files there are.
 */
export async function removeTree(path: string): Promise<void> {
  const directory = await fs.opendir(path, { bufferSize: 256 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    if (error.code !== 'ENOTDIR') throw error;
    return fs.rm(path, { force: true });
  });
  if (directory === undefined) return;
  const pending = new Set<Promise<void>>();
  let failure: unknown;
  for await (const entry of directory) {
    const child = join(path, entry.name);
    if (entry.isDirectory()) {
      await removeTree(child);
      continue;
    }
    const removal = fs
      .rm(child, { force: true })
      .catch((error: unknown) => void (failure ??= error))
      .finally(() => pending.delete(removal));
    pending.add(removal);
    if (pending.size >= WIDTH) await Promise.race(pending);
  }
  await Promise.all(pending);
  if (failure !== undefined) throw failure;
  await fs.rmdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}
