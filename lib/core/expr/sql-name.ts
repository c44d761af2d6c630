import type { CallExpr, Expr } from './expr.js';
import { literalText, typeText } from './literal-text.js';

/**
 * Spark's name of an expression without alias: `count(1)`, `(a + b)`, `CAST(x AS INT)`.
 * Iterative down the left side, where chains of operators are deep.
 */

const INFIX: ReadonlyMap<string, string> = new Map([
  ['add', '+'],
  ['subtract', '-'],
  ['multiply', '*'],
  ['divide', '/'],
  ['mod', '%'],
  ['div', 'div'],
  ['&', '&'],
  ['|', '|'],
  ['^', '^'],
  ['=', '='],
  ['<', '<'],
  ['<=', '<='],
  ['>', '>'],
  ['>=', '>='],
  ['<=>', '<=>'],
  ['and', 'AND'],
  ['or', 'OR'],
]);

const list = (exprs: readonly Expr[]): string => exprs.map(sqlName).join(', ');

const nameAt = (expr: CallExpr, index: number): string => {
  const argument = expr.args[index];
  return argument === undefined ? '' : sqlName(argument);
};

/** The text around the first argument, for calls that are not `name(arguments)`. */
const SPECIAL: ReadonlyMap<string, (expr: CallExpr) => string> = new Map([
  ['negative', (e) => `(- ${nameAt(e, 0)})`],
  ['positive', (e) => `(+ ${nameAt(e, 0)})`],
  ['~', (e) => `~${nameAt(e, 0)}`],
  ['not', (e) => `(NOT ${nameAt(e, 0)})`],
  ['<>', (e) => `(NOT (${nameAt(e, 0)} = ${nameAt(e, 1)}))`],
  ['isnull', (e) => `(${nameAt(e, 0)} IS NULL)`],
  ['isnotnull', (e) => `(${nameAt(e, 0)} IS NOT NULL)`],
  ['istrue', (e) => `(${nameAt(e, 0)} <=> true)`],
  ['isfalse', (e) => `(${nameAt(e, 0)} <=> false)`],
  ['isunknown', (e) => `(${nameAt(e, 0)} IS NULL)`],
  ['in', (e) => `(${nameAt(e, 0)} IN (${list(e.args.slice(1))}))`],
  ['like', likeName('LIKE')],
  ['ilike', (e) => `ilike(${nameAt(e, 0)}, ${nameAt(e, 1)})`],
  ['rlike', (e) => `RLIKE(${nameAt(e, 0)}, ${nameAt(e, 1)})`],
  ['if', (e) => `(IF(${list(e.args)}))`],
  ['iff', (e) => `(IF(${list(e.args)}))`],
  ['extract', (e) => `extract(${nameAt(e, 0)} FROM ${nameAt(e, 1)})`],
  [
    'struct',
    (e) => `struct(${e.args.map((a) => (a.kind === 'alias' ? `${sqlName(a.input)} AS ${a.name}` : sqlName(a))).join(', ')})`,
  ],
  ['element_at_index', (e) => `${nameAt(e, 0)}[${nameAt(e, 1)}]`],
  ['cast', (e) => `CAST(${list(e.args)})`],
]);

function likeName(operator: string): (expr: CallExpr) => string {
  return (e) => `${nameAt(e, 0)} ${operator} ${nameAt(e, 1)}${e.args.length > 2 ? ` ESCAPE '${nameAt(e, 2)}'` : ''}`;
}

function callName(expr: CallExpr): string {
  const special = SPECIAL.get(expr.name);
  if (special !== undefined) {
    return special(expr);
  }
  const starred =
    expr.name === 'count' && expr.args.length === 1 && expr.args[0]?.kind === 'star' && expr.args[0].qualifier.length === 0;
  const args = starred ? '1' : list(expr.args);
  const order =
    expr.orderBy === undefined || expr.orderBy.length === 0
      ? ''
      : ` WITHIN GROUP (ORDER BY ${expr.orderBy.map((o) => `${sqlName(o.expr)} ${o.descending ? 'DESC' : 'ASC'} NULLS ${o.nullsFirst ? 'FIRST' : 'LAST'}`).join(', ')})`;
  const nulls = expr.ignoreNulls === true ? ' ignore nulls' : '';
  const filter = expr.filter === undefined ? '' : ` FILTER (WHERE ${sqlName(expr.filter)})`;
  return `${expr.name}(${expr.distinct === true ? 'DISTINCT ' : ''}${args})${order}${nulls}${filter}`;
}

/** One step of the left spine: `( … op right)`. */
function infixName(expr: CallExpr, left: string, operator: string): string {
  let text = left;
  for (const right of expr.args.slice(1)) {
    text = `(${text} ${operator} ${sqlName(right)})`;
  }
  return text;
}

export function sqlName(expr: Expr): string {
  const spine: { readonly expr: CallExpr; readonly operator: string }[] = [];
  let node = expr;
  while (node.kind === 'call') {
    const operator = node.args.length >= 2 ? INFIX.get(node.name) : undefined;
    const left = node.args[0];
    if (operator === undefined || left === undefined) {
      break;
    }
    spine.push({ expr: node, operator });
    node = left;
  }
  let text = leafName(node);
  for (let step = spine.pop(); step !== undefined; step = spine.pop()) {
    text = infixName(step.expr, text, step.operator);
  }
  return text;
}

function leafName(expr: Expr): string {
  switch (expr.kind) {
    case 'literal':
      return literalText(expr.value, expr.type);
    case 'column':
      return expr.path.at(-1) ?? '';
    case 'star':
      return [...expr.qualifier, '*'].join('.');
    case 'call':
      return callName(expr);
    case 'cast':
      return `${expr.mode === 'try' ? 'TRY_CAST' : 'CAST'}(${sqlName(expr.input)} AS ${typeText(expr.to)})`;
    case 'case':
      return `CASE ${expr.branches.map((b) => `WHEN ${sqlName(b.when)} THEN ${sqlName(b.then)} `).join('')}${expr.otherwise === undefined ? '' : `ELSE ${sqlName(expr.otherwise)} `}END`;
    case 'alias':
      return expr.name;
    case 'parameter':
      return typeof expr.name === 'number' ? '?' : `:${expr.name}`;
    case 'window':
      return `${sqlName(expr.call)} OVER (...)`;
    case 'subquery':
      return expr.role === 'scalar' ? 'scalarsubquery()' : `${expr.role}(subquery)`;
    case 'lambda':
      return `lambdafunction(${sqlName(expr.body)})`;
    case 'field':
      return `${sqlName(expr.input)}.${expr.name}`;
  }
}
