import { once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { text } from 'node:stream/consumers';

/** All of standard input as text: a script. */
export async function stdinText(): Promise<string> {
  return (await text(process.stdin)).replace(/^\ufeff/, '');
}

/**
 * Standard input in a file of its own, since a scan reads its file in ranges on several threads. The file is gone when the
 * process ends, in whatever way it can still act on.
 */
export async function spoolStdin(signal: AbortSignal): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'quern-stdin-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'stdin.csv');
  const file = createWriteStream(path, { mode: 0o600 });
  await pipeline(process.stdin, file, { signal });
  if (!file.closed) await once(file, 'close');
  return path;
}
