import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { Engine, Session } from '../../lib/index.js';
import { seededRandom } from '../support/random.js';
import { suite } from '../support/suite.js';
import { withTempFolder } from '../support/temp-folder.js';

const test = suite('doubles in text');

/** Texts just between two doubles, at the ends of the range, longer than words hold. */
const HARD = [
  '9007199254740993',
  '9007199254740992.5',
  '9007199254740993.0000000000000000000000000001',
  '1.7976931348623157e308',
  '1.7976931348623159e308',
  '5e-324',
  '2.4703282292062328e-324',
  '2.2250738585072014e-308',
  '2.2250738585072011e-308',
  '4.9406564584124654e-324',
  '1e23',
  '8.5e22',
  '-8.5e22',
  '123456789012345678e-27',
  '7.2057594037927933e16',
  '0.000000000000000000000000000000000000000000000000001',
  '1e-400',
  '-0.0',
  '3.0e+000',
  '1234567890123456789',
  '12345678901234567890',
  '0.00000000123456789012345678',
  '6929495644600919.5',
  '3.7455744005952583e15',
  '1.00000000000000011102230246251565',
  '1.00000000000000033306690738754696',
  '10000000000000000000e-19',
];

test(
  'are what JavaScript makes of them, in CSV and JSON',
  () =>
    withTempFolder(async (folder) => {
      const random = seededRandom('doubles');
      const cell = new DataView(new ArrayBuffer(8));
      const texts = [...HARD];
      while (texts.length < 120_000) {
        cell.setUint32(0, random.below(2 ** 32));
        cell.setUint32(4, random.below(2 ** 32));
        const any = cell.getFloat64(0);
        if (!Number.isFinite(any)) continue;
        const near = (random.next() - 0.5) * 10 ** random.between(-8, 12);
        texts.push(
          String(any),
          any.toExponential(random.between(14, 20)),
          String(near),
          near.toPrecision(random.between(15, 21)),
        );
        // The middle between two neighbours, to as many digits as 64 bits hold.
        texts.push(
          `${random.between(2 ** 31, 2 ** 32)}${String(random.below(10 ** 9)).padStart(9, '0')}e${random.between(-330, 300)}`,
        );
      }
      writeFileSync(join(folder, 'x.json'), texts.map((text) => `{"d":${text}}\n`).join(''));
      writeFileSync(join(folder, 'x.csv'), texts.map((text) => `${text}\n`).join(''));
      const engine = await Engine.create({ workers: 1 });
      const session = await Session.create({ engine });
      for (const name of ['x.json', 'x.csv']) {
        const rows = await session.read
          .schema('d double')
          .load(join(folder, name), name === 'x.csv' ? { header: false } : {})
          .collect();
        assert.is(rows.length, texts.length);
        const wrong = texts.filter((text, i) => !Object.is(rows[i]!['d'], Number(text)));
        assert.equal(wrong, [], name);
      }
      await session.close();
      await engine.close();
    }),
  { timeoutMs: 60_000 },
);

test.run();
