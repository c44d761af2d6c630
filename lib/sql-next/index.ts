import type { Expr, Span } from '../core/expr/expr.js';
import type { Statement } from '../core/plan/logical-plan.js';
import type { DataType, Schema } from '../core/types/data-type.js';
import { Cursor } from './cursor.js';
import { errorAt } from './errors.js';
import { selectItem } from './select.js';
import { statement } from './statements.js';
import { dataType, schemaFields } from './types.js';

/** SQL text to statements, expressions, types and schemas. Errors are QueryErrors with a place in the text. */

export interface ParsedStatement {
  readonly statement: Statement;
  readonly at: Span;
}

/** A script: statements with ';' between them. */
export function parseStatements(text: string): ParsedStatement[] {
  const c = new Cursor(text);
  const statements: ParsedStatement[] = [];
  for (;;) {
    while (c.accept(';'));
    if (c.token.kind === 'end') return statements;
    const { start } = c.token;
    c.restartParameters();
    const parsed = statement(c);
    statements.push(Object.freeze({ statement: parsed, at: c.span(start) }));
    if (!c.at(';')) c.expectEnd("';' or the end of the statement");
  }
}

/** One statement; ';' may follow. */
export function parseStatement(text: string): Statement {
  const c = new Cursor(text);
  if (c.token.kind === 'end')
    throw errorAt(
      text,
      { start: 0, end: text.length },
      'PARSE_SYNTAX_ERROR',
      'Syntax error: there is no statement in this text.',
    );
  const parsed = statement(c);
  while (c.accept(';'));
  c.expectEnd();
  return parsed;
}

export function parseExpression(text: string): Expr {
  return whole(text, selectItem, 'the end of the expression');
}

export function parseDataType(text: string): DataType {
  return whole(text, dataType, 'the end of the data type');
}

/** `a int, b string`. */
export function parseSchema(text: string): Schema {
  return whole(text, schemaFields, "',' or the end of the schema");
}

function whole<T>(text: string, parse: (c: Cursor) => T, end: string): T {
  const c = new Cursor(text);
  const parsed = parse(c);
  c.expectEnd(end);
  return parsed;
}
