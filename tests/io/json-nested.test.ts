import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import * as T from '../../lib/core/types/data-type.js';
import type { DataType } from '../../lib/core/types/data-type.js';
import { isOrderable } from '../../lib/core/types/nested.js';
import { Engine, Session } from '../../lib/index.js';
import { anyTypes, nestedTypes, shown, valuesOf } from '../support/nested.js';
import { defaultSeed } from '../support/random.js';
import { suite } from '../support/suite.js';
import { withTempFolder } from '../support/temp-folder.js';

const test = suite('nested JSON');
let engine: Engine;
test.before(async () => {
  engine = await Engine.create({ workers: 1 });
});
test.after(() => engine.close());

/** JSON text of a value of a type: fields in the order that `choose` says, nulls left out or written, spaces. */
function written(of: DataType, value: unknown, choose: () => number): string {
  if (value === null || value === undefined) return 'null';
  const space = choose() % 4 === 0 ? ' ' : '';
  const object = (entries: readonly (readonly [string, string])[]): string =>
    `{${space}${entries.map(([key, text]) => `${JSON.stringify(key)}${space}:${space}${text}`).join(`${space},${space}`)}}`;
  switch (of.kind) {
    case 'array':
      return `[${space}${(value as unknown[]).map((item) => written(of.element, item, choose) + space).join(`,${space}`)}]`;
    case 'map':
      return object(
        [...(value as Map<unknown, unknown>)].map(([key, item]) => [String(key), written(of.value, item, choose)] as const),
      );
    case 'struct': {
      const members = Object.entries(value as object).flatMap(([name, item]) => {
        const field = of.fields.find((f) => f.name === name)!;
        return item === null && choose() % 2 === 0 ? [] : [[name, written(field.type, item, choose)] as const];
      });
      return object([
        ...(choose() % 3 === 0 ? members.toReversed() : members),
        ...(choose() % 3 === 0 ? [['not wanted', '[{"a":"}"}]'] as const] : []),
      ]);
    }
    case 'binary':
      return JSON.stringify(Buffer.from(value as Uint8Array).toString('base64'));
    case 'string':
      return choose() % 3 === 0 ? JSON.stringify(value).replaceAll('e', '\\u0065') : JSON.stringify(value);
    case 'date':
    case 'timestamp':
      return JSON.stringify(value);
    default:
      return Object.is(value, -0) ? '-0' : String(value as number);
  }
}

test(
  'generated values of generated types, as they were written',
  () =>
    withTempFolder(async (folder) => {
      const path = join(folder, 'x.ndjson');
      const cases = fc
        .oneof(anyTypes, nestedTypes)
        .chain((of) =>
          fc.tuple(
            fc.constant(of),
            fc.array(valuesOf(of), { minLength: 1, maxLength: 12 }),
            fc.array(fc.nat(99), { minLength: 30, maxLength: 30 }),
          ),
        );
      await fc.assert(
        fc.asyncProperty(cases, async ([of, values, choices]) => {
          let i = 0;
          const choose = (): number => choices[i++ % choices.length]!;
          writeFileSync(path, values.map((value) => `{"v":${written(of, value, choose)}}\n`).join(''));
          const schema = T.schema([T.field('v', of)]);
          const session = await Session.create({ engine, batchRows: 16 });
          const df = session.read.schema(schema).json(path);
          const rows = await df.collect();
          assert.equal(
            rows.map(({ v }) => shown(v)),
            values.map((value) => shown(value ?? null)),
            T.typeName(of),
          );
          // Equal values have equal bytes, whoever wrote them.
          if (isOrderable(of)) {
            const made = session.createDataFrame(
              rows.map(({ v }) => ({ v })),
              schema,
            );
            assert.is(await df.union(made).distinct().count(), await made.distinct().count(), T.typeName(of));
          }
          await session.close();
        }),
        { seed: defaultSeed(), numRuns: 120 },
      );
    }),
  { timeoutMs: 120_000 },
);

