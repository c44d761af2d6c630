import type { Expr, Span } from '../core/expr/expr.js';
import * as T from '../core/types/data-type.js';
import type { Cursor } from './cursor.js';
import { parseDate, parseTimestamp } from './datetime.js';
import { errorAt } from './errors.js';
import { binaryLiteral } from './literals.js';
import { literal } from './nodes.js';

type Rule = (c: Cursor, text: string, at: Span) => Expr | undefined;

const RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['DATE', date],
  ['TIMESTAMP', timestamp],
  ['TIMESTAMP_LTZ', timestamp],
  ['TIMESTAMP_NTZ', timestampNtz],
  ['X', (c, text, at) => binaryLiteral(c, text, at)],
]);

const EXAMPLE: Readonly<Record<string, string>> = {
  DATE: "DATE '2024-01-31'",
  TIMESTAMP: "TIMESTAMP '2024-01-31 12:30:00'",
  TIMESTAMP_LTZ: "TIMESTAMP_LTZ '2024-01-31 12:30:00'",
  TIMESTAMP_NTZ: "TIMESTAMP_NTZ '2024-01-31 12:30:00'",
};

/** `DATE '…'` and its like, if one stands here. */
export function typedLiteral(c: Cursor): Expr | undefined {
  if (c.token.kind !== 'word' || c.peek().kind !== 'string') return undefined;
  const rule = RULES.get(c.token.upper);
  if (rule === undefined) return undefined;
  const type = c.next();
  const { text } = c.next();
  const at = c.span(type.start);
  const made = rule(c, text, at);
  if (made !== undefined) return made;
  const message = `The value of the typed literal ${type.upper} '${text}' is invalid. Write it as in ${EXAMPLE[type.upper]}.`;
  throw errorAt(c.sql, at, 'INVALID_TYPED_LITERAL', message);
}

function date(_: Cursor, text: string, at: Span): Expr | undefined {
  const days = parseDate(text);
  return days === undefined ? undefined : literal(T.DATE, days, at);
}

/** Without a zone the text is in the session's, UTC. */
function timestamp(_: Cursor, text: string, at: Span): Expr | undefined {
  const parsed = parseTimestamp(text);
  return parsed === undefined ? undefined : literal(T.TIMESTAMP, parsed.local - (parsed.offset ?? 0n), at);
}

/** A zone is read and ignored, as Spark does. */
function timestampNtz(_: Cursor, text: string, at: Span): Expr | undefined {
  const parsed = parseTimestamp(text);
  return parsed === undefined ? undefined : literal(T.TIMESTAMP_NTZ, parsed.local, at);
}
