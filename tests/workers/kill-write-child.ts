import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as Quern from '../../lib/index.js';
import { projectPath } from '../support/paths.js';

/** Writes one version after the other to destinations of all kinds until it is killed: argv: folder, first version, rows of a version. */

const { Session } = (await import(pathToFileURL(projectPath('dist/package/index.js')).href)) as typeof Quern;
const [folder = '.', first = '0', rows = '300'] = process.argv.slice(2);
const session = await Session.create({ workers: Number(first) % 2 === 0 ? 0 : 2, memory: '256m' });

for (let version = Number(first); ; version++) {
  const df = session.sql(`SELECT ${version} AS version, id FROM range(${rows})`);
  const parts = df.repartition(2);
  await df.write.mode('overwrite').csv(join(folder, 'one.csv'));
  await parts.write.mode('overwrite').csv(join(folder, 'directory'));
  await df.write.mode('overwrite').parquet(join(folder, 'one.parquet'));
  await parts.write.mode('overwrite').json(join(folder, 'lines'));
  await parts.write.mode('append').csv(join(folder, 'growing'));
  await session
    .sql(`SELECT ${version} AS version, id, id % 3 AS k FROM range(${rows})`)
    .write.mode('overwrite')
    .partitionBy('k')
    .option('partitionOverwriteMode', 'dynamic')
    .csv(join(folder, 'partitions'));
  if (version === Number(first)) process.stdout.write('ready\n');
}
