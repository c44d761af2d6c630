import { QuernError } from '../../errors.js';
import type { Bound } from '../../expr/bound.js';
import { literal } from '../../expr/build.js';
import { rewrite, childrenOf } from '../../expr/walk.js';
import { isDeterministic } from '../expressions.js';
import { mapExpressions } from '../map-expressions.js';
import { rewriteUp } from '../../plan/walk.js';
import { rule, type RuleContext } from '../rule.js';

/**
 * Computes what has no columns once, and removes neutral terms of AND and OR. An expression that raises is left alone:
 * it may stand in a branch that no row takes.
 */
export const foldConstants = rule('fold-constants', (plan, context) =>
  rewriteUp(plan, (node) => mapExpressions(node, (expr) => rewrite(expr, { after: (e) => foldNode(e, context) }))),
);

function foldNode(expr: Bound, context: RuleContext): Bound {
  if (expr.kind === 'call' && (expr.fn === 'and' || expr.fn === 'or')) return foldLogic(expr);
  if (expr.kind === 'case') return foldCase(expr);
  if (expr.kind !== 'call' && expr.kind !== 'cast') return expr;
  const children = childrenOf(expr);
  if (children.length === 0 || !children.every((child) => child.kind === 'literal') || !isDeterministic(expr)) return expr;
  try {
    return literal(context.evaluate(expr), expr.type, expr.at);
  } catch (error) {
    if (error instanceof QuernError) return expr;
    throw error;
  }
}

/** `true AND x` is x, `false AND x` is false; terms before a false one may raise and stay. */
function foldLogic(expr: Extract<Bound, { kind: 'call' }>): Bound {
  const neutral = expr.fn === 'and';
  const terms: Bound[] = [];
  for (const term of expr.args) {
    if (term.kind === 'literal' && term.value === neutral) continue;
    terms.push(term);
    if (term.kind === 'literal' && term.value === !neutral) break;
  }
  if (terms.length === expr.args.length) return expr;
  if (terms.length === 0) return literal(neutral, expr.type, expr.at);
  return terms.length === 1 ? terms[0]! : Object.freeze({ ...expr, args: terms });
}

function foldCase(expr: Extract<Bound, { kind: 'case' }>): Bound {
  const branches = expr.branches.filter(({ when }) => !(when.kind === 'literal' && when.value !== true));
  const certain = branches.findIndex(({ when }) => when.kind === 'literal');
  if (certain === 0) return branches[0]!.then;
  if (certain > 0) return Object.freeze({ ...expr, branches: branches.slice(0, certain), otherwise: branches[certain]!.then });
  if (branches.length === expr.branches.length) return expr;
  return branches.length === 0 ? expr.otherwise : Object.freeze({ ...expr, branches });
}
