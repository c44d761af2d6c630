import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { zstdCompress, zstdDecompress } from '../../lib/io/zstd.js';
import { defaultSeed, seededRandom } from '../support/random.js';
import { suite } from '../support/suite.js';

/** By Node's own zstd where it has one, by libraries where not. */

const test = suite('zstd');
const seed = defaultSeed();
console.log(`  QUERN_SEED=${seed}`);

function back(text: Uint8Array, level?: number): Buffer {
  return Buffer.from(zstdDecompress(zstdCompress(text, level), text.length));
}

test('texts come back at every level, from shared memory too', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 3000 }),
      fc.integer({ min: 1, max: 400 }),
      fc.integer({ min: 1, max: 22 }),
      (bytes, times, level) => {
        const text = new Uint8Array(new SharedArrayBuffer(bytes.length * times));
        for (let i = 0; i < times; i++) text.set(bytes, i * bytes.length);
        assert.ok(back(text, level).equals(text));
      },
    ),
    { seed, numRuns: 60 },
  );
});

test('frames that follow each other are one text', () => {
  const [a, b, c] = ['one', '', 'three'.repeat(1000)].map((text) => Buffer.from(text));
  const frames = Buffer.concat([zstdCompress(a!), zstdCompress(b!), zstdCompress(c!)]);
  const text = Buffer.concat([a!, c!]);
  assert.ok(Buffer.from(zstdDecompress(frames, text.length)).equals(text));
});

test('a text larger than what is compressed at a time', () => {
  const random = seededRandom('zstd', seed);
  const word = Uint8Array.from({ length: 1000 }, () => random.below(256));
  const text = new Uint8Array(64 * 1024 * 1024 + 7);
  for (let at = 0; at < text.length; at += 1000) text.set(word.subarray(0, Math.min(1000, text.length - at)), at);
  text[20 * 1024 * 1024]! ^= 1;
  const compressed = zstdCompress(text);
  assert.ok(compressed.length < text.length / 100);
  assert.ok(Buffer.from(zstdDecompress(compressed, text.length)).equals(text));
});

test.run();
