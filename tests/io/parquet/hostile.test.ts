import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { DataError, Engine, QueryError, ResourceError, Session } from '../../../lib/index.js';
import { sharedPath } from '../../support/paths.js';
import { seededRandom } from '../../support/random.js';
import { suite } from '../../support/suite.js';
import { withTempFolder } from '../../support/temp-folder.js';
import { mutateFile } from './mutate-file.js';

const corpora = sharedPath('corpora/parquet');
const test = suite('damaged parquet');
let engine: Engine;
test.before(async () => {
  engine = await Engine.create({ workers: 0, memory: '512m' });
});
test.after(() => engine.close());

/** How many damaged files are read; QUERN_MUTANTS for more. */
const MUTANTS = Number(process.env['QUERN_MUTANTS'] ?? 600);
const SMALL_BYTES = 60_000;

test.when(corpora !== undefined)(
  'ends in an answer or in a typed error, and the next query works',
  () =>
    withTempFolder(async (folder) => {
      const random = seededRandom('mutants');
      const files = readdirSync(corpora!)
        .filter((name) => name.endsWith('.parquet'))
        .map((name) => ({ name, bytes: readFileSync(join(corpora!, name)) }))
        .filter(({ bytes }) => bytes.length < SMALL_BYTES);
      const session = await Session.create({ engine });
      let refused = 0;
      for (let i = 0; i < MUTANTS; i++) {
        const { name, bytes } = random.pick(files);
        const path = join(folder, `${i}.parquet`);
        const mutant = mutateFile(bytes, random);
        writeFileSync(path, mutant);
        const start = performance.now();
        try {
          await session.read.parquet(path).collect();
        } catch (error) {
          refused++;
          if (!(error instanceof DataError || error instanceof QueryError || error instanceof ResourceError)) {
            throw new Error(`mutant ${i} of ${name}: ${(error as Error).stack}`);
          }
        }
        const ms = performance.now() - start;
        if (ms > 10_000) throw new Error(`mutant ${i} of ${name} took ${ms} ms`);
      }
      assert.ok(refused > MUTANTS / 4, `${refused} of ${MUTANTS} mutants were refused`);
      assert.equal(
        await session
          .sql(`SELECT count(*) AS n, sum(id) AS s FROM parquet.\`${join(corpora!, 'page_index.parquet')}\``)
          .collect(),
        [{ n: 3000, s: 4_498_500 }],
      );
      await session.close();
    }),
  { timeoutMs: 1_200_000 },
);

test.run();
