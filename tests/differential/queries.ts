import fc from 'fast-check';
import { differently, list, same, sql, type Sql } from './dialects.js';
import { expression, type Kind } from './expressions.js';

/** A query; `ordered`: its rows come in one order only. */
export interface Query extends Sql {
  readonly ordered: boolean;
}

const KINDS: readonly Kind[] = ['int', 'bigint', 'double', 'decimal', 'string', 'date', 'boolean'];
const anyExpression = fc.constantFrom(...KINDS).chain((kind) => expression(kind, 2));
const condition = expression('boolean', 2);

const named = (items: readonly Sql[]): Sql => list(items.map((item, i) => sql`${item} AS c${String(i)}`));
const where = fc.option(condition).map((c) => (c === null ? same('') : sql` WHERE ${c}`));

/** An aggregate over expressions of a kind. */
const aggregate: fc.Arbitrary<Sql> = fc.oneof(
  fc.constant(same('count(*)')),
  anyExpression.map((e) => sql`count(${e})`),
  fc
    .constantFrom<Kind>('int', 'string', 'date', 'boolean', 'decimal')
    .chain((kind) => expression(kind, 1))
    .map((e) => sql`count(DISTINCT ${e})`),
  expression('int', 1).map((e) => differently(`sum(${e.spark})`, `sum(${e.duck})::BIGINT`)),
  expression('int', 1).map((e) => differently(`sum(DISTINCT ${e.spark})`, `sum(DISTINCT ${e.duck})::BIGINT`)),
  expression('double', 1).map((e) => sql`sum(${e})`),
  fc.constant(same('sum(m)')),
  fc
    .constantFrom<Kind>('int', 'bigint', 'double')
    .chain((kind) => expression(kind, 1))
    .map((e) => sql`avg(${e})`),
  fc
    .constantFrom(...KINDS)
    .chain((kind) => fc.tuple(fc.constantFrom('min', 'max'), expression(kind, 1)))
    .map(([f, e]) => sql`${f}(${e})`),
  fc.constantFrom(same('min(x)'), same('max(x)'), same('median(y)'), same('stddev(y)'), same('variance(y)')),
  fc
    .tuple(fc.constantFrom('min', 'max'), fc.constantFrom('i', 's', 'd'))
    .map(([f, column]) => differently(`${f}_by(${column}, k)`, `arg_${f}_null(${column}, k)`)),
);
const filtered = fc
  .tuple(aggregate, fc.option(condition, { freq: 4 }))
  // A cast comes behind the filter.
  .map(([a, c]) =>
    c === null
      ? a
      : differently(`${a.spark} FILTER (WHERE ${c.spark})`, a.duck.replace(/(::BIGINT)?$/, ` FILTER (WHERE ${c.duck})$1`)),
  );

const ordering = fc
  .tuple(fc.constantFrom('ASC', 'DESC'), fc.constantFrom('FIRST', 'LAST'))
  .map(([way, nulls]) => `${way} NULLS ${nulls}`);

const projection: fc.Arbitrary<Query> = fc
  .tuple(fc.array(anyExpression, { minLength: 1, maxLength: 4 }), where, fc.boolean())
  .map(([items, filter, distinct]) => ({
    ...sql`SELECT ${distinct ? 'DISTINCT ' : ''}${named(items)} FROM t${filter}`,
    ordered: false,
  }));

const sorted: fc.Arbitrary<Query> = fc
  .tuple(fc.array(anyExpression, { minLength: 1, maxLength: 3 }), where, ordering, ordering, fc.nat(20), fc.nat(10), fc.boolean())
  .map(([items, filter, first, second, limit, offset, limited]) => ({
    ...sql`SELECT ${named(items)}, k FROM t${filter} ORDER BY c0 ${first}, k ${second}${limited ? ` LIMIT ${limit} OFFSET ${offset}` : ''}`,
    ordered: true,
  }));

const grouped: fc.Arbitrary<Query> = fc
  .tuple(
    fc.array(anyExpression, { maxLength: 2 }),
    fc.array(filtered, { minLength: 1, maxLength: 4 }),
    where,
    fc.option(fc.integer({ min: 1, max: 4 })),
  )
  .map(([keys, aggregates, filter, having]) => {
    const by = keys.length === 0 ? '' : ` GROUP BY ${keys.map((_, i) => i + 1).join(', ')}`;
    const having_ = keys.length === 0 || having === null ? '' : ` HAVING count(*) >= ${having}`;
    return { ...sql`SELECT ${named([...keys, ...aggregates])} FROM t${filter}${by}${having_}`, ordered: false };
  });

const union: fc.Arbitrary<Query> = fc
  .tuple(fc.array(fc.constantFrom(...KINDS), { minLength: 1, maxLength: 3 }), fc.boolean())
  .chain(([kinds, all]) => {
    const side = fc
      .tuple(fc.tuple(...kinds.map((kind) => expression(kind, 1))), where)
      .map(([items, filter]) => sql`SELECT ${named(items)} FROM t${filter}`);
    return fc.tuple(side, side).map(([a, b]) => ({ ...sql`${a} UNION ${all ? 'ALL ' : ''}${b}`, ordered: false }));
  });

const nested: fc.Arbitrary<Query> = fc
  .tuple(fc.array(anyExpression, { minLength: 1, maxLength: 2 }), where, condition, fc.boolean())
  .map(([items, filter, outer, isWith]) => {
    const inner = sql`SELECT *, ${list(items.map((item, i) => sql`${item} AS e${String(i)}`))} FROM t${filter}`;
    const body = sql`SELECT e0, count(*) AS n, min(k) AS first FROM ${isWith ? 'q' : sql`(${inner}) AS q`} WHERE ${outer} GROUP BY e0`;
    return { ...(isWith ? sql`WITH q AS (${inner}) ${body}` : body), ordered: false };
  });

export const query: fc.Arbitrary<Query> = fc.oneof(projection, sorted, grouped, grouped, union, nested);
