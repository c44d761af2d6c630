import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as zlib from 'node:zlib';
import * as assert from 'uvu/assert';
import { DataError, Engine, type Session } from '../../lib/index.js';
import { splitByBytes } from '../../lib/io/byte-ranges.js';
import { BlockList, type Blocks } from '../../lib/io/compression/blocks.js';
import { blocksOf } from '../../lib/io/compression/find-blocks.js';
import { fileFacts } from '../../lib/io/files.js';
import { textRanges } from '../../lib/io/text-ranges.js';
import { seededRandom, type Random } from '../support/random.js';
import { withSessionOf } from '../support/session.js';
import { suite } from '../support/suite.js';
import { withTempFolder } from '../support/temp-folder.js';
import { BGZF_END, bgzf, bgzfMember, seekableZstd } from './block-files.js';

const test = suite('compression-blocks');
let engine: Engine;
test.before(async () => {
  engine = await Engine.create({ workers: 2 });
});
test.after(() => engine.close());

/** A text in pieces of any length, of which some are empty. */
function pieces(text: Buffer, random: Random, longest: number): Buffer[] {
  const made: Buffer[] = [];
  for (let at = 0; at < text.length;) {
    const bytes = random.bool(0.1) ? 0 : random.between(1, longest);
    made.push(text.subarray(at, at + bytes));
    at += bytes;
  }
  return made;
}

const FILES: readonly { readonly ending: string; readonly write: (texts: readonly Buffer[], random: Random) => Buffer }[] = [
  { ending: 'gz', write: bgzf },
  { ending: 'zst', write: (texts, random) => seekableZstd(texts, random.bool()) },
];

/** Rows with what may stand over a border: quotes, line ends in quotes, blank lines, carriage returns. */
function csvText(random: Random, rows: number): string {
  const lineEnd = random.pick(['\n', '\r\n']);
  let text = `id,text,number${lineEnd}`;
  for (let id = 0; id < rows; id++) {
    const value = random.pick([
      'x',
      'a ""quoted"" one',
      'two\nlines, and\n\nmore\n',
      'é€😀',
      '',
      `${'z'.repeat(random.below(200))}\n1,2,3`,
    ]);
    text += `${id},"${value}",${random.below(1000) / 8}${lineEnd}${random.bool(0.1) ? lineEnd : ''}`;
  }
  return random.bool() ? text : text.slice(0, -lineEnd.length);
}

test(
  'files of blocks have the rows of the plain text, in ranges of every size',
  () =>
    withTempFolder(async (folder) => {
      const random = seededRandom('blocks');
      for (let round = 0; round < 4; round++) {
        const csv = csvText(random, random.between(1, 100));
        const lines = Array.from(
          { length: random.between(1, 400) },
          (_, id) => `{"id":${id},"text":"${'y'.repeat(random.below(90))}\\n"}`,
        );
        const texts = {
          csv,
          jsonl: lines.join('\n') + (random.bool() ? '\n' : ''),
          txt: lines.join(random.pick(['\n', '\n\n'])),
        };
        for (const [kind, text] of Object.entries(texts)) {
          const plain = join(folder, `x.${kind}`);
          writeFileSync(plain, text);
          const cut = pieces(Buffer.from(text), random, random.pick([20, 300, 60_000]));
          for (const { ending, write } of FILES) writeFileSync(`${plain}.${ending}`, write(cut, random));
          // A task reads some KiB behind its range.
          const tiny = Math.max(random.between(8, 40), text.length >>> 6);
          for (const sizes of [{ splitBytes: tiny, batchRows: 16 }, { splitBytes: random.between(100, 5000) }, {}]) {
            await withSessionOf(engine, sizes, async (session) => {
              const read = (path: string): Promise<readonly object[]> => session.read.load(path).collect();
              const expected = await read(plain);
              for (const { ending } of FILES) {
                const what = `${kind}.${ending}, round ${round}, ${JSON.stringify(sizes)}`;
                assert.equal(await read(`${plain}.${ending}`), expected, what);
                assert.is(await session.read.load(`${plain}.${ending}`).count(), expected.length, what);
              }
            });
          }
        }
      }
    }),
  { timeoutMs: 120_000 },
);

