import type { Finding } from '../model/finding.ts';
import { code, prose } from './markdown.ts';
import { oneLine, shorten } from './text.ts';
import { ruleOf } from './view.ts';

/** Escaped Markdown fragments shared by the reports on GitHub. */

/** Prose in which `...` is rendered as code, as in messages of the gate and of many engines, so that commands can be copied. */
export function proseWithCode(text: string, maxChars = 1_000): string {
  const parts = shorten(oneLine(text), maxChars).split(/`([^`]+)`/);
  return parts.map((part, index) => (index % 2 === 1 ? codePart(part) : prosePart(part, index, parts.length - 1))).join('');
}

/** Ends with punctuation, so that another sentence can follow. */
export function sentence(text: string): string {
  const line = text.trimEnd();
  return line === '' || /[.!?:…]$/.test(line) ? line : `${line}.`;
}

function codePart(part: string): string {
  return part.trim() === '' ? prose('``') : code(part);
}

/** `prose` trims, so the space next to code is restored. Two adjacent code spans would parse as one longer fence. */
function prosePart(part: string, index: number, last: number): string {
  if (part === '') return index === 0 || index === last ? '' : '&#8203;';
  const inner = prose(part);
  return `${part.startsWith(' ') && index > 0 ? ' ' : ''}${inner}${part.endsWith(' ') && part.trim() !== '' ? ' ' : ''}`;
}

/** `cel/privileged`, `trivy/KSV-0017`: every engine that reported the finding, with its own rule name. */
export function rulesOf(finding: Finding, shown = 4): string {
  const names = [...new Set([ruleOf(finding), ...finding.sources.map(ruleOf)])];
  return listed(names, shown, 120);
}

/** The image with its package, and the resources; empty for a finding about a file, whose location is enough. */
export function aboutOf(finding: Finding, shown = 3): string {
  const { subject } = finding;
  const users = listed(finding.resources, shown, 160);
  switch (subject.kind) {
    case 'image': {
      const component = subject.component === undefined ? '' : ` (${code(subject.component, 120)})`;
      return `image ${code(subject.reference)}${component}${users === '' ? '' : ` in ${users}`}`;
    }
    case 'cluster':
      return `node ${code(subject.node, 160)}`;
    default:
      return users;
  }
}

export function listed(names: readonly string[], shown: number, maxChars: number): string {
  const first = names.slice(0, shown).map((name) => code(name, maxChars));
  return [...first, ...(names.length > shown ? [`${names.length - shown} more`] : [])].join(', ');
}
