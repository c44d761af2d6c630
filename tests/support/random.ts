/** Random numbers that can be had again: the seed is printed, and QUERN_SEED sets it. */
export interface Random {
  readonly seed: number;
  /** Uniform over [0, 1). */
  next(): number;
  /** A whole number of [0, limit). */
  below(limit: number): number;
  /** A whole number of [from, to]. */
  between(from: number, to: number): number;
  bool(probability?: number): boolean;
  pick<T>(values: readonly T[]): T;
}

export function seededRandom(label: string, seed = defaultSeed()): Random {
  console.log(`  ${label}: QUERN_SEED=${seed}`);
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    seed,
    next,
    below,
    between: (from, to) => from + below(to - from + 1),
    bool: (probability = 0.5) => next() < probability,
    pick: (values) => values[below(values.length)]!,
  };
}

/** The seed of this run, for fast-check's `seed` option too. */
export function defaultSeed(): number {
  const given = process.env['QUERN_SEED'];
  return given === undefined ? Date.now() >>> 0 : Number(given) >>> 0;
}
