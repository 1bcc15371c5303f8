import { countExisting } from '../model/baseline.ts';
import type { Verdict } from '../model/verdict.ts';
import { plural } from './text.ts';
import { byAction } from './view.ts';

const url = 'https://github.com/org/k8s-gate/blob/v1/docs/findings.md#existing-findings';

/**
 * One sentence about findings that the change did not add, and the page about them: that they do not block, or how to achieve that. Undefined if
 * there are none. Without untrusted text.
 */
export function existingOf(verdict: Verdict): { readonly text: string; readonly url: string } | undefined {
  const count = countExisting(verdict.findings);
  if (count > 0) return { text: `${plural(count, 'existing finding')}: not blocking`, url };
  const old = byAction(verdict, 'block').filter(({ state }) => state === 'unchanged').length;
  if (old === 0) return undefined;
  const subject = old === 1 ? '1 finding that blocks is' : `${old} findings that block are`;
  return { text: `${subject} on the base as well; existing findings need not block`, url };
}

/** Entries of the baseline file that do nothing, in one sentence with untrusted names; undefined if there are none. */
export function baselineOf({ accepted }: Verdict): string | undefined {
  if (accepted === undefined) return undefined;
  const { file, unused, expired } = accepted;
  const parts = [
    [unused, 'match nothing'],
    [expired, 'have expired'],
  ] as const;
  const found = parts.flatMap(([entries, what]) => {
    const [first] = entries;
    if (first === undefined) return [];
    const name = [first.rule, ...first.resources.slice(0, 1)].join(' on ');
    return [`${entries.length} of the entries of ${file} ${what} (line ${first.line}: ${name})`];
  });
  return found.length === 0 ? undefined : `${found.join('; ')}: \`k8s-gate baseline --prune\` removes them`;
}
