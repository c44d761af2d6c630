import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import * as assert from 'uvu/assert';
import { DataError, Engine, Session } from '../../lib/index.js';
import { defaultSeed } from '../support/random.js';
import { suite } from '../support/suite.js';
import { withTempFolder } from '../support/temp-folder.js';
import { JSON_TEXTS } from './json-texts.js';

const test = suite('json');
let engine: Engine;
test.before(async () => {
  engine = await Engine.create({ workers: 2 });
});
test.after(() => engine.close());

type Rows = readonly Record<string, unknown>[];

/** Rows of a text as a file: with a schema or inferred. */
async function rowsOf(
  folder: string,
  text: string | Buffer,
  { schema, options = {}, session = {} }: { schema?: string; options?: Record<string, string | boolean>; session?: object } = {},
): Promise<Rows> {
  const path = join(folder, 'x.json');
  writeFileSync(path, text);
  const own = await Session.create({ engine, ...session });
  try {
    const reader = schema === undefined ? own.read : own.read.schema(schema);
    return await reader.json(path, options).collect();
  } finally {
    await own.close();
  }
}

async function errorOf(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}

test('types and names are inferred as Spark does', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'x.ndjson');
    writeFileSync(
      path,
      [
        '{"z": 1, "a": true, "text": "x", "mixed": 1, "number": 1, "none": null, "big": 9223372036854775808}',
        '{"z": -5, "a": null, "text": "y", "mixed": "1", "number": 1e3, "__proto__": 7, "big": 1}',
        '',
      ].join('\r\n'),
    );
    const session = await Session.create({ engine });
    const df = session.read.json(path);
    assert.equal(
      df.schema.fields.map(({ name, type }) => [name, type.kind]),
      [
        ['__proto__', 'bigint'],
        ['a', 'boolean'],
        ['big', 'decimal'],
        ['mixed', 'string'],
        ['none', 'string'],
        ['number', 'double'],
        ['text', 'string'],
        ['z', 'bigint'],
      ],
    );
    const rows = await df.select('z', 'a', 'mixed', 'number', 'none', 'text', 'big').collect();
    assert.equal(rows, [
      { z: 1, a: true, mixed: '1', number: 1, none: null, text: 'x', big: '9223372036854775808' },
      { z: -5, a: null, mixed: '1', number: 1000, none: null, text: 'y', big: '1' },
    ]);
    assert.equal(await session.sql(`SELECT sum(\`__proto__\`) AS s FROM '${path}'`).collect(), [{ s: 7 }]);
    await session.close();
  }));

test('values of each type', () =>
  withTempFolder(async (folder) => {
    const schema =
      'i int, l bigint, s smallint, d double, f float, b boolean, t string, n decimal(10,2), w decimal(30,3), day date, at timestamp, bytes binary';
    const rows = await rowsOf(
      folder,
      [
        '{"i":1,"l":9223372036854775807,"s":-3,"d":0.1,"f":0.5,"b":true,"t":"x","n":1.5,"w":12345678901234567890.1234,"day":"2024-02-29","at":"2024-02-29T12:30:00.5Z","bytes":"AQID"}',
        '{"i":-0,"l":-9223372036854775808,"s":32767,"d":1e-320,"f":1e3,"b":false,"t":17.50,"n":"2.345","w":-1e3,"day":"0001-01-01","at":"2024-02-29 12:30:00+02:00","bytes":""}',
        '{"i":2147483647,"l":12345678901234567,"s":0,"d":12345678901234567890.5e-3,"f":2,"b":true,"t":{"a": [1]},"n":-0.005,"w":0,"day":"2024-12-31","at":86400}',
        '{"d":"NaN","t":true}',
        '{"d":-Infinity,"t":null}',
        '{}',
      ].join('\n'),
      { schema },
    );
    const nothing = {
      i: null,
      l: null,
      s: null,
      d: null,
      f: null,
      b: null,
      t: null,
      n: null,
      w: null,
      day: null,
      at: null,
      bytes: null,
    };
    assert.equal(rows, [
      {
        i: 1,
        l: 9223372036854775807n,
        s: -3,
        d: 0.1,
        f: 0.5,
        b: true,
        t: 'x',
        n: '1.50',
        w: '12345678901234567890.123',
        day: '2024-02-29',
        at: new Date('2024-02-29T12:30:00.500Z'),
        bytes: new Uint8Array([1, 2, 3]),
      },
      {
        i: 0,
        l: -9223372036854775808n,
        s: 32767,
        d: 1e-320,
        f: 1000,
        b: false,
        t: '17.50',
        n: '2.35',
        w: '-1000.000',
        day: '0001-01-01',
        at: new Date('2024-02-29T10:30:00Z'),
        bytes: new Uint8Array([]),
      },
      {
        ...nothing,
        i: 2147483647,
        l: 12345678901234567n,
        s: 0,
        d: 12345678901234568,
        f: 2,
        b: true,
        t: '{"a": [1]}',
        n: '-0.01',
        w: '0.000',
        day: '2024-12-31',
        at: new Date('1970-01-02T00:00:00Z'),
      },
      { ...nothing, d: NaN, t: 'true' },
      { ...nothing, d: -Infinity },
      nothing,
    ]);
  }));

