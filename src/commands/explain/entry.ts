import type { Example } from './examples.ts';

/** What is known about a rule. */
export interface Entry {
  /** As reports show it: `trivy/KSV-0017`. */
  readonly name: string;
  readonly title: string;
  readonly severity?: string;
  readonly why?: string;
  readonly fix?: string;
  /** The file of the policy. */
  readonly policy?: string;
  readonly references: readonly string[];
  readonly example?: Example;
  /** Rules of other engines with the same cause. */
  readonly alike?: readonly string[];
}

export function entryText(entry: Entry): string {
  const { name, title, severity, why, fix, policy, example, alike = [], references } = entry;
  const part = (label: string, text: string | undefined): readonly string[] =>
    text === undefined || text === '' ? [] : [`${label}: ${text}`];
  return [
    `${name}: ${title}`,
    ...part('Severity', severity),
    ...part('Why', why),
    ...(example === undefined ? [] : ['Rejected:', ...indented(example.before), 'Accepted:', ...indented(example.after)]),
    ...part('Fix', fix),
    ...part('Same cause', alike.join(', ')),
    ...part('Policy', policy),
    ...references.map((reference) => `Details: ${reference}`),
    '',
  ].join('\n');
}

function indented(text: string): readonly string[] {
  return text.split('\n').map((line) => `    ${line}`);
}
