import { promises as fs } from 'node:fs';
import { writeFailure } from './write-failure.js';

/** So many new bytes are worth a call. */
const SYNC_BYTES = 16 * 1024 * 1024;
const LOOK_MS = 20;

/** Makes a file's content last. */
export async function syncFile(path: string): Promise<void> {
  const handle = await fs.open(path, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Waits for work that makes a file grow, and makes what is in the file last meanwhile: at the end little is left to wait for. The file may not be there yet, or never.
 * Errors call it `shown`.
 */
export async function syncAhead<T>(path: string, shown: string, work: Promise<T>): Promise<T> {
  let isOver = false;
  const over = work.then(
    () => void (isOver = true),
    () => void (isOver = true),
  );
  for (let synced = 0; !isOver;) {
    await either(over, LOOK_MS);
    if (isOver) break;
    const size = await fs.stat(path).then(
      (stat) => stat.size,
      () => 0,
    );
    if (size - synced < SYNC_BYTES) continue;
    synced = size;
    // An error here is one that nobody would be told again.
    const failure = await syncFile(path).catch((error: unknown) => ({ error }));
    if (failure === undefined) continue;
    await work;
    throw writeFailure(failure.error, shown);
  }
  return work;
}

async function either(over: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([over, new Promise((resolve) => void (timer = setTimeout(resolve, ms)))]);
  clearTimeout(timer);
}
