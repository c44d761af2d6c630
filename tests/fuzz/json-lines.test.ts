import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as zlib from 'node:zlib';
import * as assert from 'uvu/assert';
import { DataError, Engine, Session } from '../../lib/index.js';
import { seededRandom, type Random } from '../support/random.js';
import { suite } from '../support/suite.js';
import { withTempFolder } from '../support/temp-folder.js';

/** Mutated JSON: every line is what JSON.parse says of it, or malformed; documents end in rows or a DataError. QUERN_RUNS sets how many mutants there are. */
const test = suite('mutated JSON');
const RUNS = Number(process.env['QUERN_RUNS'] ?? 8000);
const LINES = 400;

const SEEDS = [
  '{"a":1,"b":"x","c":[1,2.5,null],"d":{"e":"f","g":[true,false]}}',
  '{"a": "\\u00e9\\ud83d\\ude00\\n", "b" : -1.5e-10 , "c":[{"x":1},{"y":"z"}]}',
  '{"d":{"e":null,"g":[]},"c":[],"b":"a, \\"quoted\\" {text} [here]","a":9223372036854775807}',
  '{"a":"é€😀 a text that is longer than sixteen bytes","a":2,"\\u0062":"escaped key"}',
  '{}',
  '  {"a":[[[[1]]]],"b":"\\\\","c":0}  \r',
];
const PIECES = [
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"',
  '\\',
  '\\u',
  '\\"',
  'null',
  'tru',
  '1e5',
  '-',
  '.',
  '0',
  ' ',
  '\t',
  '\u0000',
  'é',
  '"a":',
  '{"a":1}',
  '[]',
];

function mutated(random: Random, seeds: readonly string[]): Buffer {
  let bytes = Buffer.from(random.pick(seeds));
  for (let n = random.below(4); n > 0; n--) {
    const at = random.below(bytes.length + 1);
    const to = Math.min(bytes.length, at + random.below(6));
    const piece = Buffer.from(random.pick(PIECES));
    switch (random.below(6)) {
      case 0:
        if (at < bytes.length) bytes[at]! ^= 1 << random.below(8);
        break;
      case 1:
        bytes = bytes.subarray(0, at);
        break;
      case 2:
        bytes = Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)]);
        break;
      case 3:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(to)]);
        break;
      case 4:
        bytes = Buffer.concat([bytes.subarray(0, to), bytes.subarray(at)]);
        break;
      default:
        bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from([random.below(256)]), bytes.subarray(at)]);
    }
  }
  return bytes;
}

/** The object that a line is; undefined if it is none. */
function objectOf(line: Buffer): Record<string, unknown> | undefined {
  const text = line.toString('utf8');
  if (!Buffer.from(text).equals(line)) return undefined;
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

const wellFormed = (text: string): string =>
  text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd');

let engine: Engine;
test.before(async () => {
  engine = await Engine.create({ workers: 1 });
});
test.after(() => engine.close());

test(
  'lines',
  () =>
    withTempFolder(async (folder) => {
      const random = seededRandom('lines');
      const path = join(folder, 'x.json');
      for (let run = 0; run < RUNS; run += LINES) {
        const lines = Array.from({ length: LINES }, () => mutated(random, SEEDS)).filter((line) => !line.includes(10));
        writeFileSync(path, Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')])));
        const kept = lines.filter((line) => /[^ \t\r]/.test(line.toString('latin1')));
        const session = await Session.create({ engine, splitBytes: random.between(20, 4000), batchRows: 256 });
        const rows = await session.read
          .schema('a string, c string, _corrupt_record string')
          .json(path, { multiLine: false })
          .collect();
        assert.is(rows.length, kept.length);
        rows.forEach(({ a, c, _corrupt_record: corrupt }, i) => {
          const shown = JSON.stringify(kept[i]!.toString('latin1'));
          const object = objectOf(kept[i]!);
          assert.is(corrupt === null, object !== undefined, shown);
          for (const [name, found] of Object.entries({ a, c })) {
            const value = object === undefined || !Object.hasOwn(object, name) ? null : object[name];
            if (value === null) assert.is(found, null, shown);
            else if (typeof value === 'string') assert.is(found, wellFormed(value), shown);
            else assert.equal(JSON.parse(found as string), value, shown);
          }
        });
        // The same lines by types: whatever fits, and no crash.
        const typed = session.read
          .schema('a bigint, c array<double>, d struct<e: string, g: array<boolean>>')
          .json(path, { multiLine: false });
        assert.is((await typed.collect()).length, kept.length);
        await session.close();
      }
    }),
  { timeoutMs: 600_000 },
);

test(
  'documents, plain and compressed',
  () =>
    withTempFolder(async (folder) => {
      const random = seededRandom('documents');
      const seeds = [`[${SEEDS.join(',\n')}]`, SEEDS.join('\n'), `[${SEEDS[0]!}]`];
      const session = await Session.create({ engine, splitBytes: 300 });
      for (let run = 0; run < RUNS / 20; run++) {
        const isPacked = run % 3 === 0;
        const path = join(folder, isPacked ? 'x.json.gz' : 'x.json');
        let bytes = mutated(random, seeds);
        if (isPacked) {
          bytes = zlib.gzipSync(bytes);
          if (run % 2 === 0) bytes[random.below(bytes.length)]! ^= 1 << random.below(8);
        }
        writeFileSync(path, bytes);
        try {
          await session.read.schema('a string, d struct<e: string>').json(path, { multiLine: true }).collect();
        } catch (error) {
          assert.instance(error, DataError, (error as Error).stack ?? '');
        }
      }
      await session.close();
    }),
  { timeoutMs: 600_000 },
);

test.run();
