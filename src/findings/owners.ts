import type { Finding } from '../model/finding.ts';
import { matchesGlob } from '../model/glob.ts';
import { memoize } from '../model/memoize.ts';

/** Who owns a file, by its path from the root of the repository. */
export type OwnersOf = (file: string) => readonly string[];

interface Rule {
  readonly steps: readonly string[];
  /** `below`: only what is in a folder that matches; `both`: the match as well; `match`: nothing below it. */
  readonly reach: 'below' | 'both' | 'match';
  readonly owners: readonly string[];
}

/**
 * Reads CODEOWNERS as GitHub does: the last pattern that matches decides, also if it has no owners
 * (https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners). Patterns are those
 * of gitignore without `!`, `[ ]` and an escaped `#`; a line with one of these, or with an invalid owner, is skipped.
 */
export function parseCodeOwners(text: string): OwnersOf {
  const rules = text.split('\n').flatMap(readLine).toReversed();
  return memoize((file) => rules.find((rule) => matches(rule, file.split('/')))?.owners ?? []);
}

function readLine(line: string): readonly Rule[] {
  // A space in a name is escaped.
  const words = line.replace(/\r$/, '').match(/(?:\\.|[^\s\\])+/g) ?? [];
  const comment = words.findIndex((word) => word.startsWith('#'));
  const [pattern, ...owners] = comment < 0 ? words : words.slice(0, comment);
  if (pattern === undefined || /^!|[[\]]|^\\#/.test(pattern) || !owners.every(isOwner)) return [];
  const plain = pattern.replaceAll(/\\(.)/g, '$1');
  const steps = plain.split('/').filter((step) => step !== '');
  if (steps.length === 0) return [];
  const isAnchored = plain.replace(/\/+$/, '').includes('/');
  // `docs/*` is about the files in docs only; `docs`, `docs/` and `docs/**` about everything below it.
  const reach = plain.endsWith('/') ? 'below' : steps.length > 1 && steps.at(-1) === '*' ? 'match' : 'both';
  return [{ steps: isAnchored || steps[0] === '**' ? steps : ['**', ...steps], reach, owners }];
}

function isOwner(word: string): boolean {
  return /^@[\w-]+(?:\/[\w.-]+)?$|^[^@\s]+@[^@\s]+$/.test(word);
}

/** `**` is any number of steps; each step is matched without backtracking over the others' text. */
function matches({ steps, reach }: Rule, path: readonly string[]): boolean {
  // reached: positions in the path up to which the pattern matches.
  let reached = new Set([0]);
  for (const [index, step] of steps.entries()) {
    const next = new Set<number>();
    for (const at of reached) {
      if (step === '**') {
        // At the end it needs something below.
        const from = index === steps.length - 1 ? at + 1 : at;
        for (let to = from; to <= path.length; to += 1) next.add(to);
      } else if (at < path.length && matchesGlob(step, path[at] ?? '')) next.add(at + 1);
    }
    reached = next;
  }
  const isBelow = [...reached].some((at) => at > 0 && at < path.length);
  return (reach !== 'match' && isBelow) || (reach !== 'below' && reached.has(path.length));
}

/** Findings with the owners of the file that they are reported at. */
export function withOwners(findings: readonly Finding[], ownersOf: OwnersOf | undefined, prefix: string): readonly Finding[] {
  if (ownersOf === undefined) return findings;
  return findings.map((finding) => {
    const [first] = finding.locations;
    if (first === undefined) return finding;
    const owners = ownersOf(prefix === '' ? first.file : `${prefix}/${first.file}`);
    return owners.length === 0 ? finding : { ...finding, owners };
  });
}
