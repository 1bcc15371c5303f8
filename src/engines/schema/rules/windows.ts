import { all, type Faults, invalid } from './faults.ts';
import type { Field } from './field.ts';
import { dnsSubdomain } from './names.ts';

const rule = 'security-context';
const specLimit = 64 * 1024;
const dnsPattern = /^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$/;
const netBiosPattern = /^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/;

export function* windowsOptions(options: Field): Faults {
  const [name, spec, user] = [
    options.at('gmsaCredentialSpecName'),
    options.at('gmsaCredentialSpec'),
    options.at('runAsUserName'),
  ];
  if (name.isSet) yield* all(name, rule, dnsSubdomain(name.text));
  if (spec.isSet && spec.text === '') yield invalid(spec, rule, 'gmsaCredentialSpec cannot be an empty string');
  if (spec.text.length > specLimit) yield invalid(spec, rule, 'gmsaCredentialSpec size must be under 64 KiB');
  if (user.isSet) yield* all(user, rule, userFaults(user.text));
}

function userFaults(name: string): readonly string[] {
  if (name === '') return ['runAsUserName cannot be an empty string'];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be in it.
  if (/[\u0000-\u001f\u007f]/.test(name)) return ['runAsUserName cannot contain control characters'];
  const parts = name.split('\\');
  if (parts.length > 2) return ['runAsUserName cannot contain more than one backslash'];
  const [first = '', second] = parts;
  const [domain, user] = second === undefined ? [undefined, first] : [first, second];
  return [
    ...(domain !== undefined && domain.length >= 256 ? ["runAsUserName's Domain length must be under 256 characters"] : []),
    ...(domain !== undefined && !netBiosPattern.test(domain) && !dnsPattern.test(domain)
      ? ["runAsUserName's Domain doesn't match the NetBios nor the DNS format"]
      : []),
    ...(user === '' ? ["runAsUserName's User cannot be empty"] : []),
    ...(user.length > 104 ? ["runAsUserName's User length must not be longer than 104 characters"] : []),
    ...(/^[. ]+$/.test(user) ? ["runAsUserName's User cannot contain only periods or spaces"] : []),
    ...(/["/\\:;|=,+*?<>@[\]]/.test(user) ? ['runAsUserName\'s User cannot contain any of "/\\:;|=,+*?<>@[]'] : []),
  ];
}
