import { EvaluationError } from '@marcbachmann/cel-js';
import { memoize } from '../../../model/memoize.ts';
import type { Instant, Span } from '../semantics/time.ts';
import type { Library } from './library.ts';

/** Parts of a timestamp in UTC or in a time zone, and of a duration. */
export const timeLibrary: Library = {
  ...part('year', '_with_tz', (date) => date.getUTCFullYear()),
  ...part('month', '_with_tz', (date) => date.getUTCMonth()),
  ...part('day_of_month', '_with_tz', (date) => date.getUTCDate() - 1),
  ...part('day_of_month_1_based', '_with_tz', (date) => date.getUTCDate()),
  ...part('day_of_week', '_with_tz', (date) => date.getUTCDay()),
  ...part('day_of_year', '_with_tz', dayOfYear),
  ...part('hours', '_with_tz', (date) => date.getUTCHours()),
  ...part('minutes', '_with_tz', (date) => date.getUTCMinutes()),
  ...part('seconds', '_tz', (date) => date.getUTCSeconds()),
  ...part('milliseconds', '_with_tz', (date) => date.getUTCMilliseconds()),
  duration_to_hours: (span: Span) => span.nanos / 3_600_000_000_000n,
  duration_to_minutes: (span: Span) => span.nanos / 60_000_000_000n,
  duration_to_seconds: (span: Span) => span.nanos / 1_000_000_000n,
  duration_to_milliseconds: (span: Span) => span.nanos / 1_000_000n,
};

function part(name: string, suffix: string, of: (date: Date) => number): Library {
  return {
    [`timestamp_to_${name}`]: (instant: Instant) => BigInt(of(dateOf(instant))),
    [`timestamp_to_${name}${suffix}`]: (instant: Instant, zone: string) => BigInt(of(inZone(dateOf(instant), zone))),
  };
}

function dateOf(instant: Instant): Date {
  return new Date(Number(instant.seconds) * 1_000 + Number((instant.nanos - instant.seconds * 1_000_000_000n) / 1_000_000n));
}

function dayOfYear(date: Date): number {
  const first = new Date(date);
  first.setUTCMonth(0, 1);
  return Math.round((date.getTime() - first.getTime()) / 86_400_000);
}

/** A date whose parts in UTC are those of the time zone: a name of the IANA database, or hours and minutes (`-02:00`, `2:30`). */
function inZone(date: Date, zone: string): Date {
  const [, hours = '', minutes = ''] = /^([+-]?\d+):([+-]?\d+)$/.exec(zone) ?? [];
  if (hours === '' && zone.includes(':')) throw unknown(zone);
  const shift = zone.startsWith('-') ? Number(hours) * 60 - Number(minutes) : Number(hours) * 60 + Number(minutes);
  if (hours !== '') return new Date(date.getTime() + shift * 60_000);
  const parts = Object.fromEntries(
    formatterOf(zone)
      .formatToParts(date)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  const shifted = new Date(0);
  shifted.setUTCFullYear(year, month - 1, day);
  shifted.setUTCHours(hour, minute, second, date.getUTCMilliseconds());
  return shifted;
}

const formatterOf = memoize((zone) => {
  // Intl ignores the case of a name and takes offsets without a colon; Go does not.
  if (zone !== '' && !/^[A-Z][\w+/-]*$/.test(zone)) throw unknown(zone);
  const numeric = 'numeric' as const;
  const fields = { year: numeric, month: numeric, day: numeric, hour: numeric, minute: numeric, second: numeric };
  try {
    return new Intl.DateTimeFormat('en-US', {
      ...fields,
      calendar: 'iso8601',
      hourCycle: 'h23',
      timeZone: zone === '' ? 'UTC' : zone,
    });
  } catch {
    throw unknown(zone);
  }
});

function unknown(zone: string): EvaluationError {
  return new EvaluationError(`unknown time zone ${zone}`);
}
