/** Functions Spark has and quern will have: called, they are "not supported yet" rather than unknown. */
export const UNBUILT_FUNCTIONS: ReadonlySet<string> = new Set(
  `aes_decrypt aes_encrypt aggregate any_match approx_percentile array_agg array_append array_compact array_distinct array_except array_insert
  array_intersect array_join array_max array_min array_position array_prepend array_remove array_repeat array_sort array_union arrays_overlap arrays_zip
  assert_true base64 bin bit_count bit_get bitmap_bit_position bitmap_bucket_number bitmap_construct_agg bitmap_count bitmap_or_agg
  char chr collate collation collect_list collect_set conv convert_timezone corr cot count_min_sketch covar_pop covar_samp crc32 csc cume_dist
  current_catalog current_database current_schema current_timezone current_user date_format date_from_unix_date dayname dense_rank e elt encode
  equal_null_safe exists factorial filter find_in_set flatten forall format_number format_string from_csv from_json from_unixtime from_utc_timestamp
  get_json_object getbit hash hex histogram_numeric hll_sketch_agg hll_sketch_estimate hll_union hll_union_agg hour_of
  is_valid_utf8 json_array_length json_object_keys json_tuple kurtosis lag lead levenshtein listagg localtimestamp luhn_check
  make_dt_interval make_interval make_timestamp make_timestamp_ltz make_timestamp_ntz make_valid_utf8 make_ym_interval map_concat map_entries map_filter
  map_from_arrays map_from_entries map_zip_with mask md5 mode monotonically_increasing_id monthname nth_value ntile overlay parse_json parse_url
  percent_rank percentile percentile_approx percentile_cont percentile_disc pi printf quote raise_error rand randn random randstr rank reduce
  reflect regexp_count regexp_extract regexp_extract_all regexp_instr regexp_replace regexp_substr regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx
  regr_sxy regr_syy row_number schema_of_csv schema_of_json sec sentences sequence sha sha1 sha2 shiftleft shiftright shiftrightunsigned shuffle skewness slice
  sort_array soundex space split stack str_to_map string_agg substring_index sum_distinct timestamp_micros timestamp_millis timestamp_seconds to_binary to_char
  to_csv to_json to_number to_timestamp_ltz to_timestamp_ntz to_unix_timestamp to_utc_timestamp to_varchar transform transform_keys transform_values try_make_interval try_make_timestamp try_parse_json try_to_binary try_to_number try_to_timestamp try_to_date try_variant_get typeof_variant unbase64 unhex uniform unix_micros
  unix_millis unix_seconds unix_timestamp url_decode url_encode uuid validate_utf8 variant_get version width_bucket window window_time xpath xxhash64 zip_with`.split(
    /\s+/,
  ),
);
