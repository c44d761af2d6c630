/** Dates and timestamps in text, by Spark's cast rules: the values of typed literals. */

const DATE = /^([+-]?\d{4,7})(?:-(\d{1,2})(?:-(\d{1,2})(?:[ T].*)?)?)?$/;
const TIMESTAMP =
  /^(?:([+-]?\d{4,7})(?:-(\d{1,2})(?:-(\d{1,2}))?)?)?(?:(?:(?<=\d)[ T]|^T?)(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d*))?)?)?\s*([A-Za-z+-].*)?$/;
const OFFSET = /^(?:UTC|GMT|UT)?([+-])(\d{1,2})(?::?(\d{1,2})(?::?(\d{2}))?)?$/;

const DAY_MICROS = 86_400_000_000n;

/** Days since 1970-01-01 of a date of the proleptic Gregorian calendar; undefined if there is no such day. */
export function daysOf(year: number, month: number, day: number): number | undefined {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const length = month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
  if (month < 1 || month > 12 || day < 1 || day > length) return undefined;
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const ofEra = y - era * 400;
  const ofYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146_097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - 719_468;
}

function today(): number {
  return Math.floor(Date.now() / 86_400_000);
}

function special(text: string): number | undefined {
  switch (text.toLowerCase()) {
    case 'epoch':
      return 0;
    case 'today':
    case 'now':
      return today();
    case 'tomorrow':
      return today() + 1;
    case 'yesterday':
      return today() - 1;
    default:
      return undefined;
  }
}

/** The days of DATE '…'. */
export function parseDate(text: string): number | undefined {
  const trimmed = text.trim();
  const match = DATE.exec(trimmed);
  if (match === null) return special(trimmed);
  return daysOf(Number(match[1]), Number(match[2] ?? 1), Number(match[3] ?? 1));
}

export interface ParsedTimestamp {
  /** As written, without the zone. */
  readonly local: bigint;
  /** Microseconds to take away for UTC; undefined without a zone. */
  readonly offset: bigint | undefined;
}

/** TIMESTAMP '…'. */
export function parseTimestamp(text: string): ParsedTimestamp | undefined {
  const trimmed = text.trim();
  const days = special(trimmed);
  if (days !== undefined) {
    const local = trimmed.toLowerCase() === 'now' ? BigInt(Date.now()) * 1000n : BigInt(days) * DAY_MICROS;
    return { local, offset: undefined };
  }
  const match = TIMESTAMP.exec(trimmed);
  if (match === null || (match[1] === undefined && match[4] === undefined)) return undefined;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone] = match;
  const date = year === undefined ? today() : daysOf(Number(year), Number(month ?? 1), Number(day ?? 1));
  if (date === undefined || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const seconds = (Number(hour) * 60 + Number(minute)) * 60 + Number(second);
  const local = BigInt(date) * DAY_MICROS + BigInt(seconds) * 1_000_000n + BigInt(fraction.slice(0, 6).padEnd(6, '0'));
  if (zone === undefined) return { local, offset: undefined };
  const offset = zoneOffset(zone.trim(), local);
  return offset === undefined ? undefined : { local, offset };
}

/** How far a zone is before UTC at a local time, in microseconds. */
function zoneOffset(zone: string, local: bigint): bigint | undefined {
  if (/^(?:Z|UTC|GMT|UT)$/.test(zone)) return 0n;
  const match = OFFSET.exec(zone);
  if (match !== null) {
    const [, sign, hours, minutes = '0', seconds = '0'] = match;
    const total = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
    if (total > 18 * 3600 || Number(minutes) > 59 || Number(seconds) > 59) return undefined;
    return BigInt(sign === '-' ? -total : total) * 1_000_000n;
  }
  return regionOffset(zone, local);
}

/** Region zones by the runtime's own tables; the offset is looked up twice, for the hours around a change. */
function regionOffset(zone: string, local: bigint): bigint | undefined {
  if (!/^[A-Za-z]+(?:\/[A-Za-z_+\-0-9]+)*$/.test(zone)) return undefined;
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
  } catch {
    return undefined;
  }
  const millis = Number(local / 1000n);
  const first = offsetAt(format, millis);
  return BigInt(offsetAt(format, millis - first)) * 1000n;
}

function offsetAt(format: Intl.DateTimeFormat, millis: number): number {
  const name = format.formatToParts(millis).find((p) => p.type === 'timeZoneName')?.value ?? 'GMT';
  const [, sign, hours = '0', minutes = '0', seconds = '0'] = /([+-])(\d+):?(\d+)?:?(\d+)?/.exec(name) ?? [];
  const total = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
  return sign === '-' ? -total : total;
}
