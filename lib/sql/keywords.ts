/**
 * Spark reserves no word unless asked to. These sets say where a bare word is more likely the grammar's than a name:
 * quoted in backticks, after AS or after a point, each is a name.
 */

/** Begin or continue a clause, so they end an expression and are no alias without AS. */
export const CLAUSE_WORDS: ReadonlySet<string> = new Set([
  'SELECT', 'FROM', 'WHERE', 'GROUP', 'HAVING', 'QUALIFY', 'WINDOW', 'ORDER', 'SORT', 'CLUSTER', 'DISTRIBUTE', 'LIMIT', 'OFFSET',
  'UNION', 'INTERSECT', 'EXCEPT', 'MINUS', 'SETMINUS',
  'JOIN', 'INNER', 'LEFT', 'RIGHT', 'FULL', 'CROSS', 'NATURAL', 'SEMI', 'ANTI', 'ASOF', 'POSITIONAL', 'LATERAL', 'ON', 'USING',
  'PIVOT', 'UNPIVOT', 'TABLESAMPLE',
]); // prettier-ignore

/** Stand inside of expressions and between them. */
const INNER_WORDS: readonly string[] = ['AND', 'OR', 'NOT', 'IS', 'IN', 'BETWEEN', 'AS', 'BY', 'WHEN', 'THEN', 'ELSE', 'END'];

/** No alias without AS, unless what follows can only follow a name. */
export const NO_ALIAS: ReadonlySet<string> = new Set([...CLAUSE_WORDS, ...INNER_WORDS, 'ASC', 'DESC', 'NULLS', 'SET', 'FOR']);

/** No column at the start of an expression, unless what follows can only follow a name. */
export const NO_COLUMN: ReadonlySet<string> = new Set([
  'SELECT', 'FROM', 'WHERE', 'GROUP', 'HAVING', 'ORDER', 'UNION', 'INTERSECT', 'EXCEPT', 'JOIN', 'ON', 'USING', ...INNER_WORDS,
]); // prettier-ignore

/** After one of these, the word before was a name. */
export const FOLLOWS_NAME: ReadonlySet<string> = new Set([
  ',',
  ')',
  '.',
  '=',
  '==',
  '<>',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  '<=>',
  '||',
  '::',
  ']',
]);

/** What may come after `word` when it begins a clause in a place where it could be a column: after a comma at the end of a list. */
export const CLAUSE_SECOND: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  ['GROUP', 'ORDER', 'SORT', 'CLUSTER', 'DISTRIBUTE'].map((word) => [word, new Set(['BY'])]),
);

/** Units of timestampadd and timestampdiff. */
export const DATETIME_UNITS: ReadonlySet<string> = new Set([
  'YEAR', 'QUARTER', 'MONTH', 'WEEK', 'DAY', 'DAYOFYEAR', 'HOUR', 'MINUTE', 'SECOND', 'MILLISECOND', 'MICROSECOND',
]); // prettier-ignore
