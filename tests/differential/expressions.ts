import fc from 'fast-check';
import { differently, list, same, sql, type Sql } from './dialects.js';

export type Kind = 'int' | 'bigint' | 'double' | 'decimal' | 'string' | 'date' | 'boolean';

const quoted = (text: string): Sql => same(`'${text.replaceAll("'", "''")}'`);
const PATTERNS = ['a%', '%a', '%an%', '_', '', '%', 'a_b', '%é%', '日%', '%"%'];
const WORDS = ['', 'a', 'an', 'b', 'B', ' ', "'", '語'];

const pair = <A, B>(a: fc.Arbitrary<A>, b: fc.Arbitrary<B>): fc.Arbitrary<[A, B]> => fc.tuple(a, b);

/** Expressions of a kind over table t, at most `depth` operators deep; none of them can raise an error. */
export function expression(kind: Kind, depth: number): fc.Arbitrary<Sql> {
  return depth === 0
    ? LEAVES[kind]
    : fc.oneof(
        { weight: 1, arbitrary: LEAVES[kind] },
        { weight: 3, arbitrary: fc.oneof(...OPERATORS[kind](depth - 1), ...general(kind, depth - 1)) },
      );
}

const LEAVES: { readonly [K in Kind]: fc.Arbitrary<Sql> } = {
  int: fc.oneof(
    fc.constantFrom(same('k'), same('i')),
    fc.integer({ min: -20, max: 20 }).map((n) => same(`(${n})`)),
  ),
  bigint: fc.oneof(
    fc.constant(same('l')),
    fc.integer({ min: -9, max: 9 }).map((n) => differently(`(${n}L)`, `(${n})::BIGINT`)),
  ),
  double: fc.oneof(
    fc.constant(same('y')),
    fc.constantFrom('0.5', '2.0', '-1.25').map((text) => differently(`(${text}D)`, `(${text})::DOUBLE`)),
  ),
  decimal: fc.oneof(
    fc.constant(same('m')),
    fc.constantFrom('1.50', '0.01', '-2.25').map((text) => same(`(${text})`)),
  ),
  string: fc.oneof(
    { weight: 3, arbitrary: fc.constant(same('s')) },
    { weight: 1, arbitrary: fc.constantFrom(...WORDS).map(quoted) },
  ),
  date: fc.oneof(
    fc.constant(same('d')),
    fc.constantFrom('1970-01-15', '2000-02-29').map((text) => same(`DATE '${text}'`)),
  ),
  boolean: fc.oneof(fc.constant(same('b')), fc.constantFrom(same('true'), same('false'))),
};

/** What every type has. */
const general = (kind: Kind, depth: number): fc.Arbitrary<Sql>[] => {
  const of = expression(kind, depth);
  const condition = expression('boolean', depth);
  return [
    pair(of, of).map(([a, b]) => sql`coalesce(${a}, ${b})`),
    pair(of, of).map(([a, b]) => sql`nullif(${a}, ${b})`),
    fc.tuple(condition, of, of).map(([c, a, b]) => sql`CASE WHEN ${c} THEN ${a} ELSE ${b} END`),
    pair(condition, of).map(([c, a]) => sql`CASE WHEN ${c} THEN ${a} END`),
  ];
};

const COMPARED: readonly Kind[] = ['int', 'bigint', 'double', 'decimal', 'string', 'date'];
const small = (e: Sql): Sql => sql`(${e} % 1000)`;

