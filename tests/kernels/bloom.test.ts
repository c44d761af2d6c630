import * as assert from 'uvu/assert';
import { bloomBits, xxhash64Of } from '../../lib/kernels/reference/bloom.js';
import { seededRandom, type Random } from '../support/random.js';
import { suite } from '../support/suite.js';
import { bytesAt, checkSpans, i64At, kernel, plainViews, resetSpans, span } from './spans.js';

const test = suite('kernels: Bloom filters');
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
    checkSpans('bloom');
  }
});

test.run();
