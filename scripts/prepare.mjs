// Installs the dependencies when they are missing or the lock file has changed.
import { mustExec, npm } from './exec.mjs';
import { hashFiles, once } from './stamp.mjs';

export async function install() {
  const value = hashFiles(['package-lock.json']);
  await once('node_modules/.quern-stamp', value, ['node_modules/typescript', 'node_modules/assemblyscript'], async () => {
    const [command, args] = npm(['ci', '--no-audit', '--no-fund']);
    await mustExec('npm ci', command, args);
  });
}
