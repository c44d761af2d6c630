import type { Expr } from '../expr/expr.js';
import { sqlName } from '../expr/sql-name.js';
import { isIntegral } from '../types/data-type.js';
import { bind, binder } from './bind.js';
import { constantValue, isConstant } from './constant.js';
import { placeOf, type Context } from './context.js';
import * as errors from './errors.js';
import { noSuchColumn } from './scope.js';

/** The number of a LIMIT or OFFSET: a constant whole number, not negative. */
export function limitValue(name: 'limit' | 'offset', expr: Expr, context: Context): number {
  const place = placeOf(context, expr.at);
  const scope = binder(context, {
    column: (column) => {
      throw noSuchColumn([], column, placeOf(context, column.at));
    },
    star: () => [],
    starNames: () => [],
    refuseAggregate: (call) => errors.limitLike('IS_UNFOLDABLE', name, sqlName(call), place),
  });
  const bound = bind(expr, scope);
  const text = sqlName(expr);
  if (!isConstant(bound)) {
    throw errors.limitLike('IS_UNFOLDABLE', name, text, place);
  }
  if (bound.type.kind === 'null') {
    throw errors.limitLike('IS_NULL', name, text, place);
  }
  if (!isIntegral(bound.type)) {
    throw errors.limitLike('DATA_TYPE', name, text, place);
  }
  const value = constantValue(bound, context);
  if (value === null) {
    throw errors.limitLike('IS_NULL', name, text, place);
  }
  if (Number(value) < 0) {
    throw errors.limitLike('IS_NEGATIVE', name, text, place);
  }
  return Number(value);
}