test('they are cut into tasks where blocks begin', () =>
  withTempFolder((folder) => {
    const random = seededRandom('ranges');
    for (let round = 0; round < 50; round++) {
      const text = Buffer.alloc(random.between(2000, 9000), 'a\n');
      const cut = pieces(text, random, 400);
      for (const { ending, write } of FILES) {
        const path = join(folder, `${round}.${ending}`);
        writeFileSync(path, write(cut, random));
        const facts = fileFacts(path);
        const bytes = random.between(10, Math.min(1500, facts.size - 1));
        const splits = splitByBytes([facts], 'auto', bytes).map(({ split }) => split);
        const borders = new Set([0, ...cut.map((_, i) => cut.slice(0, i + 1).reduce((sum, { length }) => sum + length, 0))]);
        assert.ok(splits.length >= text.length / Math.max(bytes, 400) - 1, `${splits.length} tasks of about ${bytes} bytes`);
        let at = 0;
        splits.forEach(([, start = 0, end = 0, step = 0], n) => {
          assert.is(start, at);
          assert.ok(end > start && borders.has(end));
          assert.is(Math.ceil(start / step), n);
          at = end;
        });
        assert.is(at, text.length);
      }
    }
  }));

test('ranges are the same for who knows only their step, however short the file is', () =>
  withTempFolder((folder) => {
    const path = join(folder, 'x.gz');
    writeFileSync(path, bgzf(Array.from({ length: 20 }, () => Buffer.alloc(60_000, 'a\n'))));
    const facts = fileFacts(path);
    const splits = splitByBytes([facts], 'auto', 500).map(({ split }) => split);
    assert.is(splits.length, 20);
    splits.forEach(([, start = 0, end = 0, step = 0], n) => {
      assert.ok(step > facts.size);
      assert.is(textRanges(facts, 'auto', step)!.startAt(n * step), start);
      assert.is(end, start + 60_000);
    });
  }));

test('files that do not tell of blocks are one task', () =>
  withTempFolder((folder) => {
    const lines = Array.from({ length: 300 }, (_, i) => Buffer.from(`{"a":${i}}\n`));
    const blocks = bgzf(lines);
    const second = bgzfMember(lines[0]!).length;
    const changed = (change: (bytes: Buffer) => void): Buffer => {
      const bytes = Buffer.from(blocks);
      change(bytes);
      return bytes;
    };
    const table = seekableZstd(lines);
    const files: readonly (readonly [string, Buffer])[] = [
      ['plain members.gz', Buffer.concat(lines.map((line) => zlib.gzipSync(line)))],
      ['a plain member behind.gz', Buffer.concat([blocks, zlib.gzipSync(lines[0]!)])],
      ['zeros behind.gz', Buffer.concat([blocks, Buffer.alloc(512)])],
      ['size to no member.gz', changed((bytes) => bytes.writeUInt16LE(bytes.readUInt16LE(second + 16) + 1, second + 16))],
      ['text too long.gz', changed((bytes) => bytes.writeUInt32LE(0x10001, second - 4))],
      ['nothing but an end.gz', BGZF_END],
      ['no table.zst', table.subarray(0, table.length - 8 - 300 * 8 - 9)],
      ['another table.zst', Buffer.concat([table.subarray(0, 100), table])],
      ['a table too long.zst', Buffer.from(table).fill(0xff, table.length - 9, table.length - 6)],
      ['reserved bits.zst', Buffer.from(table).fill(0x04, table.length - 5, table.length - 4)],
      ['cut.zst', table.subarray(0, table.length - 1)],
      ['short.zst', table.subarray(0, 10)],
    ];
    for (const [name, bytes] of files) {
      const path = join(folder, name);
      writeFileSync(path, bytes);
      assert.equal(
        splitByBytes([fileFacts(path)], 'auto', 20).map(({ split }) => split),
        [[0, 0, Infinity, 20]],
        name,
      );
    }
    const other = join(folder, 'other subfields.gz');
    writeFileSync(other, Buffer.concat(lines.map((line) => bgzfMember(line, Buffer.from('XY\x03\0abcBC\x01\0a', 'latin1')))));
    assert.is(blocksOf(fileFacts(other), 'gzip')?.count, 300);
  }));

