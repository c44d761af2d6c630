import type { Expr } from '../core/expr/expr.js';
import type { LogicalPlan } from '../core/plan/logical-plan.js';
import { CHAIN_MAX, type Cursor } from './cursor.js';
import * as errors from './errors.js';
import { expression } from './expressions.js';
import { groupBy, namedKey } from './grouping.js';
import { commaList, name, path } from './names.js';
import { expr, list, plan, present } from './nodes.js';
import { organization, pipedSetOperation } from './query.js';
import { join } from './relation.js';
import { pivot, tableSample, unpivot } from './reshape.js';
import { namedExpressions, selectList, windowClause } from './select.js';

/** `query |> step |> step`: each step is one plan node over the one before. */

type Step = (c: Cursor, input: LogicalPlan, start: number) => LogicalPlan;

const STEPS: ReadonlyMap<string, Step> = new Map<string, Step>([
  ['SELECT', selectStep],
  ['EXTEND', extend],
  ['SET', set],
  ['DROP', drop],
  ['AS', as],
  ['WHERE', where],
  ['AGGREGATE', aggregate],
  ['PIVOT', pivot],
  ['UNPIVOT', unpivot],
  ['TABLESAMPLE', tableSample],
]);

/** The query with all pipe steps that come next. */
export function pipes(c: Cursor, first: LogicalPlan): LogicalPlan {
  let result = first;
  for (let count = 0; c.take('|>'); count++) {
    if (count === CHAIN_MAX) throw errors.tooLong('pipe steps', CHAIN_MAX, c.here());
    result = step(c, result);
  }
  return result;
}

function step(c: Cursor, input: LogicalPlan): LogicalPlan {
  const rule = c.atOne(STEPS) ? STEPS.get(c.token.key) : undefined;
  if (rule !== undefined) return rule(c, input, c.token.start);
  const combined = pipedSetOperation(c, input) ?? join(c, input);
  if (combined !== undefined) return combined;
  const ordered = organization(c, input);
  return ordered === input ? c.fail('a pipe step, like SELECT or WHERE') : ordered;
}

const star = (
  c: Cursor,
  start: number,
  more: {
    readonly except?: readonly string[];
    readonly replace?: readonly { readonly name: string; readonly expr: Expr }[];
  } = {},
): Expr => expr({ kind: 'star', qualifier: list([]), ...more, at: c.span(start) });

function selectStep(c: Cursor, input: LogicalPlan, start: number): LogicalPlan {
  const { exprs, distinct } = selectList(c);
  const windows = windowClause(c);
  const at = c.span(start);
  const project = plan({ kind: 'project', input, exprs, ...present({ windows }), at });
  return distinct ? plan({ kind: 'distinct', input: project, at }) : project;
}

function extend(c: Cursor, input: LogicalPlan, start: number): LogicalPlan {
  const { start: from } = c.next();
  const exprs = list([star(c, from), ...namedExpressions(c)]);
  return plan({ kind: 'project', input, exprs, at: c.span(start) });
}

/** Assignments see those before them. */
function set(c: Cursor, input: LogicalPlan, start: number): LogicalPlan {
  c.next();
  let result = input;
  commaList(c, () => {
    const column = path(c, 'a column').at(-1)!;
    c.expect('=');
    const replace = list([Object.freeze({ name: column, expr: expression(c) })]);
    result = plan({ kind: 'project', input: result, exprs: list([star(c, start, { replace })]), at: c.span(start) });
  });
  return result;
}

function drop(c: Cursor, input: LogicalPlan, start: number): LogicalPlan {
  c.next();
  const except = list(commaList(c, () => name(c, 'a column')));
  return plan({ kind: 'project', input, exprs: list([star(c, start, { except })]), at: c.span(start) });
}

function as(c: Cursor, input: LogicalPlan, start: number): LogicalPlan {
  c.next();
  return plan({ kind: 'alias', input, name: name(c), at: c.span(start) });
}

function where(c: Cursor, input: LogicalPlan, start: number): LogicalPlan {
  c.next();
  const condition = expression(c);
  return plan({ kind: 'filter', input, condition, role: 'where', at: c.span(start) });
}

/** The keys come out first, by their names. */
function aggregate(c: Cursor, input: LogicalPlan, start: number): LogicalPlan {
  c.next();
  const aggregates = c.at('GROUP', 'BY') ? [] : namedExpressions(c);
  if (!c.at('GROUP')) {
    return plan({ kind: 'aggregate', input, keys: list([]), groupAll: false, outputs: list(aggregates), at: c.span(start) });
  }
  const { keys, groupAll, ...sets } = groupBy(c, namedKey);
  const plain = keys.map((key) => (key.kind === 'alias' ? key.input : key));
  return plan({
    kind: 'aggregate',
    input,
    keys: list(plain),
    groupAll,
    ...sets,
    outputs: list([...keys, ...aggregates]),
    at: c.span(start),
  });
}
