import { countExisting } from '../model/baseline.ts';
import type { Change, EventName } from '../model/change.ts';
import type { Outcome, Verdict } from '../model/verdict.ts';
import { capital, plural } from './text.ts';
import { byAction, notEvaluated, outcomeTone } from './view.ts';

const icons: Readonly<Record<Outcome, string>> = { pass: '✅', warn: '⚠️', block: '⛔', error: '❌' };

const evaluated: Readonly<Partial<Record<EventName, string>>> = {
  pull_request: 'this pull request',
  pull_request_target: 'this pull request',
  merge_group: 'this merge group',
  push: 'this push',
};

type At = { readonly change?: Pick<Change, 'event'> };

/** The result in numbers and one sentence without a full stop. Readers see it first, and a phone notification shows nothing else. No untrusted text. */
export function headlineOf(verdict: Verdict, { change }: At): string {
  const what = (change && evaluated[change.event]) ?? 'this change';
  return capital([answer(verdict, what), ...reservations(verdict)].join(', '));
}

export function headlineIcon(verdict: Verdict): string {
  return icons[outcomeTone(verdict)];
}

function answer(verdict: Verdict, what: string): string {
  const { outcome, counts, errors, findings } = verdict;
  switch (outcome) {
    case 'block':
      return `${plural(counts.block, 'finding')} ${counts.block === 1 ? 'blocks' : 'block'} ${what}${inFiles(verdict, 'block')}`;
    case 'error':
      return `could not evaluate ${what}: ${plural(errors.length, 'error')}`;
    case 'warn':
      return `passed with ${plural(counts.warn, 'warning')}${inFiles(verdict, 'warn')}`;
    case 'pass':
      if (notEvaluated(verdict) > 0) return 'passed';
      if (isEmpty(verdict)) return 'passed: no manifests to evaluate';
      return findings.length === 0 ? 'passed: no findings' : `passed: ${allowed(verdict)}`;
  }
}

/** What a reader must know before trusting the rest of the sentence. */
function reservations(verdict: Verdict): readonly string[] {
  const { outcome, errors } = verdict;
  const gaps = notEvaluated(verdict);
  return [
    ...(outcome === 'block' && errors.length > 0 ? [`${plural(errors.length, 'error')}: there may be more`] : []),
    ...(gaps > 0 && outcome !== 'error' ? [`${plural(gaps, 'item')} not evaluated`] : []),
  ];
}

/** `, in 2 files`, counted by the first location of each; empty if there is one finding, or none is in a file. */
function inFiles(verdict: Verdict, action: 'block' | 'warn'): string {
  const findings = byAction(verdict, action);
  const files = new Set(findings.flatMap(({ finding }) => finding.locations.slice(0, 1).map(({ file }) => file)));
  return findings.length < 2 || files.size === 0 ? '' : `, in ${plural(files.size, 'file')}`;
}

/** Why findings neither block nor warn. */
function allowed({ findings }: Verdict): string {
  const existing = countExisting(findings);
  const waived = findings.filter(({ waiver }) => waiver !== undefined).length;
  const byPolicy = findings.length - existing - waived;
  if (byPolicy + waived === 0) return `nothing new, ${plural(existing, 'existing finding')}`;
  const parts = [
    [byPolicy, 'allowed by policy'],
    [waived, 'waived'],
    [existing, 'existing'],
  ] as const;
  return parts
    .filter(([count]) => count > 0)
    .map(([count, how], index) => `${index === 0 ? plural(count, 'finding') : count} ${how}`)
    .join(', ');
}

function isEmpty({ totals: { files, resources, images }, findings, coverage }: Verdict): boolean {
  return files + resources + images === 0 && findings.length === 0 && coverage.every(({ kind }) => kind === 'file');
}
