import * as assert from 'uvu/assert';
import { VIEW_BYTES, VIEW_INLINE_MAX, ZEROS } from '../../lib/memory/layout.js';
import { seededRandom, type Random } from '../support/random.js';
import { suite } from '../support/suite.js';
import { LENGTHS } from '../codegen/vectors.js';
import { bytesAt, checkSpans, kernel, resetSpans, setBytes, span, u32At } from './spans.js';

const test = suite('kernels: batches of strings');

const WORDS = ['express', 'ex', 'press', 'a', 'slyly regular deposits', ' ', 'x', 'furiously', 'aaaa', ''];
const WIDE = ['é', '字', '😀', 'ß'];
/** How the bytes of long strings lie: as in a page; with far spaces between them; in another order than the rows; equal strings once. */
const LAYOUTS = ['page', 'sparse', 'reversed', 'repeated'] as const;

interface Batch {
  readonly texts: readonly (string | null)[];
  readonly views: number;
  readonly nulls: number;
}

function textOf(random: Random, wide: number): string {
  let text = '';
  for (let words = random.below(6); words > 0; words--) text += random.pick(random.bool(wide) ? WIDE : WORDS);
  return random.bool(0.02) ? text.repeat(20) : text;
}

function writeView(at: number, bytes: Uint8Array, reference: number): void {
  const view = Buffer.alloc(VIEW_BYTES);
  view.writeUInt32LE(bytes.length, 0);
  view.set(bytes.subarray(0, bytes.length > VIEW_INLINE_MAX ? 4 : VIEW_INLINE_MAX), 4);
  if (bytes.length > VIEW_INLINE_MAX) view.writeUInt32LE(reference, 8);
  setBytes(at, view);
}

function batchOf(random: Random, n: number, layout: (typeof LAYOUTS)[number], wide: number, hasNulls: boolean): Batch {
  resetSpans();
  const texts = Array.from({ length: n }, () => (hasNulls && random.bool(0.3) ? null : textOf(random, wide)));
  const encoded = texts.map((text) => Buffer.from(text ?? ''));
  const gap = layout === 'sparse' ? 500 : 0;
  const room = span(encoded.reduce((sum, { length }) => sum + 4 + length + gap, 0));
  const views = span(n * VIEW_BYTES).at;
  let place = room.at;
  const order = encoded.map((_, i) => (layout === 'reversed' ? n - 1 - i : i));
  const known = new Map<string, number>();
  for (const row of order) {
    const bytes = encoded[row]!;
    setBytes(place, Buffer.from(Uint32Array.of(bytes.length).buffer));
    place += 4;
    setBytes(place, bytes);
    const reference = layout === 'repeated' ? (known.get(bytes.toString()) ?? place) : place;
    known.set(bytes.toString(), reference);
    // What a null's view holds means nothing.
    if (texts[row] === null) setBytes(views + row * VIEW_BYTES, Buffer.alloc(VIEW_BYTES, 0xa5));
    else writeView(views + row * VIEW_BYTES, bytes, reference);
    place += bytes.length + gap;
  }
  const nulls = hasNulls ? span(texts.map((text) => (text === null ? 1 : 0))).at : ZEROS;
  return { texts, views, nulls };
}

/** All kinds of batches; `check` gets the rows, and the positions and their address where not all are asked for. */
function eachBatch(random: Random, check: (batch: Batch, rows: readonly number[], sel: number, what: string) => void): void {
  for (const layout of LAYOUTS)
    for (const n of LENGTHS)
      for (const wide of [0, 0.002, 0.3])
        for (const hasNulls of [false, true]) {
          const batch = batchOf(random, n, layout, wide, hasNulls);
          const all = Array.from({ length: n }, (_, i) => i);
          const what = `${layout}, ${n} rows, ${wide} wide, ${hasNulls ? 'nulls' : 'no nulls'}`;
          check(batch, all, 0, what);
          const some = all.filter(() => random.bool());
          check(batch, some, span(Buffer.from(Uint32Array.from(some).buffer)).at, `${what}, selected`);
        }
}

test('characters', () => {
  const random = seededRandom('characters');
  eachBatch(random, ({ texts, views, nulls }, rows, sel, what) => {
    const out = span(texts.length * 4).at;
    kernel('stringLengths')(views, nulls, sel, rows.length, out);
    checkSpans(what);
    const found = u32At(out, texts.length);
    for (const row of rows) {
      const text = texts[row]!;
      if (text !== null) assert.is(found[row], Array.from(text).length, `${what}, row ${row}`);
    }
  });
});

test('contained texts, among them some that neighbours have together', () => {
  const random = seededRandom('contained texts');
  eachBatch(random, ({ texts, views, nulls }, rows, sel, what) => {
    const some = texts[random.below(Math.max(1, texts.length))] ?? 'express';
    const from = random.below(some.length + 1);
    const across = `${texts[0] ?? ''}${texts[1] ?? ''}`.slice(-20);
    for (const part of ['express', 'xp', 's', 'zzz', '', some.slice(from, from + 1 + random.below(20)), across, 'é', '\0']) {
      const bytes = Buffer.from(part);
      const needle = span(VIEW_BYTES).at;
      writeView(needle, bytes, span(bytes).at);
      const out = span(texts.length).at;
      kernel('stringsContain')(views, nulls, sel, rows.length, needle, out);
      checkSpans(what);
      const found = bytesAt(out, texts.length);
      for (const row of rows) {
        const text = texts[row]!;
        // By bytes: a part may have been cut in the middle of a character.
        if (text !== null) assert.is(found[row], Number(Buffer.from(text).includes(bytes)), `"${part}", ${what}, row ${row}`);
      }
    }
  });
});

test.run();
