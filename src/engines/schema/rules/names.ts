import { type Check, createChecks, subdomainPattern, subdomainRule, tooLong } from '../../names.ts';

export const { dnsSubdomain, dnsLabel, dns1035Label, qualifiedName, labelValue } = createChecks((rule) => rule);
const underscored = '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const underscoredPattern = new RegExp(`^${underscored}(\\.${underscored})*$`);
const wildcardPattern = new RegExp(`^\\*\\.${subdomainPattern}$`);
const configKeyPattern = /^[-._a-zA-Z0-9]+$/;

export const searchDomain: Check = (text) => [
  ...tooLong(text, 253),
  ...(underscoredPattern.test(text) ? [] : [subdomainRule.replace("'-' or '.'", "'_', '-' or '.'")]),
];

export const wildcardSubdomain: Check = (text) => [
  ...tooLong(text, 253),
  ...(wildcardPattern.test(text)
    ? []
    : ["a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain"]),
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

export const percent: Check = (text) =>
  /^[0-9]+%$/.test(text) ? [] : ["a valid percent string must be a numeric string followed by an ending '%'"];
