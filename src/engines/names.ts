/** What is wrong with a text, in the words of Kubernetes. */
export type Check = (text: string) => readonly string[];
/** How a pattern that does not match is reported. */
type Explain = (rule: string, pattern: string, examples: readonly string[]) => string;

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
export const subdomainPattern = `${label}(\\.${label})*`;
const dns1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const qualified = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const lowerCase = 'must consist of lower case alphanumeric characters';
const ends = 'must start and end with an alphanumeric character';
export const subdomainRule = `a lowercase RFC 1123 subdomain ${lowerCase}, '-' or '.', and ${ends}`;

export function tooLong(text: string, most: number): readonly string[] {
  return Buffer.byteLength(text) > most ? [`must be no more than ${most} characters`] : [];
}

/** A prefix that the API server completes may end with a dash. */
export const asPrefix =
  (check: Check): Check =>
  (text) =>
    check(text.length > 1 && text.endsWith('-') ? `${text.slice(0, -2)}a` : text);

/** The checks of k8s.io/apimachinery/pkg/util/validation and pkg/api/validate/content. */
export function createChecks(explain: Explain) {
  const matching = (most: number, pattern: string, rule: string, examples: readonly string[]): Check => {
    const whole = new RegExp(`^(?:${pattern})$`);
    return (text) => [...tooLong(text, most), ...(whole.test(text) ? [] : [explain(rule, pattern, examples)])];
  };
  const dnsSubdomain = matching(253, subdomainPattern, subdomainRule, ['example.com']);
  const plainLabel = matching(63, label, `a lowercase RFC 1123 label ${lowerCase} or '-', and ${ends}`, ['my-name', '123-abc']);
  const isLabel = new RegExp(`^${label}$`);
  const isSubdomain = new RegExp(`^${subdomainPattern}$`);
  const dnsLabel: Check = (text) =>
    isSubdomain.test(text) && !isLabel.test(text) ? [...tooLong(text, 63), 'must not contain dots'] : plainLabel(text);
  const rule = `must consist of alphanumeric characters, '-', '_' or '.', and ${ends}`;
  const examples = ['MyName', 'my.name', '123-abc'];
  const name = matching(63, qualified, rule, examples);
  /** A label key, an annotation key, a finalizer and whatever else may have a domain as its prefix. */
  const qualifiedName: Check = (text) => {
    const [first = '', second, ...more] = text.split('/');
    if (more.length > 0)
      return [
        `a valid label key ${explain(rule, qualified, examples)} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
      ];
    const own = second ?? first;
    const prefix = second === undefined ? [] : first === '' ? ['must be non-empty'] : dnsSubdomain(first);
    const ofName = [...(own === '' ? ['must be non-empty'] : []), ...name(own)];
    return [...prefix.map((problem) => `prefix part ${problem}`), ...ofName.map((problem) => `name part ${problem}`)];
  };
  return {
    dnsSubdomain,
    dnsLabel,
    qualifiedName,
    dns1035Label: matching(
      63,
      dns1035,
      `a DNS-1035 label ${lowerCase} or '-', start with an alphabetic character, and end with an alphanumeric character`,
      ['my-name', 'abc-123'],
    ),
    labelValue: matching(
      63,
      `(${qualified})?`,
      `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and ${ends}`,
      ['MyValue', 'my_value', '12345'],
    ),
  };
}
