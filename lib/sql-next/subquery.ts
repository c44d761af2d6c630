import type { LogicalPlan } from '../core/plan/logical-plan.js';
import type { Cursor } from './cursor.js';
import { query } from './query.js';

const AFTER_QUERY = new Set(['UNION', 'INTERSECT', 'EXCEPT', 'MINUS', 'ORDER', 'LIMIT', 'OFFSET', ')', '|>']);

function startsQuery(c: Cursor, ahead: number): boolean {
  const next = c.peek(ahead + 1);
  switch (c.peek(ahead).upper) {
    case 'SELECT':
      return true;
    case 'WITH':
    case 'FROM':
      return next.kind === 'word' || next.kind === 'quoted' || next.kind === 'string' || next.upper === '(';
    case 'VALUES':
      return startsValue(c, ahead + 1);
    case 'TABLE':
      return next.kind === 'word' || next.kind === 'quoted';
    default:
      return false;
  }
}

/** Whether an expression begins here that cannot be an alias of a table called values. */
export function startsValue(c: Cursor, ahead: number): boolean {
  const { kind, upper } = c.peek(ahead);
  if (kind === 'number' || kind === 'string' || kind === 'hex' || ['(', '-', '?', 'NULL', 'TRUE', 'FALSE'].includes(upper))
    return true;
  const next = c.peek(ahead + 1);
  return kind === 'word' && upper !== 'AS' && (next.upper === '(' || next.kind === 'string');
}

/** Whether a query begins here, perhaps in parentheses of its own. */
export function atQuery(c: Cursor): boolean {
  return startsQuery(c, 0) || atQueryInParentheses(c);
}

/** Whether `(` begins a query, and not an expression such as `((SELECT 1) + 1)`. */
export function atQueryInParentheses(c: Cursor): boolean {
  let open = 0;
  while (c.peek(open).upper === '(') open++;
  if (open === 0 || !startsQuery(c, open)) return false;
  if (open === 1) return true;
  let depth = open;
  for (let i = open; c.peek(i).kind !== 'end'; i++) {
    const { upper } = c.peek(i);
    if (upper === '(') depth++;
    else if (upper === ')' && --depth < open) {
      if (depth === 0) return true;
      open = depth;
      if (!AFTER_QUERY.has(c.peek(i + 1).upper)) return false;
      if (c.peek(i + 1).upper !== ')') return true;
    }
  }
  return true;
}

export function queryInParentheses(c: Cursor): LogicalPlan {
  c.expect('(');
  const plan = query(c);
  c.expect(')');
  return plan;
}
