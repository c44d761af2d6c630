import type { Bound } from '../expr/bound.js';
import type { Expr, StarExpr } from '../expr/expr.js';
import { bind, type Binder } from './bind.js';
import { placeOf } from './context.js';
import { unresolvedColumn } from './errors.js';
import { starColumns, type Relation } from './scope.js';

/** One column of a select list. */
export interface SelectItem {
  readonly name: string;
  /** Whether the name was given, not derived: lateral references see such names only. */
  readonly aliased: boolean;
  readonly bound: Bound;
  readonly expr: Expr;
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** `* EXCEPT (a) REPLACE (b + 1 AS b)` as items. */
export function expandStars(star: StarExpr, input: Relation, scope: Binder): readonly SelectItem[] {
  const place = placeOf(scope.context, star.at);
  const columns = starColumns(input.columns, star, place, input.planIds);
  const names = columns.map((c) => c.name);
  for (const name of [...(star.except ?? []), ...(star.replace ?? []).map((r) => r.name)]) {
    if (!names.some((n) => same(n, name))) {
      throw unresolvedColumn(name, names, place);
    }
  }
  const kept = columns.filter((c) => !(star.except ?? []).some((name) => same(name, c.name)));
  return kept.map(({ name, bound }) => {
    const replaced = star.replace?.find((r) => same(r.name, name));
    const expr: Expr = { kind: 'column', path: [name] };
    return replaced === undefined
      ? { name, aliased: false, bound, expr }
      : { name, aliased: true, bound: bind(replaced.expr, scope), expr: replaced.expr };
  });
}