test('a size that cannot be is an error, also where gzip alone would take the file', () =>
  withTempFolder(async (folder) => {
    const lines = Array.from({ length: 300 }, (_, i) => Buffer.from(`{"a":${1000 + i}}\n`));
    const blocks = bgzf(lines);
    const size = bgzfMember(lines[0]!).length;
    const path = join(folder, 'x.jsonl.gz');
    const changes: readonly (readonly [(bytes: Buffer) => Buffer, string])[] = [
      [(bytes) => (bytes.writeUInt16LE(0, size + 16), bytes), `byte ${size} should have 1 bytes, with a header of 18`],
      [(bytes) => (bytes.writeUInt16LE(0xffff, size + 16), bytes), `byte ${size} should have 65536 bytes, with a header of 18`],
      [(bytes) => bytes.subarray(0, 2 * size - 3), `byte ${size} should have ${size} bytes, with a header of 18`],
      // The whole of two members, and the header of a third, as its own extra field: then what is left of the third is its text.
      [
        (bytes) => (bytes.writeUInt16LE(6 + 2 * size, size + 10), bytes),
        `byte ${size} should have ${size} bytes, with a header of ${18 + 2 * size}`,
      ],
    ];
    for (const [change, what] of changes) {
      const bytes = change(Buffer.from(blocks));
      writeFileSync(path, bytes);
      await withSessionOf(engine, {}, async (session) => {
        const error = (await outcome(session, path)) as DataError;
        assert.instance(error, DataError, what);
        assert.is(
          error.message,
          `'${path}' is no whole gzip file: the member at ${what}, and ${bytes.length - size} are left of the file. Compress it again, or set compression to what it is.`,
        );
      });
    }
  }));

test('many frames without text', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'x.jsonl.zst');
    const texts = Array.from({ length: 300 }, (_, i) => Buffer.from(i % 100 === 0 ? `{"a":${i}}\n` : ''));
    writeFileSync(path, seekableZstd(texts));
    await withSessionOf(engine, { splitBytes: 5 }, async (session) => {
      assert.equal(await session.read.json(path).collect(), [{ a: 0 }, { a: 100 }, { a: 200 }]);
    });
  }));

test('a hundred thousand blocks and more are put together', () => {
  const list = new BlockList();
  for (let i = 0; i < 1_000_000; i++) list.add(100, i % 3);
  const blocks = list.blocks() as Blocks;
  assert.ok(blocks.count > 50_000 && blocks.count <= 128 * 1024);
  assert.is(blocks.textBytes, 999_999);
  assert.is(blocks.starts.at(-1), 100_000_000);
  for (const byte of [0, 1, 77_777, 999_998]) {
    const block = blocks.at(byte);
    assert.ok(blocks.texts[block]! <= byte && byte < blocks.texts[block + 1]!);
  }
});

test('places in errors are those of the text', () =>
  withTempFolder(async (folder) => {
    const lines = Array.from({ length: 500 }, (_, a) => (a === 321 ? '{"a":\n' : `{"a":${a}}\n`));
    const path = join(folder, 'x.jsonl');
    writeFileSync(path, lines.join(''));
    writeFileSync(`${path}.gz`, bgzf(lines.map((line) => Buffer.from(line))));
    const csv = join(folder, 'x.csv');
    const rows = Array.from({ length: 500 }, (_, i) => (i === 321 ? '1,2,3\n' : `${i},"a\nb"\n`));
    writeFileSync(csv, rows.join(''));
    writeFileSync(`${csv}.gz`, bgzf(rows.map((row) => Buffer.from(row))));
    await withSessionOf(engine, { splitBytes: 100 }, async (session) => {
      const messages = async (file: string): Promise<string[]> => {
        const made: string[] = [];
        for (const ending of ['', '.gz']) {
          const options = { mode: 'FAILFAST', ...(file === csv ? { header: false } : {}) };
          const df = session.read.schema('a string, b string').load(file + ending, options);
          const error = await df.collect().then(
            () => new Error('no error'),
            (caught: Error) => caught,
          );
          made.push(error.message.replaceAll(file + ending, 'FILE'));
        }
        return made;
      };
      const [jsonPlain, jsonBlocks] = await messages(path);
      assert.is(
        jsonPlain,
        "Malformed JSON record in 'FILE', line 322, byte 3100: a value was expected at character 6 of it. The record is '{\"a\":'.",
      );
      assert.is(jsonBlocks, jsonPlain);
      const [csvPlain, csvBlocks] = await messages(csv);
      assert.match(csvPlain!, "Malformed CSV record in 'FILE', line 643, byte ");
      assert.is(csvBlocks, csvPlain);
    });
  }));

/** Rows of a damaged file, or the error. */
async function outcome(session: Session, path: string): Promise<unknown> {
  try {
    return await session.read.schema('a string').json(path, { mode: 'FAILFAST' }).collect();
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    return error;
  }
}

