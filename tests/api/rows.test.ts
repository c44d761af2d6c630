import * as assert from 'uvu/assert';
import { Engine, Session } from '../../lib/index.js';
import { seededRandom } from '../support/random.js';
import { suite } from '../support/suite.js';

// What rows look like as JavaScript objects.
const test = suite('rows');
let engine: Engine;
let session: Session;
test.before(async () => {
  engine = await Engine.create({ workers: 1 });
  session = await Session.create({ engine });
});
test.after(async () => {
  await session.close();
  await engine.close();
});

test('names that mean something to JavaScript are only names', async () => {
  const names = [
    '__proto__',
    'constructor',
    'toString',
    '0',
    '-1',
    'a b',
    'quo"te',
    "quo'te",
    'back\\slash',
    '`tick`',
    'ünï',
    '\u2028',
    '',
  ];
  const schema = { fields: names.map((name) => ({ name, type: { kind: 'int' }, nullable: true }) as const) };
  const row = Object.fromEntries(names.map((name, i) => [name, i]));
  Object.defineProperty(row, '__proto__', { value: 0, enumerable: true, configurable: true, writable: true });
  for (let round = 0; round < 2; round++) {
    const [made] = await session.createDataFrame([row], schema).collect();
    assert.is(Object.getPrototypeOf(made), Object.prototype);
    assert.equal(Object.keys(made!).sort(), [...names].sort());
    for (const [i, name] of names.entries())
      assert.is(Object.getOwnPropertyDescriptor(made, name)!.value, i, JSON.stringify(name));
  }
});

test('of columns of one name the last one counts', async () => {
  assert.equal(await session.sql('SELECT 1 AS a, 2 AS b, 3 AS a').collect(), [{ a: 3, b: 2 }]);
});

test('columns of the same names and of other types', async () => {
  for (let round = 0; round < 2; round++) {
    assert.equal(await session.sql('SELECT 1 AS a, 2.5D AS b').collect(), [{ a: 1, b: 2.5 }]);
    assert.equal(await session.sql("SELECT 'x' AS a, NULL AS b").collect(), [{ a: 'x', b: null }]);
    assert.equal(await session.sql('SELECT CAST(9007199254740993 AS bigint) AS a, 3 AS b').collect(), [
      { a: 9007199254740993n, b: 3 },
    ]);
  }
});

test('whole numbers around every border of their representations', async () => {
  const borders = [31, 32, 51, 52, 53, 62].flatMap((bits) =>
    [-2n, -1n, 0n, 1n, 2n].flatMap((near) => [2n ** BigInt(bits) + near, -(2n ** BigInt(bits)) + near]),
  );
  const values = [0n, 1n, -1n, 2n ** 63n - 1n, -(2n ** 63n), ...borders];
  const rows = await session
    .createDataFrame(
      values.map((v) => ({ v })),
      'v bigint',
    )
    .collect();
  assert.equal(
    rows.map(({ v }) => v),
    values.map((v) => (Number.isSafeInteger(Number(v)) ? Number(v) : v)),
  );
});

test('texts that come again, by chance and in turns, are the texts they were', async () => {
  const random = seededRandom('row texts');
  const pool = Array.from({ length: 6000 }, (_, i) => {
    const text = i % 7 === 0 ? `é${i}` : i % 5 === 0 ? `${i} long enough to lie elsewhere` : `t${i}`;
    return i % 11 === 0 ? text.slice(0, 3) : text;
  });
  const texts = Array.from({ length: 40_000 }, (_, i) =>
    i % 3 === 0 ? pool[i % pool.length]! : pool[random.below(pool.length)]!,
  );
  const rows = await session.createDataFrame({ t: texts }).collect();
  assert.is(rows.length, texts.length);
  const wrong = rows.findIndex(({ t }, i) => t !== texts[i]);
  assert.is(wrong, -1, `row ${wrong}: ${String(rows[wrong]?.['t'])} instead of ${texts[wrong]}`);
});

test.run();
