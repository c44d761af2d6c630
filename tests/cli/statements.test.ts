import * as assert from 'uvu/assert';
import { splitStatements, withStdinView } from '../../lib/cli/statements.js';
import { suite } from '../support/suite.js';

const test = suite('statements');

const texts = (sql: string): string[] => splitStatements(sql).map(({ text }) => text);

test('statements end at semicolons', () => {
  assert.equal(texts('SELECT 1; SELECT 2'), ['SELECT 1', 'SELECT 2']);
  assert.equal(texts(' ;; SELECT 1 ;\n-- the end; or not\n;'), ['SELECT 1']);
  assert.equal(texts(''), []);
  assert.equal(texts('-- nothing'), []);
});

test('semicolons in strings, names and comments do not count', () => {
  for (const one of [`SELECT ';'`, `SELECT 'it''s;'`, `SELECT '\\';'`, `SELECT ";"`, 'SELECT `a;b`', `SELECT r'\\' , ';'`]) {
    assert.equal(texts(`${one};`), [one]);
  }
  assert.equal(texts('SELECT /* ; /* ; */ ; */ 1; SELECT 2'), ['SELECT /* ; /* ; */ ; */ 1', 'SELECT 2']);
  assert.equal(texts('SELECT 1 -- ;\n + 2; SELECT 3'), ['SELECT 1 -- ;\n + 2', 'SELECT 3']);
});

test('what is not finished reaches to the end', () => {
  assert.equal(texts(`SELECT 'a; SELECT 2`), [`SELECT 'a; SELECT 2`]);
  assert.equal(texts('SELECT 1 /* ; SELECT 2'), ['SELECT 1 /* ; SELECT 2']);
  assert.equal(texts(`SELECT 'a\\`), [`SELECT 'a\\`]);
});

test('a statement keeps its place in the script', () => {
  const script = 'SELECT 1;\n\tSELECT\n  2; SELECT 3';
  const [, second, third] = splitStatements(script);
  assert.is(second!.inPlace, '\n\tSELECT\n  2');
  assert.is(third!.inPlace, '\n\n     SELECT 3');
});

test('a long string is one token', () => {
  const long = `SELECT '${'x;'.repeat(2_000_000)}'`;
  assert.is(texts(long).length, 1);
});

test("FROM '-' becomes a view of the same length", () => {
  assert.equal(withStdinView("SELECT * FROM '-' WHERE a = '-'"), { sql: "SELECT * FROM `-` WHERE a = '-'", readsStdin: true });
  assert.equal(withStdinView('select * from "-"'), { sql: 'select * from `-`', readsStdin: true });
  assert.equal(withStdinView("SELECT * FROM a JOIN '-' ON x"), { sql: 'SELECT * FROM a JOIN `-` ON x', readsStdin: true });
  assert.equal(withStdinView("SELECT * FROM 'a.csv', '-'").sql, "SELECT * FROM 'a.csv', `-`");
  for (const sql of [
    "SELECT '-', '-'",
    "SELECT a, '-' FROM t",
    "SELECT * FROM t WHERE a IN ('x', '-')",
    "SELECT 'FROM ''-''' -- FROM '-'",
  ]) {
    assert.equal(withStdinView(sql), { sql, readsStdin: false });
  }
});

test.run();
