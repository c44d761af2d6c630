import * as assert from 'uvu/assert';
import { hybridValues } from '../../lib/kernels/reference/parquet.js';
import { seededRandom, type Random } from '../support/random.js';
import { suite } from '../support/suite.js';
import {
  bytesAt,
  checkSpans,
  f64At,
  i128At,
  i64At,
  kernel,
  plainViews,
  resetSpans,
  setBytes,
  span,
  u32At,
  viewsAt,
} from './spans.js';

const test = suite('kernels: encoding');
const LENGTHS = [0, 1, 2, 7, 8, 9, 15, 16, 17, 63, 64, 65, 504, 505, 513, 1023, 2048];

const randomBytes = (length: number, random: Random): Uint8Array => Uint8Array.from({ length }, () => random.below(256));
const bytesOf = (array: ArrayBufferView): Uint8Array => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

/** Values with runs of all lengths. */
function runsOf(n: number, limit: number, random: Random): number[] {
  const out: number[] = [];
  const alike = random.pick([0, 0.05, 0.5, 1]);
  while (out.length < n) {
    const value = random.below(limit);
    const times = random.bool(alike) ? random.between(1, random.pick([10, 30, 700])) : 1;
    for (let i = 0; i < times && out.length < n; i++) out.push(value);
  }
  return out;
}

test('the hybrid of runs and packed values', () => {
  const random = seededRandom('hybrid');
  for (let width = 0; width <= 32; width++) {
    for (const n of LENGTHS) {
      const values = runsOf(n, 2 ** width, random);
      for (const name of width <= 8 ? ['hybridEncode', 'hybridEncodeBytes'] : ['hybridEncode']) {
        resetSpans();
        const source = span(bytesOf(name === 'hybridEncode' ? Uint32Array.from(values) : Uint8Array.from(values)));
        const out = span(kernel('hybridBound')(n, width));
        const length = kernel(name)(source.at, n, width, out.at);
        checkSpans(`${name} of ${n} values of ${width} bits`);
        assert.ok(length <= out.end - out.at);
        assert.ok(length <= Math.ceil(n / 8) * width + Math.ceil(n / 504) + 6 || width < 4, 'no longer than packed');
        assert.equal(hybridValues(bytesAt(out.at, length), width, n).values, values);
      }
    }
  }
});

test('what is not null lies close together', () => {
  const random = seededRandom('compact');
  for (const n of LENGTHS) {
    for (const shift of [0, 2, 3, 4]) {
      const width = 1 << shift;
      const values = randomBytes(n * width, random);
      const nulls = Uint8Array.from({ length: n }, () => (random.bool(0.3) ? 1 : 0));
      const chosen = Array.from({ length: n }, (_, row) => row).filter(() => random.bool(0.6));
      for (const rows of [undefined, chosen]) {
        resetSpans();
        const there = (rows ?? Array.from({ length: n }, (_, row) => row)).filter((row) => nulls[row] === 0);
        const sel = rows === undefined ? 0 : span(bytesOf(Uint32Array.from(rows))).at;
        const out = span(there.length * width, width);
        const from = span(values);
        assert.is(kernel('compactValues')(from.at, span(nulls).at, sel, rows?.length ?? n, shift, out.at), there.length);
        const wanted = Uint8Array.from(there.flatMap((row) => Array.from(values.subarray(row * width, (row + 1) * width))));
        assert.equal(bytesAt(out.at, wanted.length), wanted);
        checkSpans('compact');
      }
    }
    const nulls = Uint8Array.from({ length: n }, () => (random.bool(0.3) ? 1 : 0));
    resetSpans();
    const levels = span(n);
    kernel('nullsToLevels')(span(nulls).at, n, 3, levels.at);
    assert.equal(
      Array.from(bytesAt(levels.at, n)),
      Array.from(nulls, (isNull) => 3 - isNull),
    );
    checkSpans('levels');
  }
});

