/** One expression or query in both dialects. */
export interface Sql {
  readonly spark: string;
  readonly duck: string;
}

/** Where both write the same. */
export const same = (text: string): Sql => ({ spark: text, duck: text });

/** A template over texts of both dialects: sql`${a} + ${b}`. */
export function sql(texts: TemplateStringsArray, ...parts: readonly (Sql | string)[]): Sql {
  const join = (dialect: keyof Sql): string =>
    texts.reduce((text, piece, i) => {
      const part = parts[i - 1]!;
      return text + (typeof part === 'string' ? part : part[dialect]) + piece;
    });
  return { spark: join('spark'), duck: join('duck') };
}

export const list = (items: readonly Sql[], between = ', '): Sql => ({
  spark: items.map(({ spark }) => spark).join(between),
  duck: items.map(({ duck }) => duck).join(between),
});

/**
 * What is written differently, because the engines mean different things by the same text:
 *
 * | Spark | DuckDB | why |
 * |---|---|---|
 * | `a <=> b` | `a IS NOT DISTINCT FROM b` | |
 * | `concat(a, b)` | `a \|\| b` | DuckDB's concat passes over nulls |
 * | `date_add(d, n)` | `d + n` | |
 * | `datediff(a, b)` | `a - b` | |
 * | `sum(int)` | `sum(int)::BIGINT` | a HUGEINT there |
 * | `floor(x)`, `ceil(x)` | `floor(x)::BIGINT` | a double there |
 * | `max_by(a, b)` | `arg_max_null(a, b)` | DuckDB's max_by passes over rows where a is null |
 * | `avg(decimal)` | not generated | a double there |
 * | division by zero, overflow | not generated | null there, or wider types |
 * | casts of doubles to integers and strings | not generated | rounded there; another text |
 */
export const differently = (spark: string, duck: string): Sql => ({ spark, duck });
