import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { pathToFileURL } from 'node:url';
import type * as Quern from '../../lib/index.js';
import { projectPath } from '../support/paths.js';

/** Caches rows in files, shows the names in the directory for temporary files, and then as argv says: `end`, `exit`, `busy` (exits while it computes more), `throw`, or waits to be killed. */

const { Session } = (await import(pathToFileURL(projectPath('dist/package/index.js')).href)) as typeof Quern;
const sessions = [await Session.create({ workers: 1, memory: '256m' }), await Session.create()];
for (const session of sessions) await session.range(1000).persist('DISK_ONLY').count();
process.stdout.write(`${JSON.stringify(readdirSync(tmpdir()))}\n`);
const [, , end] = process.argv;
if (end === 'exit') process.exit(3);
if (end === 'busy') {
  void sessions[0]!.sql('SELECT id, cast(id AS string) AS t FROM range(100000000)').persist('DISK_ONLY').count();
  setTimeout(() => process.exit(3), 300);
}
if (end === 'throw') throw new Error('thrown by the test');
if (end === 'wait') setInterval(() => {}, 1000);