test('booleans, strings, decimals, floats come back', () => {
  const random = seededRandom('plain');
  for (const n of LENGTHS) {
    const booleans = Uint8Array.from({ length: n }, () => random.below(2));
    resetSpans();
    const bits = span(Math.ceil(n / 8));
    assert.is(kernel('encodeBooleans')(span(booleans).at, n, bits.at), Math.ceil(n / 8));
    const read = span(n);
    assert.is(kernel('plainBooleans')(bits.at, bits.end, 0, n, read.at), 0);
    assert.equal(bytesAt(read.at, n), booleans);

    const texts = Array.from({ length: n }, () => randomBytes(random.bool(0.02) ? 400 : random.below(30), random));
    const views = plainViews(texts);
    const total = texts.reduce((sum, text) => sum + text.length, 0);
    assert.is(kernel('encodedViewBytes')(views, n), total + 4 * n);
    const out = span(total + 4 * n, 12);
    assert.is(kernel('encodeViews')(views, n, 0, out.at), total + 4 * n);
    const again = span(n * 16);
    assert.is(kernel('plainViews')(out.at, out.end, n, again.at), total + 4 * n);
    assert.equal(viewsAt(again.at, n), texts);
    const doubles = Float64Array.from({ length: n }, () => random.next() * 1e6);
    const narrowed = span(n * 4);
    kernel('narrowF64')(span(bytesOf(doubles)).at, n, narrowed.at);
    assert.equal(bytesAt(narrowed.at, n * 4), bytesOf(Float32Array.from(doubles)));
    checkSpans('plain');
  }
  for (let width = 1; width <= 16; width++) {
    for (const wide of [0, 1]) {
      const bits = Math.min(8 * width, wide === 1 ? 128 : 64);
      const numbers = Array.from({ length: 50 }, () =>
        BigInt.asIntN(bits, BigInt('0x' + Buffer.from(randomBytes(16, random)).toString('hex'))),
      );
      const words = BigUint64Array.from(
        numbers.flatMap((number) => [BigInt.asUintN(64, number), ...(wide === 1 ? [BigInt.asUintN(64, number >> 64n)] : [])]),
      );
      resetSpans();
      const out = span(50 * width);
      kernel('encodeDecimals')(span(bytesOf(words)).at, 50, wide, width, out.at);
      const back = span(50 * (wide === 1 ? 16 : 8));
      assert.is(kernel('decimalFixed')(out.at, width, 50, back.at, wide), 0);
      assert.equal(wide === 1 ? i128At(back.at, 50) : i64At(back.at, 50), numbers);
      checkSpans('decimals');
    }
  }
});

const STATE_BYTES = 32;

interface Built {
  readonly codes: number[];
  /** The entries' bytes. */
  readonly entries: string[];
}

/** The kernels' dictionary of these values (views where `kind` is 3), which begins with a table of 8 slots and grows until there are `limit` entries or `room` bytes of long ones. */
function buildWith(
  kind: number,
  pieces: readonly (readonly Uint8Array[])[],
  limit: number,
  room: number,
  build?: (state: number, done: number, n: number, to: number) => number,
): Built {
  const width = kind === 0 ? 4 : kind === 1 ? 8 : 16;
  const state = span(STATE_BYTES);
  const entries = span(limit * width);
  const heap = span(room);
  let bits = 3;
  const words = (): Uint32Array => Uint32Array.from(u32At(state.at, 8));
  const set = (word: number, value: number): void => setBytes(state.at + word * 4, bytesOf(Uint32Array.of(value)));
  const grow = (): void => {
    set(0, span(4 << bits).at);
    set(1, bits);
    set(4, Math.min(limit, 1 << (bits - 1)));
    kernel('buildTable')(state.at, kind);
    bits += 2;
  };
  set(2, entries.at);
  set(5, heap.at);
  set(7, room);
  grow();
  const codes: number[] = [];
  for (const piece of pieces) {
    const values = kind === 3 ? plainViews(piece) : span(Uint8Array.from(piece.flatMap((value) => Array.from(value)))).at;
    const out = span(piece.length * 4);
    let done = 0;
    while (done < piece.length) {
      const [at, to] = [values + done * width, out.at + done * 4];
      const name = ['build4', 'build8', 'build16', 'buildViews'][kind]!;
      const more = build
        ? build(state.at, done, piece.length - done, to)
        : kind === 3
          ? kernel(name)(state.at, at, piece.length - done, 0, to)
          : kernel(name)(state.at, at, piece.length - done, to);
      done += more;
      const [, , , count, stop] = words();
      if (done < piece.length && (count !== stop || stop === limit)) break;
      if (done < piece.length) grow();
    }
    codes.push(...u32At(out.at, done));
    if (done < piece.length) break;
  }
  const count = words()[3]!;
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
  const found =
    kind === 3
      ? viewsAt(entries.at, count, heap.at).map(hex)
      : Array.from({ length: count }, (_, i) => hex(bytesAt(entries.at + i * width, width)));
  return { codes, entries: found };
}

