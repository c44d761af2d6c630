/** A kernel beside the plain JavaScript loop that says the same. */
export interface KernelBench {
  readonly name: string;
  /** Bytes read and written by one call, for the comparison with the machine's bandwidth. */
  readonly bytes: number;
  kernel(): void;
  plain(): void;
}
