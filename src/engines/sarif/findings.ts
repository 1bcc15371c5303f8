import type { EngineFinding, Subject } from '../../model/finding.ts';
import { ruleOf, type SarifLog, type SarifResult, type SarifRule, type SarifRun } from './log.ts';
import type { SarifOptions } from './options.ts';
import { placeOf } from './place.ts';
import { severityOf } from './severity.ts';

export const engineId = 'sarif';

export interface Taken {
  readonly findings: readonly EngineFinding[];
  /** Deviations from the file. */
  readonly notes: readonly string[];
}

/** Kinds that are not findings. `review` and `open` are, since they are undecided. */
const noComplaint: readonly SarifResult['kind'][] = ['pass', 'notApplicable', 'informational'];

export function takeIn(file: string, log: SarifLog, options: SarifOptions, workspace: string): Taken {
  const results = log.runs.flatMap((run) => (run.results ?? []).map((result) => ({ run, result })));
  const present = results.filter(({ result }) => !noComplaint.includes(result.kind) && result.baselineState !== 'absent');
  const taken = present.flatMap(({ run, result }) => {
    const rule = ruleOf(run, result);
    const name = ruleName(run, result, rule);
    const severity = severityOf(result, rule);
    if (severity === undefined) return [];
    const own = options.severity[name] ?? options.severity[name.slice(name.indexOf('/') + 1)];
    const place = placeOf(run, result, workspace);
    return [{ result, place, finding: findingOf(run, result, rule, name, own ?? severity, place, file) }];
  });
  const suppressed = taken.filter(({ result }) => (result.suppressions ?? []).length > 0).length;
  const unplaced = taken.filter(({ place }) => place === undefined).length;
  const gone = results.filter(({ result }) => result.baselineState === 'absent').length;
  return {
    findings: taken.map(({ finding }) => finding),
    notes: [
      `${file}: ${taken.length} finding(s) of ${[...new Set(log.runs.map(({ tool }) => toolName(tool.driver)))].join(', ')}`,
      ...(suppressed > 0 ? [`${file}: ${suppressed} finding(s) are suppressed in the file, which is ignored`] : []),
      ...(unplaced > 0
        ? [`${file}: ${unplaced} finding(s) have no file in this repository; they are located at the result file`]
        : []),
      ...(gone > 0 ? [`${file}: ${gone} result(s) skipped, because the scanner reports them as absent`] : []),
    ],
  };
}

function toolName({ name, version }: SarifRun['tool']['driver']): string {
  return version === undefined ? name : `${name} ${version}`;
}

/** Prefixed with the scanner's name, because rule ids are specific to a scanner; CVE and GHSA ids are not. */
function ruleName(run: SarifRun, result: SarifResult, rule: SarifRule | undefined): string {
  const id = result.ruleId ?? result.rule?.id ?? rule?.id ?? 'unnamed';
  return isAdvisory(id) ? id : `${run.tool.driver.name}/${id}`;
}

function isAdvisory(id: string): boolean {
  return /^(CVE-\d{4}-\d{4,}|GHSA(-[0-9a-z]{4}){3})$/.test(id);
}

function findingOf(
  run: SarifRun,
  result: SarifResult,
  rule: SarifRule | undefined,
  name: string,
  severity: EngineFinding['severity'],
  place: Extract<Subject, { kind: 'file' }>['location'] | undefined,
  file: string,
): EngineFinding {
  const [title = '', ...rest] = textOf(result, rule).split('\n');
  const detail = rest.join('\n').trim() || rule?.fullDescription?.text;
  const fix = rule?.help?.text;
  return {
    engine: engineId,
    rule: name,
    category: isAdvisory(name) ? 'vulnerability' : 'misconfiguration',
    title: title.trim() === '' ? name : title.trim(),
    detail: [detail, `Found by ${toolName(run.tool.driver)}.`].filter((part) => part !== undefined).join('\n'),
    severity,
    subject: { kind: 'file', location: place ?? { file, line: 1, precision: 'file' } },
    ...(fix !== undefined && fix.trim() !== '' && { fix: { text: fix.trim() } }),
    ...(rule?.helpUri?.startsWith('https://') === true && { helpUrl: rule.helpUri }),
  };
}

function textOf({ message }: SarifResult, rule: SarifRule | undefined): string {
  const text = message.text ?? rule?.messageStrings?.[message.id ?? '']?.text ?? rule?.shortDescription?.text ?? '';
  return text.replaceAll(/\{(\d+)\}/g, (whole, at: string) => message.arguments?.[Number(at)] ?? whole);
}
