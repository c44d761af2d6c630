import * as assert from 'uvu/assert';
import { seededRandom } from '../support/random.js';
import { suite } from '../support/suite.js';
import { bytesAt, checkSpans, kernel, resetSpans, span } from './spans.js';

const test = suite('kernels: widening');
const LENGTHS = [0, 1, 7, 8, 9, 1023, 2048];

type Width = 4 | 8 | 16;

/** Integers of a width as bytes, little-endian, and back. */
function bytesOf(values: readonly bigint[], width: Width): Uint8Array {
  const bytes = Buffer.alloc(values.length * width);
  values.forEach((value, i) => {
    let rest = BigInt.asUintN(width * 8, value);
    for (let b = 0; b < width; b++, rest >>= 8n) bytes[i * width + b] = Number(rest & 255n);
  });
  return bytes;
}

/** Each kernel: what it reads and writes, and what it means. `by` is its last parameter. */
const KERNELS: readonly {
  readonly name: string;
  readonly from: Width;
  readonly to: Width;
  readonly by: readonly number[];
  readonly float?: true;
  readonly scale: (by: number) => bigint;
}[] = [
  { name: 'widenI32F64', from: 4, to: 8, by: [0], float: true, scale: () => 1n },
  { name: 'widenI64F64', from: 8, to: 8, by: [0], float: true, scale: () => 1n },
  { name: 'widenI32I64', from: 4, to: 8, by: [1, 100, 86_400_000_000], scale: (by) => BigInt(by) },
  { name: 'widenI64I64', from: 8, to: 8, by: [1, 1000], scale: (by) => BigInt(by) },
  { name: 'widenI32I128', from: 4, to: 16, by: [0, 5, 28], scale: (by) => 10n ** BigInt(by) },
  { name: 'widenI64I128', from: 8, to: 16, by: [0, 9, 19], scale: (by) => 10n ** BigInt(by) },
  { name: 'widenI128I128', from: 16, to: 16, by: [0, 1, 20], scale: (by) => 10n ** BigInt(by) },
];

for (const { name, from, to, by, float, scale } of KERNELS) {
  test(name, () => {
    const random = seededRandom(name);
    for (const n of LENGTHS) {
      for (const parameter of by) {
        const bits = from * 8;
        const values = Array.from({ length: n }, (_, i) => {
          let value = 0n;
          for (let b = 0; b < from; b++) value = (value << 8n) | BigInt(random.below(256));
          const edge = [0n, -1n, 1n, -(1n << BigInt(bits - 1)), (1n << BigInt(bits - 1)) - 1n];
          return i < edge.length ? edge[i]! : BigInt.asIntN(bits, value);
        });
        resetSpans();
        const source = span(bytesOf(values, from));
        const target = span(n * to);
        kernel(name)(source.at, n, target.at, parameter);
        const wanted =
          float === true
            ? new Uint8Array(Float64Array.from(values, Number).buffer)
            : bytesOf(
                values.map((value) => value * scale(parameter)),
                to,
              );
        assert.equal(Buffer.from(bytesAt(target.at, n * to)), Buffer.from(wanted), `${n} values by ${parameter}`);
        checkSpans(name);
      }
    }
  });
}

test.run();
