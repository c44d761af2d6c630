/** A query on the driver's thread takes too long: not its fault, and no failure of a task. */
export class InlineTimeOver extends Error {}

/** A cold process is slow at everything: as long as only so many batches were looked at, it may take longer. */
const BATCHES_MIN = 16;
const COLD_TIMES = 10;

/** Bounds what the driver's thread does itself of a query: few bytes may hold many rows. */
export class InlineClock {
  readonly #start = performance.now();
  #batches = 0;

  constructor(private readonly limitMs: number) {}

  get isOver(): boolean {
    if (this.limitMs === Infinity) return false;
    const elapsed = performance.now() - this.#start;
    return elapsed > this.limitMs && (this.#batches >= BATCHES_MIN || elapsed > this.limitMs * COLD_TIMES);
  }

  /** Called once a batch. @throws InlineTimeOver. */
  check(): void {
    this.#batches++;
    if (this.isOver) throw new InlineTimeOver('The query takes too long for the thread of the driver.');
  }
}
