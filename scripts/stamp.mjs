// Content stamps: a step runs again only when what it reads has changed.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Every file under `paths` (files or folders, relative to the root) that `keep` accepts, sorted. */
export function listFiles(paths, keep = () => true) {
  const files = [];
  const visit = (path) => {
    const full = join(root, path);
    if (!existsSync(full)) return;
    if (!statSync(full).isDirectory()) {
      if (keep(path)) files.push(path);
      return;
    }
    for (const name of readdirSync(full).sort()) visit(`${path}/${name}`);
  };
  for (const path of paths) visit(path);
  return files;
}

export function hashFiles(files, salt = '') {
  const hash = createHash('sha256').update(salt);
  for (const file of files)
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(root, file)))
      .update('\0');
  return hash.digest('hex');
}

/** Runs `work` unless the stamp called `name` already holds `value` and every one of `outputs` exists. */
export async function once(name, value, outputs, work) {
  const stamp = join(root, name);
  const done = existsSync(stamp) && readFileSync(stamp, 'utf8') === value;
  if (done && outputs.every((output) => existsSync(join(root, output)))) return false;
  await work();
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, value);
  return true;
}