/** The same in plain words. */
function builtOf(values: readonly Uint8Array[], limit: number, room: number): Built {
  const entries: string[] = [];
  const codes: number[] = [];
  let used = 0;
  for (const value of values) {
    const key = Buffer.from(value).toString('hex');
    if (!entries.includes(key)) {
      const long = value.length > 12 ? value.length : 0;
      if (entries.length === limit || used + long > room) break;
      used += long;
      entries.push(key);
    }
    codes.push(entries.indexOf(key));
  }
  return { codes, entries };
}

test('dictionaries of numbers, until there are too many', () => {
  const random = seededRandom('build');
  for (const kind of [0, 1, 2]) {
    for (const different of [1, 5, 100, 1000]) {
      const width = 4 << kind;
      const pool = Array.from({ length: different }, () => randomBytes(width, random));
      const rows = Array.from({ length: 1500 }, () => random.pick(pool));
      const cut = random.between(0, rows.length);
      resetSpans();
      assert.equal(buildWith(kind, [rows.slice(0, cut), rows.slice(cut)], 100, 0), builtOf(rows, 100, Infinity));
      checkSpans('build');
    }
  }
});

test('dictionaries of strings, until they are too many or too long', () => {
  const random = seededRandom('build strings');
  for (const [limit, room] of [
    [100, 10_000],
    [20, 10_000],
    [100, 300],
  ] as const) {
    const pool = Array.from({ length: 60 }, () => randomBytes(random.pick([0, 3, 12, 13, 30]), random));
    const rows = Array.from({ length: 800 }, () => random.pick(pool.slice(0, random.pick([5, 60]))));
    resetSpans();
    assert.equal(buildWith(3, [rows], limit, room), builtOf(rows, limit, room));
    checkSpans('build strings');
  }
});

test('dictionaries of values that have numbers in another one', () => {
  const random = seededRandom('numbered');
  for (const kind of [0, 1, 2, 3]) {
    for (const [wide, isNew] of [
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ] as const) {
      const size = kind === 3 ? undefined : 4 << kind;
      const drawn = Array.from({ length: 50 }, () => randomBytes(size ?? random.pick([0, 3, 12, 13, 30]), random));
      const different = new Map(drawn.map((value) => [Buffer.from(value).toString('hex'), value]));
      const other = isNew ? [...different.values()] : drawn;
      const numbers = Array.from({ length: 700 }, () => random.below(Math.min(40, other.length)));
      const [limit, room] = random.pick([[100, 10_000], [20, 10_000], [100, 200]] as const); // prettier-ignore
      resetSpans();
      const values = kind === 3 ? plainViews(other) : span(Uint8Array.from(other.flatMap((value) => Array.from(value)))).at;
      const map = span(other.length * 4);
      const from = span(wide ? bytesOf(Uint32Array.from(numbers)) : Uint8Array.from(numbers));
      const rows = numbers.map((number) => other[number]!);
      const built = buildWith(kind, [rows], limit, room, (state, done, n, to) => {
        const at = from.at + done * (wide ? 4 : 1);
        return kernel('buildNumbered')(state, kind, at, Number(wide), n, map.at, values, Number(isNew), to);
      });
      assert.equal(built, builtOf(rows, limit, kind === 3 ? room : Infinity));
      checkSpans('build numbered');
    }
  }
});

test('which codes occur', () => {
  resetSpans();
  const seen = span(10);
  kernel('codesSeen')(span(bytesOf(Uint32Array.of(3, 9, 3, 0))).at, 4, seen.at);
  assert.equal(Array.from(bytesAt(seen.at, 10)), [1, 0, 0, 1, 0, 0, 0, 0, 0, 1]);
  checkSpans('seen');
});

