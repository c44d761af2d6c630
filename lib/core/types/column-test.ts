/**
 * What a scan's conditions say about one column, for whoever can tell without reading rows that none of them passes: partition directories, statistics, Bloom filters,
 * page indexes, dictionaries. A row passes when the test is true; null and false do not pass. `column` is a column of the scan's source.
 */
export type ColumnTest =
  | { readonly column: number; readonly op: ComparisonOp; readonly value: TestValue }
  | { readonly column: number; readonly op: 'in'; readonly values: readonly TestValue[] }
  | { readonly column: number; readonly op: 'starts_with'; readonly value: string }
  | { readonly column: number; readonly op: 'is_null' | 'is_not_null' };

export type ComparisonOp = '=' | '<' | '<=' | '>' | '>=';

/**
 * A constant of the column's type, as JSON can hold it: boolean; number for the integers up to int, dates (days) and doubles (never NaN); text of the digits for bigint,
 * timestamps (µs), day-time intervals (µs) and decimals (unscaled, of the column's scale); text for strings.
 */
export type TestValue = boolean | number | string;

/** A condition over columns that have one value for each whole file. It passes where it is true for those values, in the order of `columns`. */
export interface FileCondition {
  readonly columns: readonly number[];
  passes(values: readonly (TestValue | null)[]): boolean;
}
