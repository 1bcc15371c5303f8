import { Optional } from '@marcbachmann/cel-js';
import { asPrefix, createChecks } from '../../names.ts';
import { isDate } from '../semantics/time.ts';
import { Opaque } from '../semantics/values.ts';
import type { Library } from './library.ts';
import { parseUrl } from './urls.ts';

/** `format.dns1123Label()`: what is wrong with a text, in the words of Kubernetes. */
export class Format extends Opaque {
  readonly celType = 'kubernetes.NamedFormat';
  readonly name: string;
  readonly problems: (text: string) => readonly string[];
  constructor(name: string, problems: (text: string) => readonly string[]) {
    super();
    this.name = name;
    this.problems = problems;
  }
  isEqual(other: unknown): boolean {
    return other instanceof Format && other.name === this.name;
  }
}

const checks = createChecks((rule, pattern, examples) => {
  const shown = examples.map((example) => `'${example}', `).join(' or ');
  return `${rule} (e.g. ${shown}regex used for validation is '${pattern}')`;
});
const unless = (is: (text: string) => boolean, problem: string) => (text: string) => (is(text) ? [] : [problem]);

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$/;
const uuid = /^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$/i;

const formats = new Map<string, Format>(
  Object.entries({
    dns1123Label: new Format('DNS1123Label', checks.dnsLabel),
    dns1123Subdomain: new Format('DNS1123Subdomain', checks.dnsSubdomain),
    dns1035Label: new Format('DNS1035Label', checks.dns1035Label),
    qualifiedName: new Format('QualifiedName', checks.qualifiedName),
    dns1123LabelPrefix: new Format('DNS1123LabelPrefix', asPrefix(checks.dnsLabel)),
    dns1123SubdomainPrefix: new Format('DNS1123SubdomainPrefix', asPrefix(checks.dnsSubdomain)),
    dns1035LabelPrefix: new Format('DNS1035LabelPrefix', asPrefix(checks.dns1035Label)),
    labelValue: new Format('LabelValue', checks.labelValue),
    uri: new Format('URI', (text) =>
      parseUrl(text) === undefined ? [`parse ${JSON.stringify(text)}: invalid URI for request`] : [],
    ),
    uuid: new Format(
      'uuid',
      unless((text) => uuid.test(text), 'does not match the UUID format'),
    ),
    byte: new Format(
      'byte',
      unless((text) => base64.test(text), 'invalid base64'),
    ),
    date: new Format('date', unless(isDateText, 'invalid date')),
    datetime: new Format('datetime', unless(isDateTime, 'invalid datetime')),
  }),
);

function isDateText(text: string): boolean {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? [];
  return day !== undefined && isDate(Number(year), Number(month), Number(day));
}

/** As strfmt, which ignores the case and everything after a second `t`. */
function isDateTime(text: string): boolean {
  const [date = '', time = ''] = text.toLowerCase().split('t');
  const [, hour = '', minute = '', second = ''] = /^(\d{2}):(\d{2}):(\d{2})(?:.\d+)?(?:z|[+-]\d{2}:\d{2})$/.exec(time) ?? [];
  return isDateText(date) && hour !== '' && hour <= '23' && minute <= '59' && second <= '59';
}

export const formatLibrary: Library = {
  ...Object.fromEntries([...formats].map(([name, format]) => [`format.${name}`, () => format])),
  'format-named': (name: string) => Optional.of(formats.get(name)),
  'format-validate': (format: Format, text: string) => {
    const problems = format.problems(text);
    return problems.length === 0 ? Optional.none() : Optional.of(problems);
  },
};
