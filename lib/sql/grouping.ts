import type { Expr } from '../core/expr/expr.js';
import type { Cursor } from './cursor.js';
import * as errors from './errors.js';
import { expression } from './expressions.js';
import { tokenize } from './lexer.js';
import { commaList, name } from './names.js';
import { expr, isRow, list } from './nodes.js';

/** GROUP BY with CUBE, ROLLUP and GROUPING SETS: keys once each, sets as their indices. */

/** What GROUP BY says of an aggregate. */
export interface Grouping {
  readonly keys: readonly Expr[];
  readonly groupAll: boolean;
  readonly groupingSets?: readonly (readonly number[])[];
}

type KeySet = readonly number[];

const SETS_MAX = 4096;

/** Keys in order of their first mention, equal texts once. */
class Keys {
  readonly exprs: Expr[] = [];
  readonly #byText = new Map<string, number>();

  constructor(readonly c: Cursor) {}

  indexOf(key: Expr): number {
    const { start, end } = key.at!;
    const text = tokenize(this.c.sql.slice(start, end))
      .map((token) => (token.kind === 'string' ? `'${token.text}'` : token.text.toLowerCase()))
      .join(' ');
    const known = this.#byText.get(text);
    if (known !== undefined) return known;
    this.#byText.set(text, this.exprs.length);
    return this.exprs.push(key) - 1;
  }
}

/** `GROUP BY …`. */
export function groupBy(c: Cursor, item: (c: Cursor) => Expr = expression): Grouping {
  c.expect('GROUP');
  c.expect('BY');
  if (c.at('ALL') && c.ahead(1).key !== ',' && c.ahead(1).key !== '.' && c.ahead(1).key !== '(') {
    c.next();
    return Object.freeze({ keys: list([]), groupAll: true });
  }
  const keys = new Keys(c);
  let sets: readonly KeySet[] = [[]];
  let analytic = false;
  const { start } = c.token;
  commaList(c, () => {
    const own = groupingItem(c, keys, item);
    analytic ||= own.analytic;
    sets = product(sets, own.sets, c, start);
  });
  const given = suffix(c, keys);
  const groupingSets = given ?? (analytic ? sets : undefined);
  return Object.freeze({
    keys: list(keys.exprs),
    groupAll: false,
    ...(groupingSets === undefined ? {} : { groupingSets: list(groupingSets.map((set) => list([...new Set(set)]))) }),
  });
}

type SetMaker = (elements: readonly KeySet[], c: Cursor, start: number) => readonly KeySet[];

/** Every prefix, the longest first. */
const rollup: SetMaker = (elements) =>
  Array.from({ length: elements.length + 1 }, (_, i) => elements.slice(0, elements.length - i).flat());

/** Every subset, the whole first. */
const cube: SetMaker = (elements, c, start) => {
  if (elements.length > Math.log2(SETS_MAX)) throw errors.tooManyGroupingSets(SETS_MAX, c.since(start));
  const count = 1 << elements.length;
  return Array.from({ length: count }, (_, mask) =>
    elements.filter((_, i) => (mask & (1 << (elements.length - 1 - i))) === 0).flat(),
  );
};

const ANALYTICS: ReadonlyMap<string, SetMaker> = new Map([
  ['ROLLUP', rollup],
  ['CUBE', cube],
]);

function groupingItem(
  c: Cursor,
  keys: Keys,
  item: (c: Cursor) => Expr,
): { readonly analytic: boolean; readonly sets: readonly KeySet[] } {
  const { start } = c.token;
  if (c.at('GROUPING', 'SETS')) return { analytic: true, sets: groupingSets(c, keys) };
  const maker = c.ahead(1).key === '(' ? ANALYTICS.get(c.token.key) : undefined;
  if (maker !== undefined) {
    c.next();
    const elements = c.parenthesized(() => commaList(c, () => element(c, keys)));
    return { analytic: true, sets: maker(elements, c, start) };
  }
  // GROUP BY (): one group.
  if (c.take('(', ')')) return { analytic: false, sets: [[]] };
  const key = item(c);
  const parts = isRow(key, c.sql) ? key.args : [key];
  return { analytic: false, sets: [parts.map((part) => keys.indexOf(part))] };
}

/** `a`, `(a, b)` or `()`. */
function element(c: Cursor, keys: Keys): KeySet {
  if (c.take('(', ')')) return [];
  const key = expression(c);
  return (isRow(key, c.sql) ? key.args : [key]).map((part) => keys.indexOf(part));
}

/** GROUPING SETS (…), which may hold CUBE, ROLLUP and further GROUPING SETS. */
function groupingSets(c: Cursor, keys: Keys): readonly KeySet[] {
  return c.nested(() => {
    c.expect('GROUPING');
    c.expect('SETS');
    const { start } = c.token;
    const sets = c.parenthesized(() => commaList(c, () => groupingItem(c, keys, expression).sets)).flat();
    if (sets.length > SETS_MAX) throw errors.tooManyGroupingSets(SETS_MAX, c.since(start));
    return sets;
  });
}

/** The older forms after the keys: WITH CUBE, WITH ROLLUP, GROUPING SETS (…). */
function suffix(c: Cursor, keys: Keys): readonly KeySet[] | undefined {
  const { start } = c.token;
  const single = (): readonly KeySet[] => keys.exprs.map((_, i) => [i]);
  if (c.take('WITH', 'CUBE')) return cube(single(), c, start);
  if (c.take('WITH', 'ROLLUP')) return rollup(single(), c, start);
  return c.at('GROUPING', 'SETS') ? groupingSets(c, keys) : undefined;
}

function product(left: readonly KeySet[], right: readonly KeySet[], c: Cursor, start: number): readonly KeySet[] {
  if (left.length * right.length > SETS_MAX) throw errors.tooManyGroupingSets(SETS_MAX, c.since(start));
  return left.flatMap((a) => right.map((b) => [...a, ...b]));
}

/** A key of a pipe's GROUP BY, which may have a name: `GROUP BY a + 1 AS b`. */
export function namedKey(c: Cursor): Expr {
  const { start } = c.token;
  const input = expression(c);
  return c.take('AS') ? expr({ kind: 'alias', input, name: name(c), at: c.span(start) }) : input;
}
