// The checks of text in k8s.io/apimachinery/pkg/util/validation and pkg/api/validate/content: each returns what is wrong.

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const subdomain = `${label}(\\.${label})*`;
const underscored = '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const qualified = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';

const whole = (pattern: string) => new RegExp(`^(?:${pattern})$`);
const labelPattern = whole(label);
const subdomainPattern = whole(subdomain);
const underscoredPattern = whole(`${underscored}(\\.${underscored})*`);
const wildcardPattern = whole(`\\*\\.${subdomain}`);
const dns1035Pattern = whole('[a-z]([-a-z0-9]*[a-z0-9])?');
const qualifiedPattern = whole(qualified);
const labelValuePattern = whole(`(${qualified})?`);
const configKeyPattern = /^[-._a-zA-Z0-9]+$/;

export type Check = (text: string) => readonly string[];

const tooLong = (text: string, limit: number) =>
  Buffer.byteLength(text) > limit ? [`must be no more than ${limit} characters`] : [];

const subdomainAdvice =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
const labelAdvice =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character";
const qualifiedAdvice =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";

export const dnsSubdomain: Check = (text) => [...tooLong(text, 253), ...(subdomainPattern.test(text) ? [] : [subdomainAdvice])];

export const dnsLabel: Check = (text) => {
  if (labelPattern.test(text)) return tooLong(text, 63);
  return [...tooLong(text, 63), subdomainPattern.test(text) ? 'must not contain dots' : labelAdvice];
};

export const dns1035Label: Check = (text) => [
  ...tooLong(text, 63),
  ...(dns1035Pattern.test(text)
    ? []
    : [
        "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
      ]),
];

export const searchDomain: Check = (text) => [
  ...tooLong(text, 253),
  ...(underscoredPattern.test(text) ? [] : [subdomainAdvice.replace("'-' or '.'", "'_', '-' or '.'")]),
];

export const wildcardSubdomain: Check = (text) => [
  ...tooLong(text, 253),
  ...(wildcardPattern.test(text)
    ? []
    : ["a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain"]),
];

/** A label key, an annotation key, a finalizer and whatever else may have a domain as its prefix. */
export const qualifiedName: Check = (text) => {
  const parts = text.split('/');
  const [first = '', second] = parts;
  if (parts.length > 2)
    return [`a valid label key ${qualifiedAdvice} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  const name = second ?? first;
  const prefix = second === undefined ? [] : first === '' ? ['must be non-empty'] : dnsSubdomain(first);
  return [
    ...prefix.map((detail) => `prefix part ${detail}`),
    ...(name === '' ? ['name part must be non-empty'] : tooLong(name, 63).map((detail) => `name part ${detail}`)),
    ...(qualifiedPattern.test(name) ? [] : [`name part ${qualifiedAdvice}`]),
  ];
};

export const labelValue: Check = (text) => [
  ...tooLong(text, 63),
  ...(labelValuePattern.test(text)
    ? []
    : [
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
      ]),
];

export const pathSegment: Check = (text) => {
  if (text === '.' || text === '..') return [`may not be '${text}'`];
  return ['/', '%'].filter((character) => text.includes(character)).map((character) => `may not contain '${character}'`);
};

export const portName: Check = (text) => [
  ...tooLong(text, 15),
  ...(/^[-a-z0-9]+$/.test(text) ? [] : ['must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)']),
  ...(/[a-z]/.test(text) ? [] : ['must contain at least one letter (a-z)']),
  ...(text.includes('--') ? ['must not contain consecutive hyphens'] : []),
  ...(text.startsWith('-') || text.endsWith('-') ? ['must not begin or end with a hyphen'] : []),
];

function parentFolder(text: string): readonly string[] {
  if (text === '.' || text === '..') return [`must not be '${text}'`];
  return text.startsWith('..') ? ["must not start with '..'"] : [];
}

export const configKey: Check = (text) => [
  ...tooLong(text, 253),
  ...(configKeyPattern.test(text) ? [] : ["a valid config key must consist of alphanumeric characters, '-', '_' or '.'"]),
  ...parentFolder(text),
];

const relaxedEnvName: Check = (text) =>
  /^[\x20-\x3c\x3e-\x7e]+$/.test(text)
    ? []
    : ["a valid environment variable name must consist only of printable ASCII characters other than '='"];

const strictEnvName: Check = (text) => [
  ...(/^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(text)
    ? []
    : [
        "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit",
      ]),
  ...parentFolder(text),
];

export const envName = (relaxed: boolean): Check => (relaxed ? relaxedEnvName : strictEnvName);

/** As acme.io/foo. */
export const domainPath: Check = (text) => {
  const slash = text.indexOf('/');
  const [host, path] = [text.slice(0, slash), text.slice(slash + 1)];
  if (slash === -1 || host === '' || path === '') return ['must be a domain-prefixed path (such as "acme.io/foo")'];
  return [...dnsSubdomain(host), ...(/^[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/.test(path) ? [] : ['Invalid path'])];
};

/** A prefix that the API server completes may end with a dash. */
export const asPrefix =
  (check: Check): Check =>
  (text) =>
    check(text.length > 1 && text.endsWith('-') ? `${text.slice(0, -2)}a` : text);

export const percent: Check = (text) =>
  /^[0-9]+%$/.test(text) ? [] : ["a valid percent string must be a numeric string followed by an ending '%'"];
