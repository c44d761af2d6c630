export * from './heap';
export * from './bitmap';
export * from './block';
export * from './group-key';
export * from './group-table';
export * from './group-scatter';
export * from './group-merge';
export * from './decimal';
export { decimalBound } from './decimal-bound';
export * from './view';
export * from './sort';
export { csvIndex, csvIndexExact, csvTransition, csvNextLine, csvReturnLines } from './csv-index';
export { csvRows, csvRecords, csvRagged } from './csv-rows';
export { csvFieldAt } from './csv-column';
export { csvInt32, csvInt64, csvFloat64, csvDecimal64, csvDecimal128, csvDate, csvTimestamp, csvBoolean } from './csv-values';
export { csvViews, csvAllocate } from './csv-views';
export { jsonRows } from './json-rows';
export { jsonForget, jsonNameHash } from './json-keys';
export { jsonValid } from './json-text';
export { jsonInt32, jsonInt64, jsonFloat64, jsonDecimal64, jsonDecimal128, jsonDate, jsonTimestamp, jsonBoolean, jsonStrings } from './json-values';
export { jsonNested } from './json-nested';
export { textLines, textViews } from './text-lines';
export { firstNotUtf8 } from './utf8-check';
export { snappyLength, snappyLiteral, snappyDecompress } from './snappy';
export { snappyBound, snappyCompress } from './snappy-compress';
export { lz4Decompress, lz4Bound, lz4Compress } from './lz4';
export { hybridBegin, hybridSkip, hybridConstant, hybridAll, hybridDecode, hybridBytes } from './parquet-hybrid';
export { levelsToNulls, countValues, expandValues } from './parquet-levels';
export { indicesBelow, gatherValues, gatherSelected, indicesToCodes } from './parquet-dictionary';
export { plainBooleans, plainViews, plainSkip, fixedViews, viewsToFixed, streamsJoin } from './parquet-plain';
export {
  doublesI32, doublesI64, widenI32, widenU32, widenF32, widenF16, widenI64, widenU64, narrowI64, scaleUp, scaleDown, int96ToMicros, decimalFixed, decimalViews,
} from './parquet-convert';
export { uuidViews } from './parquet-uuid';
export { rebaseDays, rebaseMicros, refuseDays, refuseMicros } from './calendar';
export { codesBelow, codesGather, codesGatherSelected, codesOrNumber } from './parquet-codes';
export { deltaBegin, deltaDecode64, deltaDecode32, deltaSkip, deltaBytes, lengthViews, prefixBytes, prefixViews } from './parquet-delta';
export { levelsCheck, levelRows, levelEntries, listOffsets, slotNulls, levelsEqual } from './parquet-nested';
export {
  compactValues, encodeBooleans, encodedViewBytes, encodeViews, encodeDecimals, narrowF64, nullsToLevels, fillBytes,
} from './parquet-encode';
export { hybridBound, hybridEncode, hybridEncodeBytes } from './parquet-hybrid-encode';
export { build4, build8, build16, buildViews, buildTable, buildNumbered, codesSeen, seenValues } from './parquet-build';
export { shredPacked } from './parquet-shred';
export { rangeI32, rangeI64, rangeI128, rangeF64, rangeF32, rangeViews, rangeBytes } from './parquet-statistics';
export { xxhashFixed, xxhashViews, bloomInsert } from './bloom';
export * from './text-format';
export * from './text-parse';
export {
  cellsInt32, cellsInt64, cellsDecimal64, cellsDecimal128, cellsDate, cellsTimestamp, cellsBoolean, cellsDouble, cellsAll,
} from './text-cells';
export { textRows } from './text-rows';
export { widenI32F64, widenI64F64, widenI32I64, widenI64I64, widenI32I128, widenI64I128, widenI128I128 } from './widen';
export { rowsByGroup } from './partition-rows';
export * from './group-front';
export * from './group-direct';
export * from './group-bins';
export * from './dictionary';
export { rankEncode, rankOfF64, rankOfI64, rankMask } from './ranks';
export {
  date_year, date_quarter, date_month, date_day, date_weekday, date_dayofweek, date_dayofyear, date_weekofyear, date_year_of_week, date_last_day, time_hour, time_minute, time_second, time_second_micros,
} from './datetime-fields';
export {
  date_add_months, date_make, timestamp_add_months, date_trunc_days, timestamp_trunc, trunc_level, weekday_named, date_next_day, months_between, timestamp_months,
} from './datetime';
export { interval_round, interval_divide_by } from './interval';
export { set_count, set_members, set_add_word, set_add, set_merge } from './sets';
export { sortable_f64, list_add, list_merge, list_median, set_median } from './lists';
export { hll_add_word, hll_add, hll_merge, hll_count } from './hll';
export {
  string_length, string_ascii, string_substring, binary_substring, string_right, string_reverse, string_trim, string_concat, string_join, string_equal, string_startswith, string_endswith, string_contains, string_locate,
} from './string';
export {
  string_replace, string_repeat, string_pad, string_translate, string_split_part, string_upper, string_lower, string_initcap,
} from './string-make';
export { like_compile, like_match } from './like';
export { stringLengths, stringsContain } from './string-batch';
export { dateFields } from './date-fields';
export { sumI32 } from './sums';
export {
  packArray, packArrays, packStruct1, packStructs, packMaps, packed_part_view, packed_element, packed_view,
} from './packed';
export { packed_explode_rows, packed_explode, packed_explode_nulls } from './packed-explode';
export { packed_compare, packed_canonical, packed_sort_key, packed_key_repeats } from './packed-order';
export {
  arrowViews, arrowOffsets, arrowStringViews, arrowIndices, arrowGatherBytes, arrowClear, arrowWidenI8, arrowWidenU8, arrowWidenI16, arrowWidenU16, arrowDayTimes, arrowDecimals, arrowDecimalsAt, arrowNarrow, arrowStrings,
} from './arrow';
export { arrowUnpack } from './arrow-unpack';
