import type { DataType } from '../../core/types/data-type.js';
import type { ParquetFile } from './footer.js';
import { PHYSICAL, type SchemaElement } from './metadata.js';
import type { WideningStep } from './widening.js';

/**
 * What dates and times of files that do not say it are: days of the Gregorian calendar alone; of the calendar that is Julian before 1582-10-15, as Spark 2, Hive and Impala wrote
 * them; or nobody knows, and old ones are refused.
 */
export type CalendarMode = 'CORRECTED' | 'LEGACY' | 'EXCEPTION';

export interface CalendarModes {
  readonly datetime: CalendarMode;
  readonly int96: CalendarMode;
}

export const CALENDAR_MODES: { readonly [M in CalendarMode]: M } = {
  CORRECTED: 'CORRECTED',
  LEGACY: 'LEGACY',
  EXCEPTION: 'EXCEPTION',
};
/** Spark's defaults from version 4 on. */
export const CALENDAR_DEFAULTS: CalendarModes = { datetime: 'CORRECTED', int96: 'CORRECTED' };

/** What Spark's files say of themselves, as keys of the footer's metadata. */
const VERSION = 'org.apache.spark.version';
const TIME_ZONE = 'org.apache.spark.timeZone';
const MARKS = { datetime: 'org.apache.spark.legacyDateTime', int96: 'org.apache.spark.legacyINT96' } as const;
export const SPARK_KEYS: ReadonlySet<string> = new Set([VERSION, TIME_ZONE, ...Object.values(MARKS)]);
/** From this version of Spark on, what is written in the older calendar has a mark. */
const MARKED_FROM = { datetime: '3.0.0', int96: '3.1.0' } as const;

/** First days, since 1970, that are the same: of dates, and of times but in UTC, where clocks showed the sun's time before. */
const SAME_FROM = -141_427;
const SAME_FROM_LOCAL = -25_567;
const UTC_NAMES: ReadonlySet<string> = new Set([
  'utc',
  'gmt',
  'z',
  'uct',
  'zulu',
  'universal',
  'etc/utc',
  'etc/gmt',
  'etc/uct',
  '+00:00',
  'utc+00:00',
  'gmt+00:00',
  'gmt0',
]);

/** What makes a leaf's dates and times, converted to those of `type`, Gregorian ones. None where they are. As Spark 4 decides it; times count as UTC where a file has no time zone. */
export function calendarSteps(
  file: ParquetFile,
  { type: physical }: SchemaElement,
  type: DataType,
  modes: CalendarModes,
): readonly WideningStep[] {
  if (type.kind !== 'date' && type.kind !== 'timestamp') return [];
  const of = physical === PHYSICAL.int96 ? 'int96' : 'datetime';
  const { spark } = file.metadata;
  const version = spark.get(VERSION);
  const isLegacy = version === undefined ? modes[of] === 'LEGACY' : version < MARKED_FROM[of] || spark.has(MARKS[of]);
  if (isLegacy && type.kind === 'date') return [{ kernel: 'rebaseDays' }];
  if (isLegacy) {
    const zone = spark.get(TIME_ZONE) ?? 'UTC';
    if (UTC_NAMES.has(zone.toLowerCase())) return [{ kernel: 'rebaseMicros' }];
    const refusal = `a time before 1900, written in Spark's legacy calendar by the clocks of ${zone}, which is read in UTC only. Write it again with Spark 3 or newer, in its mode CORRECTED`;
    return [{ kernel: 'refuseMicros', factor: SAME_FROM_LOCAL, refusal }];
  }
  if (version !== undefined || modes[of] !== 'EXCEPTION') return [];
  const option = of === 'int96' ? 'int96RebaseMode' : 'datetimeRebaseMode';
  return [
    {
      kernel: type.kind === 'date' ? 'refuseDays' : 'refuseMicros',
      factor: SAME_FROM,
      refusal: `a ${type.kind === 'date' ? 'date' : 'time'} before 1582-10-15, of which nothing says in what calendar it was written. Set the option ${option} to LEGACY (Spark 2, Hive) or CORRECTED`,
    },
  ];
}