test('entries that occur', () => {
  const seen = [1, 0, 0, 1, 1, 0];
  for (const width of [4, 8, 16]) {
    resetSpans();
    const entries = Uint8Array.from({ length: seen.length * width }, (_, i) => i);
    const out = span(entries.length);
    const count = kernel('seenValues')(span(entries).at, span(Uint8Array.from(seen)).at, seen.length, Math.log2(width), out.at);
    assert.is(count, 3);
    assert.equal(
      Array.from(bytesAt(out.at, count * width)),
      Array.from(entries).filter((_, i) => seen[Math.floor(i / width)] === 1),
    );
    checkSpans('seen values');
  }
});

test('least and greatest', () => {
  const random = seededRandom('ranges');
  for (const n of LENGTHS.filter((length) => length > 0)) {
    resetSpans();
    const out = span(32).at;
    const ints = Int32Array.from({ length: n }, () => random.between(-2147483648, 2147483647));
    kernel('rangeI32')(span(bytesOf(ints)).at, n, out);
    assert.equal(
      u32At(out, 2).map((value) => value | 0),
      [Math.min(...ints), Math.max(...ints)],
    );

    const least = <T extends bigint | number>(values: ArrayLike<T>): T => Array.from(values).reduce((a, b) => (b < a ? b : a));
    const most = <T extends bigint | number>(values: ArrayLike<T>): T => Array.from(values).reduce((a, b) => (b > a ? b : a));
    const longs = new BigInt64Array(randomBytes(n * 8, random).buffer);
    kernel('rangeI64')(span(bytesOf(longs)).at, n, out);
    assert.equal(i64At(out, 2), [least(longs), most(longs)]);

    const wide = Array.from({ length: n }, () => {
      const high = random.bool() ? BigInt(random.between(-2, 2)) : BigInt.asIntN(64, BigInt(random.below(2 ** 32)) << 32n);
      return (high << 64n) | BigInt.asUintN(64, BigInt(random.below(2 ** 32)) << BigInt(random.pick([0, 32])));
    });
    const words = BigUint64Array.from(wide.flatMap((number) => [BigInt.asUintN(64, number), BigInt.asUintN(64, number >> 64n)]));
    kernel('rangeI128')(span(bytesOf(words)).at, n, out);
    assert.equal(i128At(out, 2), [least(wide), most(wide)]);

    const doubles = Float64Array.from({ length: n }, () =>
      random.pick([NaN, 0, -0, Infinity, -Infinity, random.next() - 0.5, random.next() - 0.5]),
    );
    const numbers = Array.from(doubles).filter((value) => !Number.isNaN(value));
    assert.is(kernel('rangeF64')(span(bytesOf(doubles)).at, n, out), n - numbers.length);
    const [low, high] = f64At(out, 2);
    assert.ok(Object.is(low, Math.min(...numbers)) && Object.is(high, Math.max(...numbers)));

    const texts = Array.from({ length: n }, () => randomBytes(random.below(20), random).map((byte) => byte % 3));
    const seen = Uint8Array.from(texts, () => random.below(2));
    for (const some of [undefined, seen]) {
      const sorted = texts.filter((_, row) => some?.[row] !== 0).toSorted((a, b) => Buffer.compare(a, b));
      const marks = some === undefined ? 0 : span(some).at;
      assert.is(kernel('rangeViews')(plainViews(texts), n, 0, marks, out), sorted.length > 0 ? 1 : 0);
      if (sorted.length === 0) continue;
      assert.equal(
        u32At(out, 2).map((row) => texts[row]),
        [sorted[0], sorted.at(-1)],
      );
    }
    const floats = Float32Array.from(doubles);
    assert.is(kernel('rangeF32')(span(bytesOf(floats)).at, n, out), numbers.length > 0 ? 1 : 0);
    if (numbers.length > 0) {
      const rounded = numbers.map(Math.fround);
      assert.ok(f64At(out, 2)[0] === Math.min(...rounded) && f64At(out, 2)[1] === Math.max(...rounded));
    }

    const bytes = randomBytes(n, random);
    kernel('rangeBytes')(span(bytes).at, n, out);
    assert.equal(Array.from(bytesAt(out, 2)), [Math.min(...bytes), Math.max(...bytes)]);
    checkSpans('ranges');
  }
});

test.run();
