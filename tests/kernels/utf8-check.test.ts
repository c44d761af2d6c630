import { isUtf8 } from 'node:buffer';
import * as assert from 'uvu/assert';
import { seededRandom, type Random } from '../support/random.js';
import { suite } from '../support/suite.js';
import { checkSpans, kernel, resetSpans, setBytes, span } from './spans.js';

const test = suite('kernels: UTF-8');

const LETTERS = [
  'a',
  'z',
  ' ',
  'é',
  'ß',
  'я',
  '中',
  '€',
  '\ud7ff',
  '\ue000',
  '\uffff',
  '😀',
  '\u{10ffff}',
  '\u0080',
  '\u07ff',
  '\u0800',
  '\u{10000}',
];
/** Bytes at which what may follow changes. */
const EDGES = [
  0, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3,
  0xf4, 0xf5, 0xff,
];

type Layout = 'nowhere' | 'behind each other' | 'behind their lengths';

/** What the kernel says of texts in one of the ways in which they may lie. */
function firstBad(texts: readonly Uint8Array[], layout: Layout, nulls?: readonly boolean[]): number {
  resetSpans(0xe9);
  const parts = texts.map((text) => {
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, text.length, true);
    return layout === 'behind their lengths' ? Buffer.concat([length, text]) : text;
  });
  const bytes = span(Buffer.concat(parts));
  const views = span(texts.length * 16);
  let at = bytes.at;
  texts.forEach((text, i) => {
    if (layout === 'behind their lengths') at += 4;
    const view = new Uint8Array(16);
    const words = new Uint32Array(view.buffer);
    words[0] = text.length;
    if (text.length <= 12) view.set(text, 4);
    else words[2] = at;
    setBytes(views.at + i * 16, view);
    at += text.length;
  });
  const nullBytes = nulls === undefined ? 0 : span(Uint8Array.from(nulls, Number)).at;
  const [from, end] = layout === 'nowhere' ? [0, 0] : [bytes.at, bytes.end];
  const found = kernel('firstNotUtf8')(from, end, views.at, texts.length, nullBytes);
  checkSpans('UTF-8');
  return found;
}

const LAYOUTS: readonly Layout[] = ['nowhere', 'behind each other', 'behind their lengths'];

function check(texts: readonly Uint8Array[], nulls?: readonly boolean[]): void {
  const expected = texts.findIndex((text, i) => nulls?.[i] !== true && !isUtf8(text));
  for (const layout of LAYOUTS)
    assert.is(
      firstBad(texts, layout, nulls),
      expected,
      `${layout}: ${texts.map((text) => Buffer.from(text).toString('hex')).join(' ')}`,
    );
}

function randomText(random: Random, isDamaged: boolean): Uint8Array {
  const length = random.pick([0, 1, 3, 11, 12, 13, 16, 40, 130, 300]);
  const few = random.pick([LETTERS, LETTERS.slice(0, 4), LETTERS.slice(0, 3)]);
  const bytes = Buffer.from(Array.from({ length: random.below(length + 1) }, () => random.pick(few)).join(''));
  if (!isDamaged || bytes.length === 0) return bytes;
  if (random.bool()) return bytes.subarray(0, random.below(bytes.length));
  bytes[random.below(bytes.length)] = random.bool() ? random.pick(EDGES) : random.below(256);
  return bytes;
}

test('every pair of bytes, and what follows where that matters', () => {
  const around = [Buffer.from('before, 16 and more '), Buffer.alloc(0)];
  for (let first = 0; first < 256; first++) {
    const seconds = Array.from({ length: 256 }, (_, second) => Uint8Array.of(first, second));
    for (const text of seconds) assert.is(firstBad([text], 'nowhere'), isUtf8(text) ? -1 : 0);
    check(seconds);
  }
  for (const a of EDGES)
    for (const b of EDGES)
      for (const c of EDGES) {
        check([Uint8Array.of(a, b, c)]);
        const [before] = around;
        check([Buffer.concat([before!, Uint8Array.of(a, b, c), Buffer.from('behind')])]);
        for (const d of [0x41, 0x80, 0xbf, 0xc3])
          assert.is(firstBad([Uint8Array.of(a, b, c, d)], 'nowhere'), isUtf8(Uint8Array.of(a, b, c, d)) ? -1 : 0);
      }
});

test('many texts, as they may lie', () => {
  const random = seededRandom('UTF-8');
  for (let round = 0; round < 3000; round++) {
    const damaged = random.pick([0, 0, 0.02, 0.3]);
    const texts = Array.from({ length: random.below(20) }, () => randomText(random, random.bool(damaged)));
    check(texts, random.bool() ? undefined : texts.map(() => random.bool(0.2)));
  }
});

test('a character that goes on in the next text is none', () => {
  const cut = (text: string, at: number): Uint8Array[] => [Buffer.from(text).subarray(0, at), Buffer.from(text).subarray(at)];
  check(cut('aé', 2));
  check(cut(`${'a'.repeat(20)}😀${'b'.repeat(20)}`, 22));
  // The length of the second, 0xa9, would end it.
  check([Buffer.from([0x61, 0xc3]), Buffer.from('b'.repeat(0xa9))]);
});

test.run();