const OPERATORS: { readonly [K in Kind]: (depth: number) => fc.Arbitrary<Sql>[] } = {
  int: (depth) => {
    const of = expression('int', depth);
    return [
      // Kept small, since overflow is an error here and there, but not of the same expressions.
      fc.tuple(of, fc.constantFrom('+', '-', '*'), of).map(([a, op, b]) => sql`(${small(a)} ${op} ${small(b)})`),
      pair(of, fc.integer({ min: 1, max: 9 })).map(([a, n]) => sql`(${a} % ${String(n)})`),
      of.map((a) => sql`abs(${a})`),
      expression('string', depth).map((s) => differently(`length(${s.spark})`, `length(${s.duck})::INTEGER`)),
      expression('date', depth).map((d) => differently(`year(${d.spark})`, `year(${d.duck})::INTEGER`)),
      expression('date', depth).map((d) => differently(`month(${d.spark})`, `month(${d.duck})::INTEGER`)),
      expression('date', depth).map((d) => differently(`day(${d.spark})`, `day(${d.duck})::INTEGER`)),
      pair(expression('date', depth), expression('date', depth)).map(([a, b]) =>
        differently(`datediff(${a.spark}, ${b.spark})`, `(${a.duck} - ${b.duck})::INTEGER`),
      ),
    ];
  },
  bigint: (depth) => {
    const of = expression('bigint', depth);
    return [
      fc
        .tuple(of, fc.constantFrom('+', '-', '*'), expression('int', depth))
        .map(([a, op, b]) => sql`(${small(a)} ${op} ${small(b)})`),
      expression('int', depth).map((a) => sql`CAST(${a} AS BIGINT)`),
      expression('double', depth).map((a) => differently(`floor(${a.spark})`, `floor(${a.duck})::BIGINT`)),
      expression('double', depth).map((a) => differently(`ceil(${a.spark})`, `ceil(${a.duck})::BIGINT`)),
    ];
  },
  double: (depth) => {
    const of = expression('double', depth);
    return [
      fc.tuple(of, fc.constantFrom('+', '-'), of).map(([a, op, b]) => sql`(${a} ${op} ${b})`),
      pair(of, expression('int', depth)).map(([a, b]) => sql`(${a} + ${b})`),
      of.map((a) => sql`abs(${a})`),
      of.map((a) => sql`sqrt(abs(${a}))`),
      expression('int', depth).map((a) => sql`CAST(${a} AS DOUBLE)`),
      pair(expression('int', depth), fc.integer({ min: 1, max: 7 })).map(([a, n]) => sql`(${a} / ${String(n)})`),
    ];
  },
  decimal: (depth) => {
    const of = LEAVES.decimal;
    return [
      fc.tuple(of, fc.constantFrom('+', '-'), of).map(([a, op, b]) => sql`CAST(${a} ${op} ${b} AS DECIMAL(14,2))`),
      pair(of, of).map(([a, b]) => sql`CAST(${a} * ${b} AS DECIMAL(24,4))`),
      of.map((a) => sql`abs(${a})`),
      expression('int', depth).map((a) => sql`CAST(${a} AS DECIMAL(12,2))`),
    ];
  },
  string: (depth) => {
    const of = expression('string', depth);
    return [
      pair(of, of).map(([a, b]) => differently(`concat(${a.spark}, ${b.spark})`, `(${a.duck} || ${b.duck})`)),
      pair(of, of).map(([a, b]) => sql`(${a} || ${b})`),
      of.map((a) => sql`upper(${a})`),
      of.map((a) => sql`lower(${a})`),
      of.map((a) => differently(`trim(${a.spark})`, `trim(${a.duck}, ' ')`)),
      fc
        .tuple(of, fc.integer({ min: 1, max: 5 }), fc.integer({ min: 0, max: 6 }))
        .map(([a, from, n]) => sql`substring(${a}, ${String(from)}, ${String(n)})`),
      expression('int', depth).map((a) => sql`CAST(${a} AS STRING)`),
      expression('boolean', depth).map((a) => sql`CAST(${a} AS STRING)`),
      expression('date', depth).map((a) => sql`CAST(${a} AS STRING)`),
    ];
  },
  date: (depth) => {
    const of = expression('date', depth);
    return [
      pair(of, fc.integer({ min: -400, max: 400 })).map(([a, n]) =>
        differently(`date_add(${a.spark}, ${n})`, `(${a.duck} + (${n}))`),
      ),
    ];
  },
  boolean: (depth) => {
    const of = expression('boolean', depth);
    const compared = fc.constantFrom(...COMPARED).chain((kind) => pair(expression(kind, depth), expression(kind, depth)));
    return [
      fc.tuple(compared, fc.constantFrom('=', '<>', '<', '<=', '>', '>=')).map(([[a, b], op]) => sql`(${a} ${op} ${b})`),
      compared.map(([a, b]) => differently(`(${a.spark} <=> ${b.spark})`, `(${a.duck} IS NOT DISTINCT FROM ${b.duck})`)),
      fc
        .constantFrom('=', '<', '>=')
        .chain((op) => fc.constantFrom('0', '1', '-1.5').map((n) => differently(`(x ${op} ${n}D)`, `(x ${op} ${n}::DOUBLE)`))),
      fc.tuple(of, fc.constantFrom('AND', 'OR'), of).map(([a, op, b]) => sql`(${a} ${op} ${b})`),
      of.map((a) => sql`(NOT ${a})`),
      fc.constantFrom(...COMPARED, 'boolean' as const).chain((kind) => expression(kind, depth).map((a) => sql`(${a} IS NULL)`)),
      pair(expression('string', depth), fc.constantFrom(...PATTERNS)).map(([a, p]) => sql`(${a} LIKE ${quoted(p)})`),
      fc
        .tuple(expression('string', depth), fc.constantFrom(...WORDS), fc.constantFrom('contains', 'startswith', 'endswith'))
        .map(([a, w, f]) =>
          differently(
            `${f}(${a.spark}, ${quoted(w).spark})`,
            `${f === 'contains' ? f : f === 'startswith' ? 'starts_with' : 'ends_with'}(${a.duck}, ${quoted(w).duck})`,
          ),
        ),
      pair(expression('int', depth), fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1, maxLength: 12 })).map(
        ([a, numbers]) => sql`(${a} IN (${numbers.join(', ')}))`,
      ),
      pair(expression('string', depth), fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 4 })).map(
        ([a, words]) => sql`(${a} NOT IN (${list(words.map(quoted))}))`,
      ),
      fc
        .tuple(expression('double', depth), LEAVES.double, LEAVES.double)
        .map(([a, low, high]) => sql`(${a} BETWEEN ${low} AND ${high})`),
    ];
  },
};
