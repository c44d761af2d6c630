import * as assert from 'uvu/assert';
import { bloomBits, xxhash64Of } from '../../lib/kernels/reference/bloom.js';
import { seededRandom, type Random } from '../support/random.js';
import { suite } from '../support/suite.js';
import { bytesAt, checkSpans, i64At, kernel, plainViews, resetSpans, span } from './spans.js';

const test = suite('kernels: hashes of values, UTF-8');
const LENGTHS = [0, 1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 31, 32, 33, 39, 40, 63, 64, 65, 100, 1000];

const randomBytes = (length: number, random: Random): Uint8Array => Uint8Array.from({ length }, () => random.below(256));
const unsigned = (values: readonly bigint[]): bigint[] => values.map((value) => BigInt.asUintN(64, value));

test('xxhash64 of fixed widths and of strings', () => {
  assert.is(xxhash64Of(new Uint8Array(0)), 0xef46db3751d8e999n);
  assert.is(xxhash64Of(Buffer.from('abc')), 0x44bc2cf5ad770999n);
  const random = seededRandom('xxhash');
  for (const width of LENGTHS) {
    const values = Array.from({ length: 5 }, () => randomBytes(width, random));
    resetSpans();
    const hashes = span(5 * 8);
    kernel('xxhashFixed')(span(Uint8Array.from(values.flatMap((value) => Array.from(value)))).at, width, 5, hashes.at);
    assert.equal(unsigned(i64At(hashes.at, 5)), values.map(xxhash64Of));
    checkSpans('xxhash');
  }
  const texts = LENGTHS.map((length) => randomBytes(length, random));
  resetSpans();
  const hashes = span(texts.length * 8);
  kernel('xxhashViews')(plainViews(texts), texts.length, hashes.at);
  assert.equal(unsigned(i64At(hashes.at, texts.length)), texts.map(xxhash64Of));
  checkSpans('xxhash');
});

test('split-block Bloom filters', () => {
  const random = seededRandom('bloom');
  for (const blocks of [1, 2, 7, 32, 1000]) {
    const hashes = Array.from({ length: 60 }, () => xxhash64Of(randomBytes(8, random)));
    const bits = new Uint8Array(blocks * 32);
    for (const hash of hashes) for (const bit of bloomBits(hash, blocks)) bits[bit >> 3]! |= 1 << (bit & 7);
    resetSpans();
    const filter = span(blocks * 32);
    kernel('bloomInsert')(filter.at, blocks, span(new Uint8Array(BigUint64Array.from(hashes).buffer)).at, hashes.length);
    assert.equal(bytesAt(filter.at, bits.length), bits);
    const asked = [...hashes.slice(0, 20), ...Array.from({ length: 200 }, () => xxhash64Of(randomBytes(9, random)))];
    const wanted = asked.map((hash) => (bloomBits(hash, blocks).every((bit) => (bits[bit >> 3]! >> (bit & 7)) & 1) ? 1 : 0));
    const at = span(new Uint8Array(BigUint64Array.from(asked).buffer)).at;
    const found = span(asked.length);
    const count = wanted.filter((one) => one === 1).length;
    assert.is(kernel('bloomCheck')(filter.at, blocks, at, asked.length, found.at), count);
    assert.equal(Array.from(bytesAt(found.at, asked.length)), wanted);
    assert.is(kernel('bloomCheck')(filter.at, blocks, at, asked.length, 0), count);
    checkSpans('bloom');
  }
});

test('UTF-8, the shortest form only', () => {
  const random = seededRandom('utf-8');
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const isValid = (bytes: Uint8Array): boolean => {
    try {
      decoder.decode(bytes);
      return true;
    } catch {
      return false;
    }
  };
  const pieces = [
    'a',
    'plain words of sixteen',
    'é',
    '字',
    '😀',
    '\u{10ffff}',
    '\u07ff',
    '\u0800',
    '\ud7ff',
    '\ue000',
    '\uffff',
    '\0',
  ].map((text) => Buffer.from(text));
  const wrong = [
    '80',
    'bf',
    'c0af',
    'c1bf',
    'c2',
    'e0a0',
    'e09fbf',
    'eda080',
    'edbfbf',
    'f08fbfbf',
    'f4908080',
    'f5808080',
    'ff',
    'f09f98',
    'e2e282ac',
    'c2c2a0',
  ].map((hex) => Buffer.from(hex, 'hex'));
  const texts = Array.from({ length: 4000 }, () => {
    const parts = Array.from({ length: random.below(8) }, () => random.pick(pieces));
    if (random.bool(0.3)) parts.splice(random.below(parts.length + 1), 0, random.pick(wrong));
    if (random.bool(0.1)) parts.push(Buffer.from(Array.from(randomBytes(random.below(4), random))));
    const bytes = Uint8Array.from(Buffer.concat(parts));
    return random.bool(0.1) ? bytes.slice(0, random.below(bytes.length + 1)) : bytes;
  });
  for (const bytes of texts) {
    resetSpans(0xff);
    const { at } = span(bytes, 0, random.below(16));
    assert.is(kernel('utf8Valid')(at, bytes.length), isValid(bytes) ? 1 : 0, Buffer.from(bytes).toString('hex'));
    assert.is(kernel('bytesAscii')(at, bytes.length), bytes.every((byte) => byte < 128) ? 1 : 0);
  }
  for (let from = 0; from < texts.length; from += 10) {
    const some = texts.slice(from, from + 10);
    resetSpans(0xff);
    assert.is(
      kernel('viewsUtf8')(plainViews(some), some.length),
      some.findIndex((text) => !isValid(text)),
    );
  }
});

test.run();
