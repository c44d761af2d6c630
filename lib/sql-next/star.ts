import type { Expr } from '../core/expr/expr.js';
import type { Cursor } from './cursor.js';
import { expression } from './expressions.js';
import { name } from './names.js';
import { freeze } from './nodes.js';

/** Whether `*` or `t.*` stands here. */
export function atStar(c: Cursor): boolean {
  let i = 0;
  while ((c.peek(i).kind === 'word' || c.peek(i).kind === 'quoted') && c.peek(i + 1).upper === '.') i += 2;
  return c.peek(i).upper === '*';
}

/** `*`, `t.*`, with EXCEPT/EXCLUDE and REPLACE. */
export function star(c: Cursor): Expr {
  const { start } = c.token;
  const qualifier: string[] = [];
  while (!c.accept('*')) {
    qualifier.push(name(c));
    c.expect('.');
  }
  const except = excepted(c);
  const replace = replaced(c);
  return Object.freeze({
    kind: 'star',
    qualifier: freeze(qualifier),
    ...(except === undefined ? {} : { except: freeze(except) }),
    ...(replace === undefined ? {} : { replace: freeze(replace) }),
    at: c.span(start),
  });
}

function excepted(c: Cursor): string[] | undefined {
  if (!c.atAny('EXCEPT', 'EXCLUDE')) return undefined;
  const next = c.peek();
  if (next.upper === '(') {
    if (c.at('EXCEPT') && ['SELECT', 'VALUES', 'FROM', 'WITH', '('].includes(c.peek(2).upper)) return undefined;
    c.next();
    return c.parenthesized(() => name(c, 'a column name'));
  }
  if (c.at('EXCEPT')) return undefined;
  c.next();
  return [name(c, 'a column name')];
}

function replaced(c: Cursor): { readonly name: string; readonly expr: Expr }[] | undefined {
  if (!c.at('REPLACE', '(')) return undefined;
  c.next();
  return c.parenthesized(() => {
    const expr = expression(c);
    c.expect('AS');
    return Object.freeze({ name: name(c, 'a column name'), expr });
  });
}
