import { DataError, QueryError } from '../core/errors.js';
import { expressionsOf } from '../core/optimizer/map-expressions.js';
import { sourceOf } from '../core/expr/span-source.js';
import { walk } from '../core/expr/walk.js';
import { walkPlan } from '../core/plan/walk.js';
import type { Span } from '../core/expr/expr.js';
import type { Resolved } from '../core/plan/resolved-plan.js';

/**
 * An error of a run with what only the driver knows: line, column and caret where it came from SQL text (executors know offsets), and how to read
 * a column of numbers that is text because of one word.
 */
export function withPlace(error: unknown, plan: Resolved): unknown {
  if (!(error instanceof QueryError || error instanceof DataError) || isPlaced(error)) return error;
  const { sql, columns } = whatIsAt(plan, error.at);
  const hint = error.code === 'CAST_INVALID_INPUT' ? nullWordHint(plan, error.message, columns) : '';
  if (sql === undefined && hint === '') return error;
  const { code, message, at, path, byte, row, column, cause } = error;
  const Class = error instanceof QueryError ? QueryError : DataError;
  const placed = new Class({
    code,
    message: `${message}${hint}`,
    ...(at === undefined ? {} : { at }),
    ...(sql === undefined ? {} : { sql }),
    ...(path === undefined ? {} : { path }),
    ...(byte === undefined ? {} : { byte }),
    ...(row === undefined ? {} : { row }),
    ...(column === undefined ? {} : { column }),
    ...(cause === undefined ? {} : { cause }),
  });
  const frames = error.stack?.split('\n').slice(message.split('\n').length).join('\n');
  if (frames !== undefined) placed.stack = `${placed.name}: ${placed.message}\n${frames}`;
  return placed;
}

const isPlaced = ({ message }: Error): boolean => /\nline \d+, column \d+:\n/.test(message);

/** The text in which a plan has something at these offsets (none if two texts have), and the columns which that reads. */
function whatIsAt(plan: Resolved, at: Span | undefined): { readonly sql?: string; readonly columns: ReadonlySet<string> } {
  const texts = new Set<string>();
  const columns = new Set<string>();
  if (at === undefined) return { columns };
  walkPlan(plan, (node) => {
    const roots = node.kind === 'local' && node.data.kind === 'rows' ? node.data.rows.flat() : expressionsOf(node);
    for (const root of roots) {
      walk(root, (expr) => {
        if (expr.at?.start !== at.start || expr.at.end !== at.end) return;
        const sql = sourceOf(expr.at);
        if (sql === undefined) return;
        texts.add(sql);
        walk(expr, (inner) => {
          if (inner.kind === 'attribute') columns.add(inner.name);
        });
      });
    }
  });
  const [sql] = texts;
  return { ...(sql === undefined || texts.size > 1 ? {} : { sql }), columns };
}

/** The value that could not be cast may be how the file writes missing ones. */
function nullWordHint(plan: Resolved, message: string, columns: ReadonlySet<string>): string {
  let hint = '';
  walkPlan(plan, (node) => {
    if (node.kind !== 'scan' || hint !== '') return;
    const found = (node.source.nullWords ?? []).find(
      ({ column, word }) => message.startsWith(`The value '${word}' of `) && (columns.size === 0 || columns.has(column)),
    );
    if (found === undefined) return;
    const { column, word } = found;
    const file = node.source.description.replace(/^\w+ /, '');
    hint = ` Column "${column}" of ${file} holds values and '${word}': set nullValue to '${word}' if that is how missing ones are written, as in FROM 'file.csv' WITH (nullValue = '${word}').`;
  });
  return hint;
}
