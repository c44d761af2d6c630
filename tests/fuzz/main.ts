// npm run fuzz: longer than CI does. --format NAME, --mutants N (a million), --seed S, --show K writes mutant K to a file instead.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Session } from '../../lib/index.js';
import { projectPath } from '../support/paths.js';
import { defaultSeed, seededRandom } from '../support/random.js';
import { withTempFolder } from '../support/temp-folder.js';
import { FORMATS } from './formats.js';
import { mutate } from './mutate.js';
import { runFuzz } from './run-fuzz.js';

const { values } = parseArgs({
  options: {
    format: { type: 'string' },
    mutants: { type: 'string', default: '1e6' },
    seed: { type: 'string', default: String(defaultSeed()) },
    show: { type: 'string' },
  },
});
const seed = Number(values.seed);
const formats = FORMATS.filter(({ name }) => values.format === undefined || name === values.format);
if (formats.length === 0) {
  console.error(`No format is called ${values.format}. Formats: ${FORMATS.map(({ name }) => name).join(', ')}.`);
  process.exit(2);
}

/** The bytes of a mutant, which its seed and number say alone. */
async function writeMutant(format: (typeof FORMATS)[number], mutant: number): Promise<string> {
  await using session = await Session.create({ workers: 0 });
  return await withTempFolder(async (folder) => {
    const seeds = await format.seeds(session, folder);
    const random = seededRandom(`mutant ${mutant}`, seed + mutant);
    const bytes = mutate(random, random.pick(seeds), seeds, format.shape);
    const path = join(projectPath('temp/fuzz'), `${format.name}-${seed}-${mutant}.${format.extension}`);
    mkdirSync(projectPath('temp/fuzz'), { recursive: true });
    writeFileSync(path, bytes);
    return path;
  });
}

let failed = 0;
for (const format of formats) {
  if (values.show !== undefined) {
    console.log(await writeMutant(format, Number(values.show)));
    continue;
  }
  const mutants = Number(values.mutants);
  console.log(`${format.name}: ${mutants} mutants, seed ${seed}`);
  const failures = await runFuzz({
    format: format.name,
    seed,
    mutants,
    failuresMax: 100,
    onProgress: (done) => process.stderr.write(`\r${done} `),
  });
  for (const { mutant, why } of failures) console.log(`mutant ${mutant}, ${await writeMutant(format, mutant)}: ${why}`);
  failed += failures.length;
}
process.exitCode = failed === 0 ? 0 : 1;
