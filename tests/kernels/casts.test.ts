import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { doubleText } from '../../lib/core/types/double-text.js';
import { parseDate, parseDecimal, parseDouble, parseInteger, parseTimestamp } from '../../lib/codegen/text-parse.js';
import { dateText, decimalText, timestampText } from '../../lib/core/types/javascript-values.js';
import { Engine, Session } from '../../lib/index.js';
import { defaultSeed } from '../support/random.js';
import { suite } from '../support/suite.js';

/** Casts between text and values: kernels for the usual forms, JavaScript for the rest; here against JavaScript alone. */
const test = suite('kernels: casts');
const VALUES = 4000;
const seed = defaultSeed() | 0;
console.log(`  casts: QUERN_SEED=${seed >>> 0}`);

let engine: Engine;
let session: Session;
test.before(async () => {
  engine = await Engine.create({ workers: 0 });
  session = await Session.create({ engine });
});
test.after(async () => {
  await session.close();
  await engine.close();
});

async function column(values: readonly unknown[], type: string, expression: string): Promise<unknown[]> {
  session
    .createDataFrame(
      values.map((v) => ({ v })),
      `v ${type}`,
    )
    .createOrReplaceTempView('values_');
  const rows = await session.sql(`SELECT ${expression} AS r FROM values_`).collect({ int64: 'bigint', timestamp: 'string' });
  return rows.map(({ r }) => r);
}

function same(values: readonly unknown[], got: readonly unknown[], expected: readonly unknown[]): void {
  const at = got.findIndex((value, i) => !Object.is(value, expected[i]));
  assert.is(at, -1, `${String(values[at])}: ${String(got[at])}, ${String(expected[at])} expected (seed ${seed >>> 0})`);
}

const sample = <T>(values: fc.Arbitrary<T>): T[] => fc.sample(values, { numRuns: VALUES, seed });
const bits64 = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.bigInt({ min: -20_000n, max: 20_000n }),
  fc.constantFrom(0n, -(2n ** 63n), 2n ** 63n - 1n),
);
const powers = fc.tuple(fc.integer({ min: 0, max: 18 }), fc.constantFrom(-1n, 0n, 1n)).map(([n, d]) => 10n ** BigInt(n) + d);

const integers = fc.oneof(
  bits64,
  powers,
  powers.map((n) => -n),
);
const days = fc.oneof(fc.integer({ min: -719_600, max: 2_933_000 }), fc.constantFrom(-719_529, -719_528, 2_932_896, 2_932_897));
const micros = fc.oneof(
  fc.tuple(days, fc.integer({ min: 0, max: 86_399_999_999 })).map(([d, t]) => BigInt(d) * 86_400_000_000n + BigInt(t)),
  days.map((d) => BigInt(d) * 86_400_000_000n),
  fc.tuple(days, fc.integer({ min: 0, max: 86_399 })).map(([d, t]) => (BigInt(d) * 86_400n + BigInt(t)) * 1_000_000n + 120_000n),
);

test('numbers to text', async () => {
  const numbers = sample(integers);
  same(numbers, await column(numbers, 'bigint', 'CAST(v AS string)'), numbers.map(String));
  const ints = numbers.map((n) => Number(BigInt.asIntN(32, n)));
  same(ints, await column(ints, 'int', 'CAST(v AS string)'), ints.map(String));
  const doubles = sample(
    fc.oneof(fc.double(), fc.integer({ min: -1e8, max: 1e8 }), fc.constantFrom(0, -0, 1e7, -1e7, 9_999_999, 0.001)),
  );
  same(
    doubles,
    await column(doubles, 'double', 'CAST(v AS string)'),
    doubles.map((v) => doubleText(v, false)),
  );
});

test('decimals to text', async () => {
  for (const [precision, scale] of [
    [18, 0],
    [18, 2],
    [18, 18],
    [38, 10],
    [19, 1],
  ] as const) {
    const limit = 10n ** BigInt(Math.min(precision, 18));
    const texts = sample(integers).map((n) => decimalText(n % limit, scale));
    same(texts, await column(texts, `decimal(${precision}, ${scale})`, 'CAST(v AS string)'), texts);
  }
});

