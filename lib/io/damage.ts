/** What a check of untrusted bytes throws while it does not know the file; whoever does knows turns it into a DataError. */
export class Damage extends Error {
  constructor(
    /** In the bytes that were being read. */
    readonly offset: number,
    readonly what: string,
  ) {
    super(what);
  }
}
