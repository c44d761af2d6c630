import * as assert from 'uvu/assert';
import { seededRandom, type Random } from '../support/random.js';
import { suite } from '../support/suite.js';
import { mutate } from './mutate.js';
import { bytesAt, checkSpans, f64At, i128At, i64At, kernel, resetSpans, span, u32At, viewsAt } from './spans.js';

const test = suite('kernels: plain values');
const LENGTHS = [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 1023, 2048];

const randomBytes = (length: number, random: Random): Uint8Array => Uint8Array.from({ length }, () => random.below(256));
const bytesOf = (array: ArrayBufferView): Uint8Array => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
const little = (value: number): number[] => [value & 255, (value >> 8) & 255, (value >> 16) & 255, (value >> 24) & 255];

const textsOf = (n: number, random: Random): Uint8Array[] =>
  Array.from({ length: n }, () => randomBytes(random.bool(0.1) ? random.below(300) : random.below(20), random));
const plainBytes = (texts: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(texts.flatMap((text) => [...little(text.length), ...text]));

/** What plain strings are, or nothing where they do not end within the bytes. */
function plainTexts(bytes: Uint8Array, n: number): { texts: Uint8Array[]; bytes: number } | undefined {
  let at = 0;
  const texts: Uint8Array[] = [];
  for (let i = 0; i < n; i++) {
    if (at + 4 > bytes.length) return undefined;
    const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true);
    at += 4;
    if (at + length > bytes.length) return undefined;
    texts.push(bytes.slice(at, at + length));
    at += length;
  }
  return { texts, bytes: at };
}

test('bits become booleans from any bit on', () => {
  const random = seededRandom('booleans');
  for (const n of LENGTHS) {
    for (const first of [0, 1, 7, 8, 13]) {
      const bytes = randomBytes(Math.ceil((first + n) / 8), random);
      resetSpans();
      const source = span(bytes);
      const out = span(n);
      assert.is(kernel('plainBooleans')(source.at, source.end, first, n, out.at), 0);
      assert.equal(
        Array.from(bytesAt(out.at, n)),
        Array.from({ length: n }, (_, i) => (bytes[(first + i) >> 3]! >> ((first + i) & 7)) & 1),
      );
      assert.is(kernel('plainBooleans')(source.at, source.end, first, n + 8, out.at), -1);
      checkSpans('booleans');
    }
  }
});

test('strings become views of their page', () => {
  const random = seededRandom('strings');
  for (const n of LENGTHS) {
    const texts = textsOf(n, random);
    const bytes = plainBytes(texts);
    resetSpans(0xff);
    const source = span(bytes);
    const out = span(n * 16);
    assert.is(kernel('plainViews')(source.at, source.end, n, out.at), bytes.length);
    assert.equal(viewsAt(out.at, n), texts);
    assert.is(kernel('plainSkip')(source.at, source.end, n), bytes.length);
    assert.is(kernel('plainViews')(source.at, source.end, n + 1, span(n * 16 + 16).at), -1);
    for (const width of [0, 1, 11, 12, 13, 16, 40]) {
      const values = Array.from({ length: n }, () => randomBytes(width, random));
      const fixed = span(Uint8Array.from(values.flatMap((value) => Array.from(value))));
      assert.is(kernel('fixedViews')(fixed.at, fixed.end, width, n, out.at), n * width);
      assert.equal(viewsAt(out.at, n), values);
      const back = span(n * width);
      assert.is(kernel('viewsToFixed')(out.at, n, width, back.at), 0);
      assert.equal(bytesAt(back.at, n * width), bytesAt(fixed.at, n * width));
      if (n > 0) assert.is(kernel('viewsToFixed')(out.at, n, width + 1, span(n * width + n).at), -1);
      if (width > 0) assert.is(kernel('fixedViews')(fixed.at, fixed.end, width, n + 1, span(n * 16 + 16).at), -1);
    }
    checkSpans('strings');
  }
});

test('damaged strings are refused or mean what the plain reading says', () => {
  const random = seededRandom('damaged strings');
  for (let round = 0; round < 3000; round++) {
    const n = random.below(12);
    const bytes = mutate(plainBytes(textsOf(n, random)), random);
    resetSpans(random.pick([0, 0xff]));
    const source = span(bytes);
    const out = span(n * 16);
    const used = kernel('plainViews')(source.at, source.end, n, out.at);
    checkSpans('strings');
    const wanted = plainTexts(bytes, n);
    assert.is(used, wanted?.bytes ?? -1);
    assert.is(kernel('plainSkip')(source.at, source.end, n), used);
    if (wanted !== undefined) assert.equal(viewsAt(out.at, n), wanted.texts);
  }
});