test('dates and timestamps to text', async () => {
  const dates = sample(days).map(dateText);
  same(dates, await column(sample(days), 'int', "CAST(date_add(DATE '1970-01-01', v) AS string)"), dates);
  const moments = sample(micros).map(timestampText);
  same(moments, await column(moments, 'string', 'CAST(CAST(v AS timestamp) AS string)'), moments);
});

const digits = fc.string({ unit: fc.constantFrom(...'0123456789'.split('')), maxLength: 21 });
const numberTexts = fc.oneof(
  digits,
  fc
    .tuple(
      fc.constantFrom('', '-', '+'),
      digits,
      fc.constantFrom('', '.'),
      fc.string({ unit: fc.constantFrom(...'0123456789'.split('')), maxLength: 6 }),
    )
    .map((parts) => parts.join('')),
  fc.string({ unit: fc.constantFrom(...'01.-+eE '.split('')), maxLength: 8 }),
  integers.map(String),
  fc.constantFrom(
    '',
    ' ',
    ' 12 ',
    '-',
    '+',
    '.',
    '-0',
    '-0.0',
    '1e5',
    'NaN',
    'inf',
    '2147483648',
    '-2147483648',
    '9223372036854775808',
    '-9223372036854775808',
  ),
);
const orNull = <T>(value: T | undefined): T | null => value ?? null;

test('text to numbers', async () => {
  const texts = sample(numberTexts);
  same(
    texts,
    await column(texts, 'string', 'try_cast(v AS int)'),
    texts.map((t) => orNull(mapped(parseInteger(t, 32), Number))),
  );
  same(
    texts,
    await column(texts, 'string', 'try_cast(v AS smallint)'),
    texts.map((t) => orNull(mapped(parseInteger(t, 16), Number))),
  );
  same(
    texts,
    await column(texts, 'string', 'try_cast(v AS bigint)'),
    texts.map((t) => orNull(parseInteger(t, 64))),
  );
  same(
    texts,
    await column(texts, 'string', 'try_cast(v AS double)'),
    texts.map((t) => orNull(parseDouble(t))),
  );
  for (const [precision, scale] of [
    [18, 4],
    [10, 0],
    [25, 5],
  ] as const) {
    const expected = texts.map((t) => {
      const value = parseDecimal(t, scale);
      return value === undefined || value >= 10n ** BigInt(precision) || value <= -(10n ** BigInt(precision))
        ? null
        : decimalText(value, scale);
    });
    same(texts, await column(texts, 'string', `try_cast(v AS decimal(${precision}, ${scale}))`), expected);
  }
});

test('text to dates and timestamps', async () => {
  const part = (max: number): fc.Arbitrary<string> => fc.integer({ min: 0, max }).map((n) => String(n).padStart(2, '0'));
  const dates = fc.oneof(
    days.map(dateText),
    fc.tuple(fc.constantFrom('2023', '2024', '1900', '2000', '0000', '9999'), part(13), part(32)).map((parts) => parts.join('-')),
    fc.constantFrom('', '2024', '2024-1', '2024-1-5', ' 2024-01-05 ', '2024-01-05T10', '24-01-05', '2024/01/05', '2024-01-05x'),
  );
  const texts = sample(dates);
  same(
    texts,
    await column(texts, 'string', 'try_cast(v AS date)'),
    texts.map((t) => mapped(parseDate(t), dateText) ?? null),
  );
  const moments = sample(
    fc.oneof(
      micros.map(timestampText),
      fc
        .tuple(dates, part(24), part(60), part(60), fc.constantFrom('', '.', '.5', '.123456', '.1234567', 'Z', '+01:00'))
        .map(([d, h, m, s, rest]) => `${d} ${h}:${m}:${s}${rest}`),
      dates,
    ),
  );
  same(
    moments,
    await column(moments, 'string', 'try_cast(v AS timestamp)'),
    moments.map((t) => mapped(parseTimestamp(t), timestampText) ?? null),
  );
});

function mapped<A, B>(value: A | undefined, f: (value: A) => B): B | undefined {
  return value === undefined ? undefined : f(value);
}

test.run();
