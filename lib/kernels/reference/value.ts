/** A value as the engine's literals hold it: decimals unscaled, dates in days, timestamps and day-time intervals in microseconds, year-month intervals in months. */
export type ReferenceValue = boolean | number | bigint | string | Uint8Array | null;

/** What Spark calls the error: the `code` of the QueryError that compiled code would raise. */
export class ReferenceFailure extends Error {
  readonly code: string;

  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

export function fail(code: string): never {
  throw new ReferenceFailure(code);
}
