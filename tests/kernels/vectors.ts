import fc from 'fast-check';
import * as assert from 'uvu/assert';
import type { Bound } from '../../lib/core/expr/bound.js';
import type { LiteralValue } from '../../lib/core/expr/expr.js';
import type { DataType } from '../../lib/core/types/data-type.js';
import { ReferenceFailure, type ReferenceValue } from '../../lib/kernels/reference/value.js';
import { LENGTHS, NULLS, pick, random, type Nulls } from '../codegen/vectors.js';
import { literal, project, slot, type Column } from '../codegen/world.js';
import { defaultSeed } from '../support/random.js';

/** Compiled functions beside their reference twins, over vectors at the lengths where loops break, with no nulls, some and only nulls. */

const seed = defaultSeed();
console.log(`  vectors: QUERN_SEED=${seed}`);

export type Twin = (...args: never[]) => ReferenceValue;

export interface Parameter {
  readonly type: DataType;
  readonly values: fc.Arbitrary<LiteralValue>;
  /** Given as a literal, as a column, or now this and now that. */
  readonly as?: 'literal' | 'column';
}

export interface TwinCase {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  /** The expression over its arguments. */
  readonly make: (...args: Bound[]) => Bound;
  readonly twin: Twin;
  /** Gets nulls too; others give null where an argument is. */
  readonly seesNulls?: boolean;
}

function sameResult(actual: LiteralValue, expected: ReferenceValue): boolean {
  if (actual instanceof Uint8Array && expected instanceof Uint8Array) return Buffer.compare(actual, expected) === 0;
  return Object.is(actual, expected);
}

const shown = (value: unknown): string => (typeof value === 'bigint' ? `${value}n` : (JSON.stringify(value) ?? 'nothing'));

/** All vectors of a function; each vector is checked row by row, and through a selection of every other row. */
export function checkTwin(one: TwinCase, lengths: readonly number[] = LENGTHS): void {
  const next = random(seed ^ one.name.length);
  const pools = one.parameters.map(({ values }, i) => fc.sample(values, { numRuns: 300, seed: seed + i }));
  for (const length of lengths) {
    for (const nulls of NULLS) checkVector(one, pools, length, nulls, next);
  }
}

function checkVector(
  { name, parameters, make, twin, seesNulls = false }: TwinCase,
  pools: readonly (readonly LiteralValue[])[],
  length: number,
  nulls: Nulls,
  next: () => number,
): void {
  const fixed = parameters.map(({ as }, i) =>
    as === 'literal' || (as === undefined && i > 0 && next() < 0.3) ? pick(pools[i]!, next) : undefined,
  );
  const columns: Column[] = [];
  const args = parameters.map(({ type }, i) => {
    const value = fixed[i];
    if (value !== undefined) return literal(type, value);
    const isNull = (): boolean => nulls === 'all' || (nulls === 'some' && next() < 0.3);
    columns.push({ type, values: Array.from({ length }, () => (isNull() ? null : pick(pools[i]!, next))) });
    return slot(columns.length - 1, type);
  });
  const expr = make(...args);
  const valuesAt = (row: number): LiteralValue[] => {
    let column = 0;
    return fixed.map((value) => (value === undefined ? columns[column++]!.values[row]! : value));
  };
  const expected = Array.from({ length }, (_, row) => {
    const values = valuesAt(row);
    if (!seesNulls && values.includes(null)) return { value: null };
    try {
      return { value: twin(...(values as never[])) };
    } catch (error) {
      if (!(error instanceof ReferenceFailure)) throw error;
      return { code: error.code };
    }
  });
  const failing = expected.findIndex((result) => 'code' in result);
  if (failing !== -1) {
    assertFails([expr], columns, expected[failing]!.code!, `${name}(${valuesAt(failing).map(shown).join(', ')}), seed ${seed}`);
  }
  const good = expected.flatMap((result, row) => ('code' in result ? [] : [row]));
  for (const rows of failing === -1 ? [undefined, good.filter((row) => row % 2 === 0)] : [good]) {
    const [actual] = project([expr], columns, rows);
    (rows ?? good).forEach((row, i) => {
      const wanted = expected[row]!.value!;
      if (!sameResult(actual![i]!, wanted)) {
        const call = `${name}(${valuesAt(row).map(shown).join(', ')})`;
        assert.unreachable(
          `${call}: compiled ${shown(actual![i])}, reference ${shown(wanted)} (row ${row} of ${length}, seed ${seed})`,
        );
      }
    });
  }
}

function assertFails(exprs: readonly Bound[], columns: readonly Column[], code: string, what: string): void {
  let found: unknown;
  try {
    project(exprs, columns);
  } catch (error) {
    found = error;
  }
  assert.is((found as { code?: string } | undefined)?.code, code, what);
}