test('dates and timestamps by patterns', () =>
  withTempFolder(async (folder) => {
    const rows = await rowsOf(folder, '{"a":"31.12.2024","b":"31/12/2024 23:59"}\n{"a":"2024-12-31","b":"x"}\n', {
      schema: 'a date, b timestamp',
      options: { dateFormat: 'dd.MM.yyyy', timestampFormat: 'dd/MM/yyyy HH:mm' },
    });
    assert.equal(rows, [
      { a: '2024-12-31', b: new Date('2024-12-31T23:59:00Z') },
      { a: null, b: null },
    ]);
  }));

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

test('what is JSON and what is not', () =>
  withTempFolder(async (folder) => {
    const lines = JSON_TEXTS.map((text, k) => `{"k":${k},"v":${text},"w":0}`);
    const kept = await rowsOf(folder, lines.join('\n'), { schema: 'k bigint, w bigint', options: { mode: 'DROPMALFORMED' } });
    // A comma or a brace in a text makes it more than one value.
    const expected = lines.flatMap((line, k) => (isJson(line) ? [{ k, w: 0 }] : []));
    assert.equal(kept, expected);
    assert.ok(expected.length > 50 && expected.length < lines.length - 50);
  }));

test('a row that is no JSON is nulls and its text; others are what JSON.parse says', () =>
  withTempFolder(async (folder) => {
    const lines = JSON_TEXTS.filter((text) => text.trim() !== '').map((text) => `{"v":${text}}`);
    const rows = await rowsOf(folder, lines.join('\n'), { schema: 'v string, _corrupt_record string' });
    assert.is(rows.length, lines.length);
    rows.forEach(({ v, _corrupt_record: corrupt }, k) => {
      const line = lines[k]!;
      if (!isJson(line)) {
        assert.equal({ v, corrupt }, { v: null, corrupt: line.trim() }, line);
        return;
      }
      const value = (JSON.parse(line) as { v: unknown }).v;
      assert.is(corrupt, null, line);
      if (typeof value === 'string')
        assert.is(v, value.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd'), line);
      else if (value === null) assert.is(v, null);
      else assert.equal(JSON.parse(v as string), value, line);
    });
  }));

/** Half surrogate pairs cannot be UTF-8. */
const texts = fc.string({ unit: 'grapheme', maxLength: 40 });
const keys = fc.oneof(
  fc.constantFrom('a', 'b', 'c', 'a longer name than any slot of keys has room for', 'é', '"', '\\', ''),
  texts,
);

/** JSON text of a value with other spacing and other escapes than JSON.stringify's. */
const written = (value: unknown, choose: () => number): string => {
  const space = (): string => ['', '', ' ', '\t', '  '][choose() % 5]!;
  const text = (s: string): string =>
    choose() % 3 === 0
      ? `"${[...Array(s.length).keys()].map((i) => `\\u${s.charCodeAt(i).toString(16).padStart(4, '0')}`).join('')}"`
      : JSON.stringify(s);
  if (typeof value === 'string') return text(value);
  if (Array.isArray(value))
    return `[${value.map((v) => space() + written(v, choose) + space()).join(',')}${value.length === 0 ? space() : ''}]`;
  if (typeof value === 'object' && value !== null)
    return `{${space()}${Object.entries(value)
      .map(([k, v]) => `${space()}${text(k)}${space()}:${space()}${written(v, choose)}${space()}`)
      .join(',')}}`;
  return JSON.stringify(value);
};

test(
  'generated objects are what JSON.parse says, however the file is cut',
  () =>
    withTempFolder(async (folder) => {
      const rowArbitrary = fc.dictionary(keys, fc.jsonValue({ maxDepth: 3, stringUnit: 'grapheme' }), {
        maxKeys: 6,
        noNullPrototype: true,
      });
      await fc.assert(
        fc.asyncProperty(
          fc.array(rowArbitrary, { maxLength: 30 }),
          fc.array(fc.nat(1000), { minLength: 20, maxLength: 20 }),
          async (rows, choices) => {
            let i = 0;
            const choose = (): number => choices[i++ % choices.length]!;
            const lines = rows.map((row) => written(row, choose));
            const lineEnd = choose() % 2 === 0 ? '\n' : '\r\n';
            const blank = choose() % 3 === 0 ? lineEnd : '';
            const asLines = lines.map((line) => line + lineEnd + blank).join('');
            const asArray = `[${lines.join(` ,${lineEnd}`)}]`;
            const schema = ['a', 'b', 'é', '"', ''].map((name) => `\`${name}\` string`).join(', ');
            const expected = rows.map((row) =>
              Object.fromEntries(
                ['a', 'b', 'é', '"', ''].map((name) => {
                  const value = Object.hasOwn(row, name) ? row[name] : null;
                  return [name, value === undefined ? null : value];
                }),
              ),
            );
            for (const [text, splitBytes, multiLine] of [
              [asLines, 1 + (choose() % 40), false],
              [asLines, 1 << 20, false],
              [asArray, 16 + (choose() % 100), true],
            ] as const) {
              const found = await rowsOf(folder, text, {
                schema,
                options: { multiLine },
                session: { splitBytes, batchRows: 16 },
              });
              const parsed = found.map((row, r) =>
                Object.fromEntries(
                  Object.entries(row).map(([name, v]) => {
                    const wanted = expected[r]?.[name];
                    return [name, typeof wanted === 'string' || v === null ? v : (JSON.parse(v as string) as unknown)];
                  }),
                ),
              );
              assert.equal(parsed, expected);
            }
          },
        ),
        { seed: defaultSeed(), numRuns: 60 },
      );
    }),
  { timeoutMs: 120_000 },
);

test(
  'ranges of every size give the same rows',
  () =>
    withTempFolder(async (folder) => {
      const text = '{"a":1,"b":"x,\\"}\\n{"}\n\n  {"b":"é"}\r\nbad\n{"b":"y","a":2}\n{"a":[1,{"c":2}],"b":null}\n{"a":3}';
      const schema = 'a string, b string';
      const expected = [
        { a: '1', b: 'x,"}\n{' },
        { a: null, b: 'é' },
        { a: null, b: null },
        { a: '2', b: 'y' },
        { a: '[1,{"c":2}]', b: null },
        { a: '3', b: null },
      ];
      for (let splitBytes = 1; splitBytes <= text.length + 1; splitBytes++) {
        const session = { splitBytes, batchRows: 2 };
        assert.equal(await rowsOf(folder, text, { schema, session }), expected, `ranges of ${splitBytes} bytes`);
        const counting = await Session.create({ engine, ...session });
        assert.is(
          await counting.read.schema(schema).json(join(folder, 'x.json')).count(),
          expected.length,
          `count of ranges of ${splitBytes} bytes`,
        );
        await counting.close();
      }
    }),
  { timeoutMs: 100_000 },
);

test('documents: arrays, values over lines, one after the other', () =>
  withTempFolder(async (folder) => {
    const rows = [{ a: 1 }, { a: 2 }, { a: 3 }];
    for (const text of [
      '[{"a":1},{"a":2},{"a":3}]',
      '\ufeff [\n{"a":1},\n{"a":2}\n,{"a":3}]\n',
      '{\n"a":1\n}\n{\n"a":2\n}\n{\n"a":3\n}',
      '[{"a":1}][{"a":2}]{"a":3}',
    ]) {
      assert.equal(await rowsOf(folder, text, text.startsWith('[{"a":1}]') ? { options: { multiLine: true } } : {}), rows, text);
    }
    assert.equal(await rowsOf(folder, '[{"a\n{"a":2}\n{"a":3}', { schema: 'a int' }), [{ a: null }, { a: 2 }, { a: 3 }]);
    assert.equal(await rowsOf(folder, '[]', { schema: 'a int' }), []);
    assert.equal(await rowsOf(folder, '', { schema: 'a int' }), []);
    assert.equal(await rowsOf(folder, '[1,[2],"x",{"a":4}]', { schema: 'a int' }), [
      { a: null },
      { a: null },
      { a: null },
      { a: 4 },
    ]);
    assert.equal(await rowsOf(folder, '[1,{"a":4}]', { schema: 'a int', options: { mode: 'DROPMALFORMED' } }), [{ a: 4 }]);
  }));

test('modes', () =>
  withTempFolder(async (folder) => {
    const text = '{"a":1}\n{"a":2,}\n{"a":"x"}\n{"a":4,"b":tru}\n{"a":5}\n';
    const schema = 'a bigint';
    const a = (...values: (number | null)[]): Rows => values.map((value) => ({ a: value }));
    // What nobody wants is only skipped.
    assert.equal(await rowsOf(folder, text, { schema }), a(1, null, null, 4, 5));
    assert.equal(await rowsOf(folder, text, { schema, options: { mode: 'DROPMALFORMED' } }), a(1, 5));
    assert.equal(await rowsOf(folder, text, { schema: 'a bigint, _corrupt_record string' }), [
      { a: 1, _corrupt_record: null },
      { a: null, _corrupt_record: '{"a":2,}' },
      { a: null, _corrupt_record: '{"a":"x"}' },
      { a: null, _corrupt_record: '{"a":4,"b":tru}' },
      { a: 5, _corrupt_record: null },
    ]);
    assert.equal(
      await rowsOf(folder, '{"a":1}\n?\n', { schema: 'a int, oops string', options: { columnNameOfCorruptRecord: 'oops' } }),
      [
        { a: 1, oops: null },
        { a: null, oops: '?' },
      ],
    );
    const path = join(folder, 'x.json');
    const failed = await errorOf(rowsOf(folder, text, { schema, options: { mode: 'FAILFAST' } }));
    assert.is(
      failed.message,
      `Malformed JSON record in '${path}', line 2, byte 8: a key in quotes was expected at character 8 of it. The record is '{"a":2,}'.`,
    );
    const mismatch = await errorOf(rowsOf(folder, '{"a":1}\n{"a":"x"}\n', { schema, options: { mode: 'FAILFAST' } }));
    assert.is(
      mismatch.message,
      `'${path}', line 2, byte 8, column "a": "x" is no bigint. Use mode PERMISSIVE to read such values as null, or another type for a.`,
    );
  }));

test('a value that its inferred type does not hold is an error with its place', () =>
  withTempFolder(async (folder) => {
    const lines = Array.from({ length: 40_000 }, (_, k) => `{"k":${k},"v":${k === 30_001 ? '"n/a"' : k}}`);
    const error = (await errorOf(rowsOf(folder, lines.join('\n')))) as DataError;
    assert.instance(error, DataError);
    const path = join(folder, 'x.json');
    const byte = lines.slice(0, 30_001).join('\n').length + 1;
    assert.is(
      error.message,
      `'${path}', line 30002, byte ${byte}, column "v": "n/a" is no bigint. The type was inferred from samples: give the schema with v as string, or as what it should be.`,
    );
    assert.is(error.code, 'JSON_VALUE_MISMATCH');
  }));

test('files without an object, options that do not exist', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'x.json');
    const messages: [string | Buffer, Record<string, string>, string][] = [
      ['', {}, `Unable to infer the columns of '${path}': there is nothing in it. Give a schema.`],
      [
        'id,name\n1,x\n',
        {},
        `Unable to infer the columns of '${path}': its first line 'id,name' is no JSON object. If values go over several lines, set multiLine to true.`,
      ],
      [' [ ]\n', {}, `Unable to infer the columns of '${path}': there is nothing in it. Give a schema.`],
      ['[1,2]', {}, `Unable to infer the columns of '${path}': it begins with '[1,2]', which holds no JSON object.`],
      ['[[[', {}, `Unable to infer the columns of '${path}': it begins with '[[[', which holds no JSON object.`],
      [
        '{}',
        { lineend: 'x' },
        'JSON has no option "lineend". Options: multiLine, mode, columnNameOfCorruptRecord, primitivesAsString, dateFormat, timestampFormat, encoding, compression.',
      ],
      ['{}', { mode: 'strict' }, "Option mode must be one of PERMISSIVE, DROPMALFORMED, FAILFAST, not 'strict'."],
      ['{}', { multiLine: 'maybe' }, "Option multiLine must be true or false, not 'maybe'."],
    ];
    for (const [text, options, message] of messages)
      assert.is((await errorOf(rowsOf(folder, text, { options }))).message, message);
  }));

