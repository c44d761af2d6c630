/** 10^n as the nearest double. Exact to 10^22. */
export function powerOfTen(n: number): number {
  return Number(`1e${n}`);
}

export function bigPowerOfTen(n: number): bigint {
  return 10n ** BigInt(n);
}
