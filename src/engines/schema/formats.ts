import { type Address, parseAddress, parseRange } from '../ip-address.ts';
import { scalarChecks } from './scalars.ts';

interface FormatCheck {
  readonly expected: string;
  readonly holds: (text: string) => boolean;
}

const byPattern = (expected: string, pattern: RegExp): FormatCheck => ({ expected, holds: (text) => pattern.test(text) });
const uuid = (version: string, variant: string) =>
  new RegExp(`^[0-9a-f]{8}-?[0-9a-f]{4}-?${version}[0-9a-f]{3}-?${variant}[0-9a-f]{3}-?[0-9a-f]{12}$`, 'i');

/** Of IPv4, IPv6 or both, without leading zeros. */
const isStrict = (found: Address | undefined, bits?: 32 | 128) =>
  found !== undefined && !found.hasLeadingZeros && (bits ?? found.bits) === found.bits;

function isDate(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text) === true;
}

const label = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}[A-Za-z0-9])?$/;

/**
 * The formats of the API server that a gate can check without being stricter than it; others are not checked, as unknown formats are not by the
 * API server. Names are compared without hyphens: `date-time` is `datetime`.
 * https://github.com/kubernetes/apiextensions-apiserver/blob/master/pkg/apiserver/validation/formats.go
 */
const formats: Readonly<Record<string, FormatCheck>> = {
  ipv4: { expected: 'an IPv4 address', holds: (text) => isStrict(parseAddress(text), 32) },
  ipv6: { expected: 'an IPv6 address', holds: (text) => isStrict(parseAddress(text), 128) },
  cidr: { expected: 'a CIDR such as 10.0.0.0/8', holds: (text) => isStrict(parseRange(text)) },
  mac: byPattern('a MAC address', /^(?:[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\1){4,}[0-9a-f]{2}|(?:[0-9a-f]{4}\.){2,}[0-9a-f]{4})$/i),
  uuid: byPattern('a UUID', uuid('[0-9a-f]', '[0-9a-f]')),
  uuid3: byPattern('a UUID of version 3', uuid('3', '[0-9a-f]')),
  uuid4: byPattern('a UUID of version 4', uuid('4', '[89ab]')),
  uuid5: byPattern('a UUID of version 5', uuid('5', '[89ab]')),
  hexcolor: byPattern('a color such as #FFFFFF', /^#?(?:[0-9a-f]{3}|[0-9a-f]{6})$/i),
  hostname: {
    expected: 'a host name',
    holds: (text) =>
      text.length <= 255 &&
      text
        .replace(/\.$/, '')
        .split('.')
        .every((part) => label.test(part)),
  },
  email: byPattern('an email address', /^[^@]+@./),
  uri: byPattern('a URI', /^(?:\/|[A-Za-z][A-Za-z0-9+.-]*:)/),
  byte: { expected: 'base64', holds: (text) => scalarChecks.bytes(text) === undefined },
  date: { expected: 'a date such as 2026-01-02', holds: isDate },
  datetime: byPattern('a time such as 2026-01-02T15:04:05Z', /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d/),
  duration: byPattern('a duration such as 90s', /^[+-]?(?:0|(?:(?:\d+(?:\.\d*)?|\.\d+)\s*[a-zµμ]+\s*)+)$/i),
  k8sshortname: byPattern('a DNS label', /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/),
  k8slongname: byPattern(
    'a DNS subdomain',
    /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/,
  ),
};

export function formatCheck(name: string): FormatCheck | undefined {
  const known = name.replaceAll('-', '');
  return Object.hasOwn(formats, known) ? formats[known] : undefined;
}