test('damage is an error that names file and place', () =>
  withTempFolder(async (folder) => {
    const lines = Array.from({ length: 40 }, (_, a) => Buffer.from(`{"a":"${a}"}\n`));
    const members = lines.map((line) => bgzfMember(line));
    const before = members.slice(0, 20).reduce((sum, { length }) => sum + length, 0);
    const size = members[20]!.length;
    const changes: readonly (readonly [(bytes: Buffer) => unknown, string])[] = [
      [(bytes) => bytes.writeUInt32LE(0, before + size - 8), 'incorrect data check (Z_DATA_ERROR)'],
      [(bytes) => bytes.writeUInt32LE(5, before + size - 4), 'more than 215 bytes of text, which should be all'],
      [(bytes) => bytes.writeUInt32LE(0, before + size - 4), 'more than 210 bytes of text, which should be all'],
      [(bytes) => bytes.writeUInt32LE(50, before + size - 4), 'incorrect length check (Z_DATA_ERROR)'],
      [(bytes) => bytes.fill(0xff, before + 18, before + 20), 'invalid block type (Z_DATA_ERROR)'],
    ];
    const path = join(folder, 'x.jsonl.gz');
    for (const [change, what] of changes) {
      const bytes = Buffer.concat([...members, BGZF_END]);
      change(bytes);
      writeFileSync(path, bytes);
      for (const splitBytes of [1, 100]) {
        await withSessionOf(engine, { splitBytes }, async (session) => {
          const error = (await outcome(session, path)) as DataError;
          assert.instance(error, DataError, what);
          assert.is(error.code, 'DAMAGED_COMPRESSED_FILE');
          assert.is(error.path, path);
          assert.match(error.message, `'${path}' is no whole gzip file: ${what}, before byte `);
          assert.ok(error.byte! > before && error.byte! <= before + 2 * size, `${what}: byte ${error.byte} of ${before}`);
        });
      }
    }
    const frames = seekableZstd(lines);
    const table = frames.length - 9 - 8 * lines.length;
    const lies = Buffer.from(frames);
    lies.writeUInt32LE(9, table + 4);
    lies.writeUInt32LE(11, table + 12);
    writeFileSync(join(folder, 'x.jsonl.zst'), lies);
    await withSessionOf(engine, { splitBytes: 1 }, async (session) => {
      const error = (await outcome(session, join(folder, 'x.jsonl.zst'))) as DataError;
      assert.instance(error, DataError);
      assert.is(error.code, 'DAMAGED_COMPRESSED_FILE');
    });
  }));

test(
  'a damaged file never has other rows without an error',
  () =>
    withTempFolder(async (folder) => {
      const random = seededRandom('damaged blocks');
      const lines = Array.from({ length: 60 }, (_, a) => Buffer.from(`{"a":"${a} ${'x'.repeat(a)}"}\n`));
      const rows = lines.map((_, a) => ({ a: `${a} ${'x'.repeat(a)}` }));
      const sources = [
        ['gz', bgzf(lines)],
        ['zst', seekableZstd(lines)],
      ] as const;
      let errors = 0;
      for (let round = 0; round < 300; round++) {
        const [ending, whole] = random.pick(sources);
        const bytes = Buffer.from(whole);
        // The frames themselves have no checksums here: only the table is damaged.
        const first = ending === 'gz' ? 0 : whole.length - 9 - 8 * lines.length - 8;
        for (let i = random.between(1, 3); i > 0; i--) bytes[random.between(first, bytes.length - 1)] = random.below(256);
        const path = join(folder, `${round}.jsonl.${ending}`);
        writeFileSync(path, bytes);
        const found = await withSessionOf(engine, { splitBytes: random.pick([1, 200, 1000]) }, (session) =>
          outcome(session, path),
        );
        if (found instanceof DataError) errors++;
        else assert.equal(found, rows, `round ${round}`);
      }
      assert.ok(errors > 50, `${errors} errors`);
    }),
  { timeoutMs: 120_000 },
);

test('a file that is another one has its own blocks', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'x.jsonl.gz');
    await withSessionOf(engine, { splitBytes: 10 }, async (session) => {
      for (const count of [50, 7, 200]) {
        writeFileSync(path, bgzf(Array.from({ length: count }, (_, a) => Buffer.from(`{"a":${a}}\n`))));
        assert.is(await session.read.json(path).count(), count);
        assert.is(blocksOf(fileFacts(path), 'gzip')?.count, count);
      }
      assert.ok(statSync(path).size > 0);
    });
  }));

test.run();
