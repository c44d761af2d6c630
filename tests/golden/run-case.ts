import { QueryError, QuernError, typeName, type Session } from '../../lib/index.js';
import { sameRows } from './spark-values.js';
import type { ExpressionCase } from './expression-cases.js';

/** `refused`: needs what is not built yet; it is not wrong, but it does not count as right. */
export interface Verdict {
  readonly outcome: 'right' | 'wrong' | 'refused';
  /** What quern gives and what Spark gives, of a wrong answer. */
  readonly why: string;
}

const VARIANT = /variant/;
const RIGHT: Verdict = { outcome: 'right', why: '' };
const refused = (why: string): Verdict => ({ outcome: 'refused', why });

/** Moments of the day on which the corpus was made: only that there is one can be compared. */
const OF_ONE_DAY = /'(now|today|tomorrow|yesterday)' as (date|timestamp)/i;

export async function runCase(session: Session, { sql, schema, rows, error }: ExpressionCase): Promise<Verdict> {
  // The program that wrote the corpus could not show these.
  if (error === 'NOT_IMPLEMENTED') return refused('The corpus has no answer.');
  const types = (schema ?? []).map(([, type]) => type);
  try {
    const frame = session.sql(sql);
    const names = frame.schema.fields.map(({ type }) => typeName(type));
    const actual = await session.actions.collectArrays(frame.resolved, { int64: 'string', timestamp: 'string' });
    if (error !== undefined) return wrong(`${names.join()} ${show(actual)}`, error);
    if (names.join() !== types.join()) return wrong(`${names.join()} ${show(actual)}`, `${types.join()} ${show(rows)}`);
    if (OF_ONE_DAY.test(sql)) return actual[0]?.[0] === null ? wrong('null', show(rows)) : RIGHT;
    return sameRows(actual, rows ?? [], types, /order by/i.test(sql)) ? RIGHT : wrong(show(actual), show(rows));
  } catch (caught) {
    if (!(caught instanceof QuernError))
      return wrong(String(caught instanceof Error ? caught.stack : caught), error ?? show(rows));
    if (isRefusal(caught) || types.some((type) => VARIANT.test(type))) return refused(caught.message);
    if (caught.code === error) return RIGHT;
    return wrong(`${caught.code}: ${caught.message}`, error ?? `${types.join()} ${show(rows)}`);
  }
}

function isRefusal(error: QuernError): boolean {
  return (
    error instanceof QueryError && (error.code.startsWith('UNSUPPORTED_FEATURE') || error.message.includes('not supported yet'))
  );
}

const wrong = (got: string, expected: string): Verdict => ({ outcome: 'wrong', why: `got ${got}; Spark gives ${expected}` });
const show = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? inner.toString() : inner)) ?? 'nothing';
