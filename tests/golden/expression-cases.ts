import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sharedPath } from '../support/paths.js';

/** One statement of the corpus and what Spark gives for it. */
export interface ExpressionCase {
  readonly group: string;
  readonly sql: string;
  readonly schema?: readonly (readonly [name: string, type: string])[];
  readonly rows?: readonly (readonly unknown[])[];
  readonly error?: string;
}

export const GROUPS = [
  'arithmetic',
  'decimal',
  'comparison',
  'like',
  'round',
  'order',
  'conditional',
  'cast',
  'datetime',
  'string',
  'aggregate',
  'math',
  'try_cast',
] as const;

export const casesFolder = sharedPath('corpora/spark-expressions');

export function readCases(folder: string, group: string): ExpressionCase[] {
  const lines = readFileSync(join(folder, `${group}.jsonl`), 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => ({ group, ...(JSON.parse(line) as Omit<ExpressionCase, 'group'>) }));
}
