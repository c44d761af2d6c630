import type { Expr } from '../core/expr/expr.js';
import type { LogicalPlan } from '../core/plan/logical-plan.js';
import type { Cursor } from './cursor.js';
import { expression } from './expressions.js';
import { groupBy } from './grouping.js';
import { name } from './names.js';
import { freeze } from './nodes.js';
import { aliased, distinct, filter, project, starOf } from './plans.js';
import { organized, setStep } from './query.js';
import { joinStep } from './relation.js';
import { pivot, sample, unpivot } from './reshape.js';
import { selectItem } from './select.js';

const STEPS = 'SELECT, EXTEND, SET, DROP, AS, WHERE, AGGREGATE, JOIN, ORDER BY, LIMIT, UNION, PIVOT or TABLESAMPLE';
const ENDS = ['|>', ')', ''];

/** `query |> step |> step`. */
export function pipes(c: Cursor, from: LogicalPlan): LogicalPlan {
  let plan = from;
  while (c.accept('|>')) plan = step(c, plan);
  return plan;
}

function step(c: Cursor, input: LogicalPlan): LogicalPlan {
  const { start, upper } = c.token;
  switch (upper) {
    case 'SELECT': {
      c.next();
      const once = c.accept('DISTINCT');
      const plan = project(
        input,
        c.list(() => selectItem(c), ...ENDS),
        c.span(start),
      );
      return once ? distinct(plan, c.span(start)) : plan;
    }
    case 'EXTEND':
      c.next();
      return project(input, [starOf(c.span(start)), ...c.list(() => selectItem(c), ...ENDS)], c.span(start));
    case 'SET':
      c.next();
      return Object.freeze({ kind: 'with_columns', input, columns: freeze(c.list(() => assignment(c))), at: c.span(start) });
    case 'DROP':
      c.next();
      return Object.freeze({ kind: 'drop', input, names: freeze(c.list(() => name(c, 'a column name'))), at: c.span(start) });
    case 'AS':
      c.next();
      return aliased(input, name(c, 'an alias'), undefined, c.span(start));
    case 'WHERE':
      c.next();
      return filter(input, expression(c), 'where', c.span(start));
    case 'AGGREGATE':
      return aggregate(c, input);
    case 'UNION':
    case 'EXCEPT':
    case 'MINUS':
    case 'INTERSECT':
      return setStep(c, input, upper === 'UNION' ? 'union' : upper === 'INTERSECT' ? 'intersect' : 'except');
    case 'PIVOT':
      return pivot(c, input);
    case 'UNPIVOT':
      return unpivot(c, input);
    case 'TABLESAMPLE':
      return sample(c, input);
    default:
      return joinStep(c, input) ?? sorted(c, input);
  }
}

function sorted(c: Cursor, input: LogicalPlan): LogicalPlan {
  if (!c.atAny('ORDER', 'SORT', 'LIMIT', 'OFFSET', 'DISTRIBUTE', 'CLUSTER')) throw c.error(STEPS);
  return organized(c, input);
}

function assignment(c: Cursor): { readonly name: string; readonly expr: Expr } {
  const called = name(c, 'a column name');
  c.expect('=');
  return Object.freeze({ name: called, expr: expression(c) });
}

/** `AGGREGATE aggregates [GROUP BY keys]` gives the keys, then the aggregates. */
function aggregate(c: Cursor, input: LogicalPlan): LogicalPlan {
  const { start } = c.next();
  const outputs = c.at('GROUP', 'BY') ? [] : c.list(() => selectItem(c), 'GROUP', ...ENDS);
  if (!c.accept('GROUP', 'BY')) {
    return Object.freeze({
      kind: 'aggregate',
      input,
      keys: freeze<Expr>([]),
      groupAll: false,
      outputs: freeze(outputs),
      at: c.span(start),
    });
  }
  const named: Expr[] = [];
  const { keys, groupingSets } = groupBy(c, named);
  return Object.freeze({
    kind: 'aggregate',
    input,
    keys: freeze(keys),
    groupAll: false,
    outputs: freeze([...(groupingSets === undefined ? named : keys), ...outputs]),
    ...(groupingSets === undefined ? {} : { groupingSets }),
    at: c.span(start),
  });
}
