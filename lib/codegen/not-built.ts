import { QueryError } from '../core/errors.js';

/** For what the analyzer knows and no table of emitters has. */
export const notBuilt = (what: string): QueryError =>
  new QueryError({ code: 'UNSUPPORTED_FEATURE', message: `${what} is not supported yet.` });
