import { max, sparkPartitionId, type Session } from '../lib/index.js';

/** What became of numbers in partitions: the rows of each, the largest of each, the largest of all. */
export interface LocalMaxima {
  readonly partitions: readonly (readonly number[])[];
  readonly maxima: readonly number[];
  readonly maximum: number;
}

/**
 * The smallest example of the engine's model: three partitions, a task finds the largest number in each, and the partial
 * results combine into one.
 */
export async function localMaxima(session: Session): Promise<LocalMaxima> {
  const numbers = session.createDataFrame({ value: Int32Array.of(3, 8, 1, 7, 2, 9, 4, 6, 5) }).repartition(3);

  const rows = await numbers.select(sparkPartitionId().as('partition'), 'value').collect();
  const partial = await numbers
    .groupBy(sparkPartitionId().as('partition'))
    .agg(max('value').as('largest'))
    .orderBy('partition')
    .collect();
  const [total] = await numbers.agg(max('value').as('largest')).collect();

  const partitions = partial.map(({ partition }) =>
    rows.filter((row) => row['partition'] === partition).map(({ value }) => value as number),
  );
  return { partitions, maxima: partial.map(({ largest }) => largest as number), maximum: total!['largest'] as number };
}

/** The partial results and the answer, as lines. */
export function localMaximaText({ partitions, maxima, maximum }: LocalMaxima): string {
  const lines = partitions.map((values, i) => `partition ${i}: [${values.join(', ')}] → local maximum ${maxima[i]}`);
  return `${lines.join('\n')}\nlocal maxima ${maxima.join(', ')} → ${maximum}\n`;
}
