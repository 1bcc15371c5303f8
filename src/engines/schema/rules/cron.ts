// The grammar of github.com/robfig/cron/v3, ParseStandard, which the API server parses the schedule of a CronJob by.

interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const fields: readonly Bounds[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: ['', 'jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'] },
  { min: 0, max: 6, names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] },
];
const descriptors = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'];
const duration = /^[+-]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/;

/** What is wrong with a schedule; undefined if nothing is. */
export function scheduleFault(schedule: string): string | undefined {
  const [, zone, rest] = /^(?:TZ|CRON_TZ)=(\S*)(?: (.*))?$/s.exec(schedule) ?? [];
  if (zone !== undefined)
    return zoneExists(zone) && rest !== undefined ? scheduleFault(rest.trim()) : `provided bad location ${zone}`;
  if (schedule.startsWith('@')) {
    if (descriptors.includes(schedule)) return undefined;
    if (!schedule.startsWith('@every ')) return `unrecognized descriptor: ${schedule}`;
    return duration.test(schedule.slice('@every '.length)) ? undefined : `failed to parse duration ${schedule}`;
  }
  const parts = schedule.split(/\s+/).filter((part) => part !== '');
  if (parts.length !== fields.length) return `expected exactly 5 fields, found ${parts.length}: [${parts.join(' ')}]`;
  for (const [index, bounds] of fields.entries())
    for (const range of (parts[index] ?? '').split(',').filter((part) => part !== '')) {
      const wrong = rangeFault(range, bounds);
      if (wrong !== undefined) return wrong;
    }
  return undefined;
}

function rangeFault(range: string, { min, max, names }: Bounds): string | undefined {
  const [span = '', stepText, ...more] = range.split('/');
  const [low = '', high, ...others] = span.split('-');
  if (more.length > 0) return `too many slashes: ${range}`;
  const isAny = low === '*' || low === '?';
  if (!isAny && others.length > 0) return `too many hyphens: ${range}`;
  const start = isAny ? min : numberOf(low, names);
  const single = stepText !== undefined ? max : start;
  const end = isAny ? max : high === undefined ? single : numberOf(high, names);
  const step = stepText === undefined ? 1 : numberOf(stepText);
  if (start === undefined || end === undefined || step === undefined) return `failed to parse int from ${range}`;
  if (start < min) return `beginning of range (${start}) below minimum (${min}): ${range}`;
  if (end > max) return `end of range (${end}) above maximum (${max}): ${range}`;
  if (start > end) return `beginning of range (${start}) beyond end of range (${end}): ${range}`;
  return step === 0 ? `step of range should be a positive number: ${range}` : undefined;
}

function numberOf(text: string, names: readonly string[] = []): number | undefined {
  const named = text === '' ? -1 : names.indexOf(text.toLowerCase());
  if (named !== -1) return named;
  return /^\+?\d{1,9}$/.test(text) ? Number(text) : undefined;
}

/** What is wrong with a time zone; the data is Node's, of the same IANA database. */
export function timeZoneFault(zone: string): string | undefined {
  if (zone === '') return 'timeZone must be nil or non-empty string';
  const isWellFormed = zone
    .split('/')
    .every((part) => part !== '.' && part !== '..' && !part.startsWith('-') && /^[A-Za-z.\-_0-9+]{1,14}$/.test(part));
  if (!isWellFormed) return `unknown time zone ${zone}`;
  if (zone.toLowerCase() === 'local')
    return 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones';
  return zoneExists(zone) ? undefined : `unknown time zone ${zone}`;
}

function zoneExists(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return !/^[+-]/.test(zone);
  } catch {
    return false;
  }
}
