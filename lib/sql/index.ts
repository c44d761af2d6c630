import type { Expr, Span } from '../core/expr/expr.js';
import type { Statement } from '../core/plan/logical-plan.js';
import { schema, type DataType, type Schema } from '../core/types/data-type.js';
import { parseWith, type Cursor } from './cursor.js';
import * as errors from './errors.js';
import { namedExpression } from './select.js';
import { statement } from './statements.js';
import { dataType, fields } from './types.js';

/** SQL text to the nodes of core/plan and core/expr. Everything throws a QueryError with the place in the text. */

/** A statement of a script, and where it stands. */
export interface ParsedStatement {
  readonly statement: Statement;
  readonly at: Span;
}

/** All statements of a script, with semicolons between them. Places are those in the whole text. */
export function parseStatements(text: string): readonly ParsedStatement[] {
  return parseWith(text, (c) => {
    const statements: ParsedStatement[] = [];
    while (c.take(';'));
    while (!c.atEnd()) {
      const { start } = c.token;
      statements.push(Object.freeze({ statement: statement(c), at: c.span(start) }));
      if (!c.atEnd() && !c.at(';')) c.fail('the end of the statement');
      while (c.take(';'));
    }
    if (statements.length === 0) throw errors.emptyStatement(text);
    return Object.freeze(statements);
  });
}

/** The one statement of a text; a semicolon may follow it. */
export function parseStatement(text: string): Statement {
  const [first, second] = parseStatements(text);
  if (second !== undefined)
    throw errors.syntaxError(
      {
        found: text.slice(second.at.start, second.at.end),
        expected: 'the end of the text, as only one statement can stand here',
      },
      { sql: text, at: second.at },
    );
  return first!.statement;
}

/** An expression, perhaps with a name: `a > 1`, `sum(x) AS total`, `*`. */
export function parseExpression(text: string): Expr {
  return whole(text, (c) => namedExpression(c), 'the end of the expression');
}

/** A data type as SQL writes it: `decimal(10,2)`. */
export function parseDataType(text: string): DataType {
  return whole(text, (c) => dataType(c), 'the end of the type');
}

/** A schema: `a int, b string NOT NULL`, or the same in `struct<…>`. */
export function parseSchema(text: string): Schema {
  return whole(
    text,
    (c) => {
      if (c.at('STRUCT', '<')) {
        const type = dataType(c);
        if (type.kind === 'struct') return schema(type.fields);
      }
      return schema(fields(c));
    },
    'the end of the schema',
  );
}

function whole<T>(text: string, rule: (c: Cursor) => T, end: string): T {
  return parseWith(text, (c) => {
    const result = rule(c);
    if (!c.atEnd()) c.fail(end);
    return result;
  });
}
