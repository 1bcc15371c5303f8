import { Optional } from '@marcbachmann/cel-js';
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

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const subdomain = `${label}(\\.${label})*`;
const dns1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const labelValue = '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?';
const qualifiedName = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';

const lowerCase = 'must consist of lower case alphanumeric characters';
const ends = 'must start and end with an alphanumeric character';

const isDnsLabel = (text: string) => {
  if (whole(subdomain).test(text) && !whole(label).test(text)) return [...tooLong(text, 63), 'must not contain dots'];
  return matching(text, 63, label, `a lowercase RFC 1123 label ${lowerCase} or '-', and ${ends}`, ['my-name', '123-abc']);
};
const isDnsSubdomain = (text: string) =>
  matching(text, 253, subdomain, `a lowercase RFC 1123 subdomain ${lowerCase}, '-' or '.', and ${ends}`, ['example.com']);
const isDns1035Label = (text: string) =>
  matching(
    text,
    63,
    dns1035,
    `a DNS-1035 label ${lowerCase} or '-', start with an alphabetic character, and end with an alphanumeric character`,
    ['my-name', 'abc-123'],
  );
const isLabelValue = (text: string) =>
  matching(
    text,
    63,
    labelValue,
    `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and ${ends}`,
    ['MyValue', 'my_value', '12345'],
  );

function isQualifiedName(text: string): readonly string[] {
  const rule = `must consist of alphanumeric characters, '-', '_' or '.', and ${ends}`;
  const examples = ['MyName', 'my.name', '123-abc'];
  const [prefix = '', name = '', ...more] = text.includes('/') ? text.split('/') : ['', text];
  if (more.length > 0)
    return [
      `a valid label key ${explain(rule, qualifiedName, examples)} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  const ofPrefix = !text.includes('/') ? [] : prefix === '' ? ['must be non-empty'] : isDnsSubdomain(prefix);
  const ofName = name === '' ? ['must be non-empty'] : tooLong(name, 63);
  return [
    ...ofPrefix.map((problem) => `prefix part ${problem}`),
    ...[...ofName, ...(whole(qualifiedName).test(name) ? [] : [explain(rule, qualifiedName, examples)])].map(
      (problem) => `name part ${problem}`,
    ),
  ];
}

/** A prefix may end in a dash, since more characters follow. */
const asPrefix = (text: string) => (text.length > 1 && text.endsWith('-') ? `${text.slice(0, -2)}a` : text);
const unless = (is: (text: string) => boolean, problem: string) => (text: string) => (is(text) ? [] : [problem]);

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$/;
const uuid = /^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$/i;

const formats = new Map<string, Format>(
  Object.entries({
    dns1123Label: new Format('DNS1123Label', isDnsLabel),
    dns1123Subdomain: new Format('DNS1123Subdomain', isDnsSubdomain),
    dns1035Label: new Format('DNS1035Label', isDns1035Label),
    qualifiedName: new Format('QualifiedName', isQualifiedName),
    dns1123LabelPrefix: new Format('DNS1123LabelPrefix', (text) => isDnsLabel(asPrefix(text))),
    dns1123SubdomainPrefix: new Format('DNS1123SubdomainPrefix', (text) => isDnsSubdomain(asPrefix(text))),
    dns1035LabelPrefix: new Format('DNS1035LabelPrefix', (text) => isDns1035Label(asPrefix(text))),
    labelValue: new Format('LabelValue', isLabelValue),
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

function whole(pattern: string): RegExp {
  return new RegExp(`^${pattern}$`);
}

function tooLong(text: string, most: number): readonly string[] {
  return Buffer.byteLength(text) > most ? [`must be no more than ${most} characters`] : [];
}

function explain(rule: string, pattern: string, examples: readonly string[]): string {
  return `${rule} (e.g. ${examples.map((example) => `'${example}', `).join(' or ')}regex used for validation is '${pattern}')`;
}

function matching(text: string, most: number, pattern: string, rule: string, examples: readonly string[]): readonly string[] {
  return [...tooLong(text, most), ...(whole(pattern).test(text) ? [] : [explain(rule, pattern, examples)])];
}

export const formatLibrary: Library = {
  ...Object.fromEntries([...formats].map(([name, format]) => [`format.${name}`, () => format])),
  'format-named': (name: string) => Optional.of(formats.get(name)),
  'format-validate': (format: Format, text: string) => {
    const problems = format.problems(text);
    return problems.length === 0 ? Optional.none() : Optional.of(problems);
  },
};
