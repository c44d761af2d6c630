export * from './heap';
export * from './bitmap';
export * from './block';
export * from './group-key';
export * from './group-table';
export * from './group-scatter';
export * from './group-merge';
export * from './decimal';
export * from './view';
export * from './sort';
export * from './csv-scan';
export * from './csv-fields';
export * from './group-front';
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