test('split streams are joined', () => {
  const random = seededRandom('streams');
  for (const total of LENGTHS) {
    for (const width of [1, 2, 3, 4, 8, 16]) {
      const bytes = randomBytes(total * width, random);
      const first = random.between(0, total);
      const n = random.between(0, total - first);
      resetSpans();
      const source = span(bytes);
      const out = span(n * width);
      const join = kernel('streamsJoin');
      assert.is(join(source.at, source.end, total, width, first, n, out.at), 0);
      checkSpans('streams');
      assert.equal(
        bytesAt(out.at, n * width),
        Uint8Array.from({ length: n * width }, (_, i) => bytes[(i % width) * total + first + Math.floor(i / width)]!),
      );
      assert.is(join(source.at, source.end, total, width, first, total - first + 1, out.at), -1);
      assert.is(join(source.at, source.end - 1, total, width, 0, n, out.at), total === 0 ? 0 : -1);
    }
  }
});

/** A conversion of values of one width into values of another, tried apart and in place. */
function checkConversion(
  name: string,
  from: Uint8Array,
  toBytes: number,
  check: (out: number) => void,
  args: (from: number, to: number) => number[],
  inPlace = true,
): number {
  resetSpans();
  const apart = span(toBytes);
  const result = kernel(name)(...args(span(from).at, apart.at));
  checkSpans(name);
  check(apart.at);
  if (inPlace) {
    const room = new Uint8Array(Math.max(from.length, toBytes));
    room.set(from);
    const place = span(room);
    assert.is(kernel(name)(...args(place.at, place.at)), result);
    checkSpans(name);
    check(place.at);
  }
  return result;
}

test('numbers become wider and narrower', () => {
  const random = seededRandom('widen');
  const int32 = (): number => random.pick([0, -1, 1, 0x7fffffff, -0x80000000, random.between(-1e9, 1e9)]);
  const int64 = (): bigint =>
    BigInt.asIntN(64, random.pick([0n, -1n, 1n << 63n, (1n << 63n) - 1n, BigInt(int32()), BigInt(int32()) * BigInt(int32())]));
  for (const n of LENGTHS) {
    const ints = Int32Array.from({ length: n }, int32);
    const longs = BigInt64Array.from({ length: n }, int64);
    const floats = Float32Array.from({ length: n }, () =>
      random.pick([0, -0, NaN, Infinity, -Infinity, random.next() * 1e9, -random.next(), 1e-40]),
    );
    const halves = Uint16Array.from({ length: n }, () => random.below(65536));
    const plain = (from: number, to: number): number[] => [from, n, to];
    const list = <T>(array: ArrayLike<T>): T[] => Array.from(array);
    checkConversion('widenI32', bytesOf(ints), n * 8, (at) => assert.equal(i64At(at, n), list(ints).map(BigInt)), plain);
    checkConversion(
      'widenU32',
      bytesOf(ints),
      n * 8,
      (at) =>
        assert.equal(
          i64At(at, n),
          list(ints).map((v) => BigInt(v >>> 0)),
        ),
      plain,
    );
    checkConversion('widenF32', bytesOf(floats), n * 8, (at) => assert.equal(f64At(at, n), list(floats)), plain);
    checkConversion('widenF16', bytesOf(halves), n * 8, (at) => assert.equal(f64At(at, n), list(halves).map(halfOf)), plain);
    checkConversion('widenI64', bytesOf(longs), n * 16, (at) => assert.equal(i128At(at, n), list(longs)), plain);
    checkConversion(
      'widenU64',
      bytesOf(longs),
      n * 16,
      (at) =>
        assert.equal(
          i128At(at, n),
          list(longs).map((v) => BigInt.asUintN(64, v)),
        ),
      plain,
    );
    const narrow = list(longs).map((v) => Number(BigInt.asIntN(32, v)));
    const narrowed = checkConversion(
      'narrowI64',
      bytesOf(longs),
      n * 4,
      (at) =>
        assert.equal(
          u32At(at, n).map((v) => v | 0),
          narrow,
        ),
      plain,
    );
    assert.is(narrowed, narrow.every((v, i) => BigInt(v) === longs[i]) ? 0 : -1);
    for (const factor of [1000, 1000000]) {
      const up = list(longs).map((v) => v * BigInt(factor));
      const scaled = checkConversion(
        'scaleUp',
        bytesOf(longs),
        n * 8,
        (at) =>
          assert.equal(
            i64At(at, n),
            up.map((v) => BigInt.asIntN(64, v)),
          ),
        (from, to) => [from, n, factor, to],
      );
      assert.is(scaled, up.every((v) => v === BigInt.asIntN(64, v)) ? 0 : -1);
      const down = list(longs).map((v) => (v - (((v % BigInt(factor)) + BigInt(factor)) % BigInt(factor))) / BigInt(factor));
      checkConversion(
        'scaleDown',
        bytesOf(longs),
        n * 8,
        (at) => assert.equal(i64At(at, n), down),
        (from, to) => [from, n, factor, to],
      );
    }
  }
});

