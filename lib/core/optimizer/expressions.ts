import type { AttributeRef, Bound } from '../expr/bound.js';
import { call } from '../expr/build.js';
import { rewrite, some, walk } from '../expr/walk.js';
import { FUNCTIONS } from '../expr/functions/index.js';
import type { ScalarEntry } from '../expr/functions/entry.js';
import { BOOLEAN } from '../types/data-type.js';
import type { ProjectNode } from '../plan/resolved-plan.js';

function scalarEntry(fn: string): ScalarEntry | undefined {
  const entry = FUNCTIONS.get(fn);
  return entry?.kind === 'scalar' ? entry : undefined;
}

/** The terms of an AND; the expression itself when it is none. */
export function conjuncts(condition: Bound): readonly Bound[] {
  return condition.kind === 'call' && condition.fn === 'and' ? condition.args.flatMap(conjuncts) : [condition];
}

export function and(terms: readonly Bound[]): Bound {
  if (terms.length === 1) return terms[0]!;
  return call(
    'and',
    terms,
    BOOLEAN,
    terms.some((term) => term.nullable),
  );
}

/** Ids of the columns an expression reads. */
export function columnsOf(exprs: Iterable<Bound>): Set<number> {
  const ids = new Set<number>();
  for (const expr of exprs) {
    walk(expr, (node) => {
      if (node.kind === 'attribute') ids.add(node.id);
    });
  }
  return ids;
}

export function readsOnly(expr: Bound, columns: ReadonlySet<number>): boolean {
  return !some(expr, (node) => node.kind === 'attribute' && !columns.has(node.id));
}

export function idsOf(attributes: readonly AttributeRef[]): Set<number> {
  return new Set(attributes.map(({ id }) => id));
}

/** Functions that only rewrites make and that never raise. */
const SAFE_INTERNALS: ReadonlySet<string> = new Set([
  'get_field',
  'get_array_fields',
  'get_map_value',
  'canonical_nested',
  'nested_sort_key',
]);

/** Whether evaluating it can raise an error: such a term never moves ahead of another one. */
export function canRaise(expr: Bound): boolean {
  return some(expr, (node) => {
    if (node.kind === 'cast') return node.mode === 'ansi' && !isSafeCast(node.input.type.kind, node.type.kind);
    if (node.kind !== 'call' || SAFE_INTERNALS.has(node.fn)) return false;
    return (scalarEntry(node.fn)?.raises ?? 'always') !== 'never' && !isFloat(node);
  });
}

const NESTED_KINDS: ReadonlySet<string> = new Set(['array', 'map', 'struct']);
const WIDTH: Readonly<Record<string, number>> = { tinyint: 1, smallint: 2, int: 3, bigint: 4, float: 5, double: 6 };

function isSafeCast(from: string, to: string): boolean {
  if (NESTED_KINDS.has(from) && to !== 'string') return false;
  if (to === 'string' || from === 'null' || from === to) return from !== 'decimal' || to === 'string';
  const narrow = WIDTH[from];
  const wide = WIDTH[to];
  return (
    (narrow !== undefined && wide !== undefined && narrow <= wide) ||
    (from === 'date' && to === 'timestamp') ||
    (from === 'decimal' && to === 'double')
  );
}

/** Arithmetic on floating point overflows to infinity; only division by zero raises. */
function isFloat(node: Extract<Bound, { kind: 'call' }>): boolean {
  return node.type.kind === 'double' && (node.fn === 'add' || node.fn === 'subtract' || node.fn === 'multiply');
}

/** Same value for the same row, whenever it is computed. */
export function isDeterministic(expr: Bound): boolean {
  return !some(expr, (node) => node.kind === 'call' && scalarEntry(node.fn)?.deterministic === false);
}

/** The expression with the columns of a projection replaced by what computes them. */
export function substitute(expr: Bound, project: ProjectNode): Bound {
  return rewrite(expr, {
    before: (node) => {
      if (node.kind !== 'attribute') return undefined;
      const at = project.output.findIndex(({ id }) => id === node.id);
      return at === -1 ? undefined : project.exprs[at];
    },
  });
}
