import type { Expr, Span } from '../core/expr/expr.js';
import type { Cursor } from './cursor.js';
import { errorAt } from './errors.js';
import { expression } from './expressions.js';
import { freeze } from './nodes.js';
import { selectItem } from './select.js';

/** GROUP BY: keys, ordinals, ALL, CUBE, ROLLUP and GROUPING SETS. */
export interface Grouping {
  readonly keys: readonly Expr[];
  readonly groupAll: boolean;
  /** Lists of indices into `keys`; absent for a plain list. */
  readonly groupingSets?: readonly (readonly number[])[];
}

/** One element of GROUP BY as the sets it stands for. */
type Sets = readonly (readonly Expr[])[];

const SETS_MAX = 4096;
const LIST_ENDS = ['HAVING', 'ORDER', 'LIMIT', 'QUALIFY', 'WINDOW', '|>', ')', ''];

/** `aliased`, of a pipe, takes the keys with the aliases they may have there. */
export function groupBy(c: Cursor, aliased?: Expr[]): Grouping {
  const { start } = c.token;
  if (c.at('ALL') && !['.', '(', ','].includes(c.peek().upper)) {
    c.next();
    return { keys: [], groupAll: true };
  }
  let plain = true;
  let elements = c.list(
    () => {
      const sets = compound(c);
      if (sets !== undefined) plain = false;
      return sets ?? [[aliased === undefined ? expression(c) : pipeKey(c, aliased)]];
    },
    ...LIST_ENDS,
  );
  if (plain && (c.at('WITH', 'CUBE') || c.at('WITH', 'ROLLUP'))) {
    c.next();
    const all = elements.map((e) => e[0]!);
    elements = [c.next().upper === 'CUBE' ? cube(c, all, c.span(start)) : rollup(all)];
    plain = false;
  } else if (plain && c.at('GROUPING', 'SETS')) {
    const leading = elements.map((e) => e[0]![0]!);
    const sets = compound(c)!;
    return indexed(c, leading, sets, c.span(start));
  }
  if (plain) return { keys: elements.map((e) => e[0]![0]!), groupAll: false };
  return indexed(c, [], product(c, elements, c.span(start)), c.span(start));
}

function pipeKey(c: Cursor, aliased: Expr[]): Expr {
  const item = selectItem(c);
  aliased.push(item);
  return item.kind === 'alias' ? item.input : item;
}

/** CUBE(…), ROLLUP(…), GROUPING SETS (…), `()`. */
function compound(c: Cursor): Sets | undefined {
  const { start } = c.token;
  if (c.accept('(', ')')) return [[]];
  if (c.atAny('CUBE', 'ROLLUP') && c.peek().upper === '(') {
    const isCube = c.next().upper === 'CUBE';
    const parts = c.parenthesized(() => set(c));
    return isCube ? cube(c, parts, c.span(start)) : rollup(parts);
  }
  if (!c.accept('GROUPING', 'SETS')) return undefined;
  return c.parenthesized(() => c.nested(() => compound(c)) ?? [set(c)]).flat();
}

/** `(a, b)` or `a`. */
function set(c: Cursor): readonly Expr[] {
  if (c.accept('(', ')')) return [];
  const { start } = c.token;
  const expr = expression(c);
  const row = expr.kind === 'call' && expr.name === 'struct' && expr.at?.start === start && c.sql[start] === '(';
  return row ? expr.args : [expr];
}

function tooMany(c: Cursor, at: Span): Error {
  return errorAt(c.sql, at, 'UNSUPPORTED_FEATURE', `More than ${SETS_MAX} grouping sets are not supported yet.`);
}

function cube(c: Cursor, parts: Sets, at: Span): Sets {
  if (2 ** parts.length > SETS_MAX) throw tooMany(c, at);
  const all: (readonly Expr[])[] = [];
  for (let without = 0; without < 2 ** parts.length; without++) {
    all.push(parts.filter((_, i) => (without & (1 << (parts.length - 1 - i))) === 0).flat());
  }
  return all;
}

function rollup(parts: Sets): Sets {
  return Array.from({ length: parts.length + 1 }, (_, dropped) => parts.slice(0, parts.length - dropped).flat());
}

/** Several elements: every set of one with every set of the others. */
function product(c: Cursor, elements: readonly Sets[], at: Span): Sets {
  let sets: Sets = [[]];
  for (const element of elements) {
    if (sets.length * element.length > SETS_MAX) throw tooMany(c, at);
    sets = sets.flatMap((a) => element.map((b) => [...a, ...b]));
  }
  return sets;
}

/** Expressions of the same shape are one key. */
function indexed(c: Cursor, leading: readonly Expr[], sets: Sets, at: Span): Grouping {
  if (sets.length > SETS_MAX) throw tooMany(c, at);
  const places = new Map<string, number>();
  const keys: Expr[] = [];
  const place = (key: Expr): number => {
    const text = shape(key);
    const known = places.get(text);
    if (known !== undefined) return known;
    places.set(text, keys.length);
    return keys.push(key) - 1;
  };
  leading.forEach(place);
  const groupingSets = freeze(sets.map((s) => freeze([...new Set(s.map(place))])));
  return { keys, groupAll: false, groupingSets };
}

/** An expression without its places, names in lower case. */
function shape(expr: Expr): string {
  return JSON.stringify(expr, (key, value: unknown) => {
    if (key === 'at') return undefined;
    if (key === 'path' && Array.isArray(value)) return value.map((part) => String(part).toLowerCase());
    return typeof value === 'bigint' ? `${value}n` : value;
  });
}
