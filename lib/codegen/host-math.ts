/**
 * Functions of numbers that compiled code calls in JavaScript: Math's own by their names (V8 recognises them and calls without leaving WebAssembly), and the few that
 * need the shortest digits of a double, which JavaScript prints as Java does. All take and give doubles.
 */

/** Digits and exponent of the shortest decimal that reads back as x: x = digits · 10^exponent. */
function shortest(x: number): { readonly digits: bigint; readonly exponent: number } {
  const [mantissa, exponent] = x.toExponential().split('e') as [string, string];
  const point = mantissa.indexOf('.');
  const fraction = point === -1 ? 0 : mantissa.length - point - 1;
  return { digits: BigInt(mantissa.replace('.', '')), exponent: Number(exponent) - fraction };
}

/** The shortest decimal that reads back as the same float. */
function shortestFloat(x: number): number {
  for (let precision = 1; precision <= 9; precision++) {
    const candidate = Number(x.toPrecision(precision));
    if (Math.fround(candidate) === x) return candidate;
  }
  return x;
}

function roundedQuotient(digits: bigint, power: number, halfEven: boolean): bigint {
  const divisor = 10n ** BigInt(power);
  const quotient = digits / divisor;
  const twice = ((digits < 0n ? -digits : digits) % divisor) * 2n;
  const up = twice > divisor || (twice === divisor && (!halfEven || (quotient & 1n) !== 0n));
  return up ? quotient + (digits < 0n ? -1n : 1n) : quotient;
}

/** round(x, places) of the decimal that x prints as. */
function roundDecimal(x: number, places: number, halfEven: number, isFloat: number): number {
  if (!Number.isFinite(x) || x === 0) return x;
  const { digits, exponent } = shortest(isFloat === 1 ? shortestFloat(x) : x);
  const cut = -exponent - places;
  if (cut <= 0) return x;
  if (cut > 400) return 0;
  return Number(`${roundedQuotient(digits, cut, halfEven === 1)}e${-places}`);
}

/** pow as Java's: 1 to the power of NaN or infinity is NaN there and here, so Math.pow serves. */
const power = Math.pow;

const fmod = (a: number, b: number): number => a % b;

/** Unscaled decimal of a double, written as two words at an address; 1 where it has too many digits. */
function decimalOfDouble(
  memory: WebAssembly.Memory,
  x: number,
  precision: number,
  scale: number,
  isFloat: number,
  address: number,
): number {
  if (!Number.isFinite(x)) return 0;
  const { digits, exponent } = shortest(isFloat === 1 ? shortestFloat(x) : x);
  const up = exponent + scale;
  if (up > 400) return 1;
  const unscaled = up >= 0 ? digits * 10n ** BigInt(up) : roundedQuotient(digits, Math.min(-up, 800), false);
  const bound = 10n ** BigInt(precision);
  if (unscaled >= bound || unscaled <= -bound) return 1;
  const words = new DataView(memory.buffer, address, 16);
  words.setBigInt64(0, BigInt.asIntN(64, unscaled), true);
  words.setBigInt64(8, BigInt.asIntN(64, unscaled >> 64n), true);
  return 0;
}

const MATH: WebAssembly.ModuleImports = Object.fromEntries(
  Object.getOwnPropertyNames(Math)
    .map((name) => [name, Math[name as keyof Math]] as const)
    .filter((entry): entry is [string, (...args: number[]) => number] => typeof entry[1] === 'function'),
);

export function mathImports(memory: WebAssembly.Memory): WebAssembly.ModuleImports {
  return {
    ...MATH,
    power,
    fmod,
    roundDecimal,
    decimalOfDouble: (x: number, precision: number, scale: number, isFloat: number, address: number) =>
      decimalOfDouble(memory, x, precision, scale, isFloat, address),
  };
}
