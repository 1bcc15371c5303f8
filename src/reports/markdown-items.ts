import type { Finding } from '../model/finding.ts';
import { code, prose } from './markdown.ts';
import { oneLine, shorten } from './text.ts';
import { ruleOf } from './view.ts';

/** Pieces of Markdown that say the same in every report to GitHub, escaped. */

/** Prose in which `...` is code, as the gate's own messages and many engines write it: a command can then be copied. */
export function proseWithCode(text: string, maxChars = 1_000): string {
  const parts = shorten(oneLine(text), maxChars).split(/`([^`]+)`/);
  return parts.map((part, index) => (index % 2 === 1 ? codePart(part) : prosePart(part, index, parts.length - 1))).join('');
}

/** What another sentence can follow. */
export function sentence(text: string): string {
  const line = text.trimEnd();
  return line === '' || /[.!?:…]$/.test(line) ? line : `${line}.`;
}

function codePart(part: string): string {
  return part.trim() === '' ? prose('``') : code(part);
}

/** `prose` trims; the space towards the code stays. Two codes without anything between them would read as one longer fence. */
function prosePart(part: string, index: number, last: number): string {
  if (part === '') return index === 0 || index === last ? '' : '&#8203;';
  const inner = prose(part);
  return `${part.startsWith(' ') && index > 0 ? ' ' : ''}${inner}${part.endsWith(' ') && part.trim() !== '' ? ' ' : ''}`;
}

/** `cel/privileged`, `trivy/KSV-0017`: each engine that said it, under its own name for it. */
export function rulesOf(finding: Finding, shown = 4): string {
  const names = [...new Set([ruleOf(finding), ...finding.sources.map(ruleOf)])];
  return listed(names, shown, 120);
}

/** What it is about: the image with its package, and the resources; nothing for a finding about a file, whose place says it. */
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
