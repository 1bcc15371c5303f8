import { actions, severities } from '../../model/severity.ts';
import type { Outcome } from '../../model/verdict.ts';
import { httpsUrl, isRelativePath } from '../escape.ts';
import type { Report } from './schema.ts';

type Reported = Pick<Report['findings'][number], 'fingerprint' | 'helpUrl' | 'subject' | 'locations'>;

/** Contradictions in a well-formed report: numbers that differ from its findings, a milder outcome, paths out of the repository. */
export function complaintsOf(report: Report): readonly string[] {
  return [
    ...countComplaints(report),
    ...comparisonComplaints(report),
    ...report.findings.flatMap((finding, index) => placeComplaints(finding, `findings[${index}]`)),
    ...(report.preview?.status === 'known' ? report.preview.refused : []).flatMap((finding, index) =>
      placeComplaints(finding, `preview.refused[${index}]`),
    ),
    ...(report.comparison?.status === 'compared' ? report.comparison.fixed : []).flatMap((finding, index) =>
      placeComplaints(finding, `comparison.fixed[${index}]`),
    ),
    ...report.findings.flatMap(({ waiver, action }, index) => [
      ...(waiver === undefined ? [] : pathComplaints(waiver.file, `findings[${index}].waiver.file`)),
      ...(waiver !== undefined && action !== 'allow' ? [`findings[${index}] has a waiver, but its action is ${action}`] : []),
    ]),
    ...report.waivers.flatMap(({ waiver }, index) => pathComplaints(waiver.file, `waivers[${index}].waiver.file`)),
    ...(report.accepted === undefined ? [] : pathComplaints(report.accepted.file, 'accepted.file')),
    ...(report.change?.pathPrefix === undefined ? [] : pathComplaints(report.change.pathPrefix, 'change.pathPrefix')),
    ...report.errors.flatMap(({ file }, index) => (file === undefined ? [] : pathComplaints(file, `errors[${index}].file`))),
    ...changeComplaints(report),
  ];
}

function countComplaints({ findings, counts, severities: reported, outcome, errors }: Report): readonly string[] {
  const wrong = (field: string, is: number, should: number): readonly string[] =>
    is === should ? [] : [`${field} is ${is}, but the findings make it ${should}`];
  const expected = outcomeOf(counts, errors.length);
  return [
    ...actions.flatMap((name) =>
      wrong(`counts.${name}`, counts[name], findings.filter((finding) => finding.action === name).length),
    ),
    ...severities.flatMap((name) =>
      wrong(`severities.${name}`, reported[name], findings.filter((finding) => finding.severity === name).length),
    ),
    ...(outcome === expected ? [] : [`outcome is ${outcome}, but the findings and errors make it ${expected}`]),
  ];
}

/** As the verdict is reached: what blocks is true whatever else failed, and no fault lets anything pass. */
function outcomeOf(counts: Report['counts'], errors: number): Outcome {
  if (counts.block > 0) return 'block';
  if (errors > 0) return 'error';
  return counts.warn > 0 ? 'warn' : 'pass';
}

function comparisonComplaints({ findings, comparison }: Report): readonly string[] {
  const count = (state: string): number => findings.filter((finding) => finding.state === state).length;
  if (comparison?.status !== 'compared') {
    return count('unchanged') === 0 ? [] : ['findings are called unchanged, but there is no base to compare with'];
  }
  return (['new', 'unchanged'] as const)
    .filter((state) => comparison[state] !== count(state))
    .map((state) => `comparison.${state} is ${comparison[state]}, but the findings make it ${count(state)}`)
    .concat(count('new') + count('unchanged') === findings.length ? [] : ['there is a comparison, but a finding has no state'])
    .concat(isSha(comparison.baseSha) ? [] : ['comparison.baseSha is not a commit']);
}

function placeComplaints({ fingerprint, helpUrl, subject, locations }: Reported, field: string): readonly string[] {
  return [
    ...(/^[0-9a-f]{32}$/.test(fingerprint) ? [] : [`${field}.fingerprint is not 32 characters of hex`]),
    ...(helpUrl === undefined || httpsUrl(helpUrl) !== undefined ? [] : [`${field}.helpUrl is not an https address`]),
    ...(subject.kind === 'file' ? pathComplaints(subject.location.file, `${field}.subject.location.file`) : []),
    ...locations.flatMap(({ file }, index) => pathComplaints(file, `${field}.locations[${index}].file`)),
  ];
}

function pathComplaints(file: string, field: string): readonly string[] {
  return isRelativePath(file) ? [] : [`${field} is not a path below the repository`];
}

function changeComplaints({ change }: Report): readonly string[] {
  if (change === undefined) return [];
  return [
    ...(/^[\w.-]{1,100}\/[\w.-]{1,100}$/.test(change.repository) ? [] : ['change.repository is not `owner/name`']),
    ...(isSha(change.headSha) ? [] : ['change.headSha is not a commit']),
    ...(change.baseSha === undefined || isSha(change.baseSha) ? [] : ['change.baseSha is not a commit']),
  ];
}

/** SHA-1 or SHA-256. */
function isSha(text: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
}