function halfOf(bits: number): number {
  const fraction = bits & 0x3ff;
  const exponent = (bits >> 10) & 31;
  const sign = bits >> 15 ? -1 : 1;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}

test('INT96 timestamps', () => {
  const random = seededRandom('int96');
  for (const n of LENGTHS) {
    const values = Array.from({ length: n }, () => ({
      day: random.pick([2440588, 2440587, 0, 2451545, random.between(2000000, 3000000)]),
      nanos: BigInt(random.pick([0, 1, 999, 1000, 86399999999999, -1, random.between(0, 86399999999999)])),
    }));
    const bytes = new Uint8Array(n * 12);
    values.forEach(({ day, nanos }, i) => {
      const view = new DataView(bytes.buffer, i * 12);
      view.setBigInt64(0, nanos, true);
      view.setInt32(8, day, true);
    });
    const wanted = values.map(
      ({ day, nanos }) => BigInt(day - 2440588) * 86400000000n + (nanos >= 0n ? nanos / 1000n : -((-nanos + 999n) / 1000n)),
    );
    const result = checkConversion(
      'int96ToMicros',
      bytes,
      n * 8,
      (at) => assert.equal(i64At(at, n), wanted),
      (from, to) => [from, n, to],
    );
    assert.is(result, 0);
  }
  const far = new Uint8Array(12);
  new DataView(far.buffer).setInt32(8, 0x7fffffff, true);
  resetSpans();
  assert.is(kernel('int96ToMicros')(span(far).at, 1, span(8).at), -1);
});

/** Two's complement, the highest byte first; `undefined` without bytes. */
function bigEndian(bytes: Uint8Array): bigint | undefined {
  if (bytes.length === 0) return undefined;
  return BigInt.asIntN(bytes.length * 8, BigInt('0x' + Buffer.from(bytes).toString('hex')));
}

test('decimals of any width', () => {
  const random = seededRandom('decimals');
  const value = (width: number): Uint8Array => {
    const bytes = randomBytes(width, random);
    const negative = random.bool();
    const used = random.between(0, width);
    if (random.bool(0.8)) bytes.fill(negative ? 255 : 0, 0, used);
    return bytes;
  };
  for (const n of [0, 1, 5, 100]) {
    for (let width = 0; width <= 20; width++) {
      for (const wide of [0, 1]) {
        const values = Array.from({ length: n }, () => value(width));
        const numbers = values.map(bigEndian);
        const bits = wide === 1 ? 128 : 64;
        const fits = numbers.every((number) => number !== undefined && number === BigInt.asIntN(bits, number));
        const check = (at: number): void => {
          if (fits) assert.equal(wide === 1 ? i128At(at, n) : i64At(at, n), numbers);
        };
        const bytes = Uint8Array.from(values.flatMap((one) => Array.from(one)));
        const done = checkConversion(
          'decimalFixed',
          bytes,
          n * (wide === 1 ? 16 : 8),
          check,
          (from, to) => [from, width, n, to, wide],
          false,
        );
        assert.is(done, fits ? 0 : -1, `width ${width}, wide ${wide}`);
        const mixed = Array.from({ length: n }, () => value(random.between(1, wide === 1 ? 18 : 10)));
        const mixedNumbers = mixed.map(bigEndian);
        resetSpans();
        const source = span(plainBytes(mixed));
        const from = span(n * 16);
        kernel('plainViews')(source.at, source.end, n, from.at);
        const allFit = mixedNumbers.every((number) => number === BigInt.asIntN(bits, number!));
        for (const to of [span(n * (wide === 1 ? 16 : 8)).at, from.at]) {
          assert.is(kernel('decimalViews')(from.at, n, to, wide), allFit ? 0 : -1);
          if (allFit) assert.equal(wide === 1 ? i128At(to, n) : i64At(to, n), mixedNumbers);
        }
        checkSpans('decimals');
      }
    }
  }
});

test.run();