test('hostile files end in rows or in a DataError', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'x.json');
    const deep = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;
    const a = { schema: 'a string' };
    // The row itself is a level.
    assert.equal(await rowsOf(folder, `{"a":${deep(63)}}\n{"a":${deep(64)}}\n{"b":${'['.repeat(1e6)}\n{"a":1}`, a), [
      { a: deep(63) },
      { a: null },
      { a: null },
      { a: '1' },
    ]);
    const long = 'x'.repeat(3_000_000);
    assert.equal(await rowsOf(folder, `{"b":"${long}","a":"${long}"}\n{"a":1}`, { ...a, session: { splitBytes: 100_000 } }), [
      { a: long },
      { a: '1' },
    ]);
    // Quotes that are not closed spoil their own line only; NUL bytes are no space.
    assert.equal(await rowsOf(folder, '{"a":"x}\n{"a":1}\n{"a":2\u0000}\n\u0000\n{\u0000"a":3}\n{"a":\\"4"}\n{"a":5}\\', a), [
      { a: null },
      { a: '1' },
      { a: null },
      { a: null },
      { a: null },
      { a: null },
      { a: null },
    ]);
    // Bytes that are not UTF-8: overlong, surrogates, beyond Unicode, cut short.
    for (const bytes of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82], [0x80]]) {
      const text = Buffer.concat([Buffer.from('{"a":"'), Buffer.from(bytes), Buffer.from('"}\n{"a":"é€😀"}')]);
      assert.equal(await rowsOf(folder, text, a), [{ a: null }, { a: 'é€😀' }]);
    }
    // Of fields of one name the last one counts, in every row's order.
    assert.equal(
      await rowsOf(folder, '{"a":1,"b":2,"a":3}\n{"a":1,"c":2,"a":4}\n{"b":2,"b":3,"a":5}\n{"a":1,"a":6,"\\u0061":7}', a),
      [{ a: '3' }, { a: '4' }, { a: '5' }, { a: '7' }],
    );
    const many = Array.from({ length: 100_000 }, (_, i) => `"f${i}":${i}`).join(',');
    assert.equal(await rowsOf(folder, `{${many},"a":1}\n{"a":2,${many}}\n`, { schema: 'f99999 int, a int' }), [
      { f99999: 99_999, a: 1 },
      { f99999: 99_999, a: 2 },
    ]);
    const broken: [string, string][] = [
      ['[{"a":1},{"a":2', `Malformed JSON record in '${path}', line 1, byte 9: the file ends within a value.`],
      ['[{"a":1}', `Malformed JSON record in '${path}', line 1, byte 8: the file ends within a value.`],
      [
        '[{"a":1}\n{"a":2}]',
        `Malformed JSON record in '${path}', line 1, byte 8: '{"a":2}]' is no JSON object with ',' or ']' behind it. If each line is a value of its own, set multiLine to false.`,
      ],
      [
        '[{"a":1},]',
        `Malformed JSON record in '${path}', line 1, byte 9: ']' is no JSON object with ',' or ']' behind it. If each line is a value of its own, set multiLine to false.`,
      ],
      ['[{"a":"1},{"a":2}]', `Malformed JSON record in '${path}', line 1, byte 1: the file ends within a value.`],
    ];
    for (const [text, message] of broken) {
      const error = await errorOf(rowsOf(folder, text, a));
      assert.instance(error, DataError, text);
      assert.is(error.message, message);
    }
  }));

test.run();