test('nested types are inferred and asked for in SQL', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'x.json');
    writeFileSync(
      path,
      [
        '{"user":{"name":"ada","tags":["x","y"]},"sizes":[1,2],"mixed":[1,"a"],"empty":{},"none":[]}',
        '{"user":{"tags":null,"age":36},"sizes":[2.5,null],"mixed":{"a":1},"extra":[{"k":1},{"l":[true]}]}',
      ].join('\n'),
    );
    const session = await Session.create({ engine });
    const df = session.read.json(path);
    assert.is(
      T.typeName(T.struct(df.schema.fields)),
      'struct<empty:string,extra:array<struct<k:bigint,l:array<boolean>>>,mixed:string,none:array<string>,sizes:array<double>,user:struct<age:bigint,name:string,tags:array<string>>>',
    );
    assert.equal(await df.collect(), [
      { empty: '{}', extra: null, mixed: '[1,"a"]', none: [], sizes: [1, 2], user: { age: null, name: 'ada', tags: ['x', 'y'] } },
      {
        empty: null,
        extra: [
          { k: 1, l: null },
          { k: null, l: [true] },
        ],
        mixed: '{"a":1}',
        none: null,
        sizes: [2.5, null],
        user: { age: 36, name: null, tags: null },
      },
    ]);
    assert.equal(await session.sql(`SELECT user.name AS n, sizes[0] AS s, size(user.tags) AS t FROM '${path}'`).collect(), [
      { n: 'ada', s: 1, t: 2 },
      { n: null, s: 2.5, t: null },
    ]);
    await session.close();
  }));

test('what does not fit: null in its place with a schema, an error without one', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'x.json');
    const session = await Session.create({ engine });
    writeFileSync(
      path,
      '{"a":[1,"x",3],"s":{"n":1.5,"t":[1]}}\n{"a":{"b":1},"s":{"n":1,"n":2,"t":["\\u0041",{"b" :1}]}}\n{"a":[1,],"s":{"n":01}}\n{"a":[4]}\n',
    );
    const schema = 'a array<int>, s struct<n: bigint, t: array<string>>';
    assert.equal(await session.read.schema(schema).json(path).collect(), [
      { a: [1, null, 3], s: { n: null, t: ['1'] } },
      { a: null, s: { n: 2, t: ['A', '{"b" :1}'] } },
      { a: null, s: null },
      { a: [4], s: null },
    ]);
    assert.equal(await session.read.schema(schema).json(path, { mode: 'DROPMALFORMED' }).collect(), [{ a: [4], s: null }]);
    const bytes = Buffer.from('{"a":[1],"s":{"t":["?"]}}\n');
    bytes[bytes.indexOf('?')] = 0xff;
    writeFileSync(path, bytes);
    assert.equal(await session.read.schema(schema).json(path).collect(), [{ a: [1], s: null }]);
    const rows = Array.from({ length: 40_000 }, (_, k) => `{"a":[${k === 30_000 ? 'true' : k}]}\n`);
    writeFileSync(path, rows.join(''));
    let message = '';
    await session.read
      .json(path)
      .collect()
      .catch((error: Error) => {
        message = error.message;
      });
    const byte = rows.slice(0, 30_000).join('').length;
    assert.is(
      message,
      `'${path}', line 30001, byte ${byte}, column "a": [true] is no array<bigint>. The type was inferred from samples: give the schema with a as string, or as what it should be.`,
    );
    await session.close();
  }));

test('values larger than the room at first, wide structs, depth', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'x.json');
    const session = await Session.create({ engine });
    const long = Array.from({ length: 100_000 }, (_, i) => i);
    const wide = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`f${i}`, i]));
    let deep = 'array<int>';
    for (let i = 1; i < 60; i++) deep = `array<${deep}>`;
    const nest = `${'['.repeat(60)}7${']'.repeat(60)}`;
    writeFileSync(path, `${JSON.stringify({ long, wide })}\n{"deep":${nest},"long":[${'{},'.repeat(10)}{}]}\n`);
    const fields = Object.keys(wide)
      .map((name) => `${name}: int`)
      .join(', ');
    const [first, second] = await session.read
      .schema(`long array<bigint>, wide struct<${fields}>, deep ${deep}`)
      .json(path)
      .collect();
    assert.equal(first, { long, wide, deep: null });
    assert.is(JSON.stringify(second!['deep']), nest);
    assert.equal(
      second!['long'],
      Array.from({ length: 11 }, () => null),
    );
    await session.close();
  }));

test.run();
