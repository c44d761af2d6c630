import * as assert from 'uvu/assert';
import { DataError } from '../../lib/index.js';
import { parseSchema } from '../../lib/sql/index.js';
import { field, schema, typeName, type Schema } from '../../lib/core/types/data-type.js';
import { columnsIn, mergeSchemas } from '../../lib/io/merge-schemas.js';
import { suite } from '../support/suite.js';

const test = suite('merge schemas');

const merged = (...schemas: readonly string[]): Schema =>
  mergeSchemas(schemas.map((text, i) => ({ path: `${i}.parquet`, schema: parseSchema(text) })));
const textOf = ({ fields }: Schema): string => fields.map(({ name, type }) => `${name} ${typeName(type)}`).join(', ');

test('columns by name, types that meet', () => {
  const cases: readonly [schemas: readonly string[], result: string][] = [
    [['a int', 'a int'], 'a int'],
    [['a int, b string', 'c date, A bigint'], 'a bigint, b string, c date'],
    [['a tinyint', 'a smallint', 'a int'], 'a int'],
    [['a bigint', 'a double'], 'a double'],
    [['a int', 'a float'], 'a double'],
    [['a decimal(10,2)', 'a decimal(12,4)'], 'a decimal(12,4)'],
    [['a int', 'a decimal(10,2)'], 'a decimal(12,2)'],
    [['a decimal(10,2)', 'a double'], 'a double'],
    [['a date', 'a timestamp'], 'a timestamp'],
    [['a array<int>', 'a array<bigint>'], 'a array<bigint>'],
    [['a map<string,int>', 'a map<string,double>'], 'a map<string,double>'],
    [['a struct<x:int,y:string>', 'a struct<Y:string,z:date,x:bigint>'], 'a struct<x:bigint,y:string,z:date>'],
  ];
  for (const [schemas, result] of cases) assert.is(textOf(merged(...schemas)), result, schemas.join(' | '));
});

test('what not every file has is nullable', () => {
  const required = (name: string) => field(name, parseSchema('a int').fields[0]!.type, false);
  const { fields } = mergeSchemas([
    { path: '0', schema: schema([required('a'), required('b')]) },
    { path: '1', schema: schema([required('a')]) },
  ]);
  assert.equal(
    fields.map(({ nullable }) => nullable),
    [false, true],
  );
});

test('types that do not meet', () => {
  let error: unknown;
  try {
    merged('a int, b int', 'b date');
  } catch (e) {
    error = e;
  }
  assert.instance(error, DataError);
  assert.is(
    (error as Error).message,
    `The column "b" is int in '0.parquet' and date in '1.parquet': there is no type that both fit in. Give a schema, or read the files apart.`,
  );
  for (const other of ['string', 'boolean', 'array<int>', 'struct<x:int>'])
    assert.throws(() => merged('a int', `a ${other}`), /there is no type that both fit in/, other);
});

test('where a file has a column', () => {
  const at = (wanted: string, own: string): number[] => columnsIn(parseSchema(wanted), parseSchema(own));
  assert.equal(at('a int, b int, c int', 'C int, a int'), [1, -1, 0]);
  assert.equal(at('A int', 'a int, A int'), [1]);
  assert.equal(at('`__proto__` int, `constructor` int', 'a int'), [-1, -1]);
});

test.run();
