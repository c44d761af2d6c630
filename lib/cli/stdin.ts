import { once } from 'node:events';
import { closeSync, createWriteStream, mkdtempSync, openSync, readSync, renameSync, rmSync } from 'node:fs';
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
  const path = join(folder, 'stdin');
  const file = createWriteStream(path, { mode: 0o600 });
  await pipeline(process.stdin, file, { signal });
  if (!file.closed) await once(file, 'close');
  const named = `${path}.${extensionOfHead(headOf(path))}`;
  renameSync(path, named);
  return named;
}

const HEAD_BYTES = 4096;

function headOf(path: string): Buffer {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(HEAD_BYTES);
    return buffer.subarray(0, readSync(file, buffer, 0, HEAD_BYTES, 0));
  } finally {
    closeSync(file);
  }
}

/** Nobody names the format of standard input: its first bytes tell. */
export function extensionOfHead(head: Buffer): string {
  const text = head.toString('latin1');
  if (text.startsWith('PAR1')) return 'parquet';
  if (text.startsWith('ARROW1') || text.startsWith('\xff\xff\xff\xff')) return 'arrow';
  if (text.startsWith('\x1f\x8b')) return 'csv.gz';
  if (text.startsWith('\x28\xb5\x2f\xfd')) return 'csv.zst';
  // A CSV that begins with a brace has no quote behind it.
  return /^(?:\xef\xbb\xbf)?\s*(?:\{\s*["}]|\[\s*[{\]])/.test(text) ? 'json' : 'csv';
}
