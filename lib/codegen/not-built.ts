import { QueryError } from '../core/errors.js';

/** For what the analyzer knows and no table of emitters has. */
export const notBuilt = (what: string): QueryError =>
  new QueryError({ code: 'UNSUPPORTED_FEATURE', message: `${what} is not supported yet.` });

/** For code whose temporaries have no room. */
export const tooManyTemporaries = (most: number): QueryError =>
  new QueryError({
    code: 'EXPRESSION_TOO_LARGE',
    message: `An expression has more than ${most} parts that are text, binary or nested values. Make several columns of it.`,
  });
