import type { Expr } from '../core/expr/expr.js';
import type { Cursor } from './cursor.js';
import { numberLiteral } from './literals.js';
import { across, call, not } from './nodes.js';
import { INFIX, POWER, SIGNS, type Infix } from './operators.js';
import { atPredicate, predicate } from './predicates.js';
import { postfix, primary } from './primary.js';

/** An expression of any precedence. */
export function expression(c: Cursor): Expr {
  return c.nested(() => infix(c, POWER.or));
}

/** What operators at least as tight as `power` make: a Pratt loop over the table. */
export function infix(c: Cursor, power: number): Expr {
  let left = prefix(c, power);
  for (;;) {
    const operator = INFIX.get(c.token.upper);
    if (operator !== undefined && operator.power >= power) left = apply(c, left, operator);
    else if (power <= POWER.predicate && atPredicate(c)) left = predicate(c, left);
    else return left;
  }
}

function apply(c: Cursor, left: Expr, { power, call: name, chained }: Infix): Expr {
  const symbol = c.next().upper;
  const args = [left, infix(c, power + 1)];
  if (chained === true) while (c.accept(symbol)) args.push(infix(c, power + 1));
  return call(name, args, across(left.at, c.span(left.at?.start ?? 0)));
}

function prefix(c: Cursor, power: number): Expr {
  const { token } = c;
  if (power <= POWER.not && (token.upper === 'NOT' || token.upper === '!') && c.peek().upper !== '.') {
    c.next();
    const input = c.nested(() => infix(c, POWER.not));
    return not(input, c.span(token.start));
  }
  return signed(c);
}

/** Unary signs. A minus right before a number belongs to the literal, so that the least bigint can be written. */
function signed(c: Cursor): Expr {
  const { token } = c;
  const name = token.kind === 'op' ? SIGNS.get(token.upper) : undefined;
  if (name === undefined) return primary(c);
  c.next();
  if (name === 'negative' && c.token.kind === 'number') {
    const { text } = c.next();
    return postfix(c, numberLiteral(c, text, true, c.span(token.start)));
  }
  const input = c.nested(() => signed(c));
  return call(name, [input], c.span(token.start));
}
