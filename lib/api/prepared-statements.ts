import type { LogicalPlan } from '../core/plan/logical-plan.js';
import type { Resolved } from '../core/plan/resolved-plan.js';
import type { Basis } from './session-catalog.js';
import type { SqlParameters } from './statements.js';

/** A query text as it was understood. */
export interface PreparedStatement {
  readonly plan: LogicalPlan;
  readonly resolved: Resolved;
}

const STATEMENTS_MAX = 128;
/** Longer texts are hardly sent twice. */
const TEXT_MAX = 16_384;

/**
 * A service sends the same texts again and again: what they were resolved to is kept while all it was made of is as it was (views, files, the meaning of `now()`). Reading and resolving a
 * text takes longer than running it over a few rows, above all in a process too young for V8 to have compiled that code.
 */
export class PreparedStatements {
  /** Least recently used first. */
  readonly #known = new Map<string, PreparedStatement & { readonly basis: Basis }>();

  find(text: string, parameters: SqlParameters | undefined): PreparedStatement | undefined {
    const key = keyOf(text, parameters);
    const known = this.#known.get(key);
    if (known === undefined) return undefined;
    this.#known.delete(key);
    if (!known.basis.isCurrent()) return undefined;
    this.#known.set(key, known);
    return known;
  }

  keep(text: string, parameters: SqlParameters | undefined, statement: PreparedStatement, basis: Basis): void {
    const key = keyOf(text, parameters);
    if (key.length > TEXT_MAX) return;
    this.#known.set(key, { ...statement, basis });
    if (this.#known.size > STATEMENTS_MAX) this.#known.delete(this.#known.keys().next().value!);
  }

  clear(): void {
    this.#known.clear();
  }
}

/** Values of different types are different: 1, 1n, '1', and −0. */
function keyOf(text: string, parameters: SqlParameters | undefined): string {
  if (parameters === undefined) return text;
  const values = Object.entries(parameters).map(([name, value]: [string, unknown]) => {
    const shown = value instanceof Date ? value.getTime() : Object.is(value, -0) ? '-0' : value;
    return [name, value instanceof Date ? 'date' : typeof value, String(shown)];
  });
  return `${text}\0${JSON.stringify([Array.isArray(parameters), values])}`;
}
