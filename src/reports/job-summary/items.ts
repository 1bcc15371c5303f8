import type { Finding } from '../../model/finding.ts';
import { type GateError, troubleshootingUrl } from '../../model/gate-error.ts';
import type { CoverageRow, JudgedFinding } from '../../model/verdict.ts';
import type { WaiverUse } from '../../model/waiver.ts';
import { decisionOf, newnessOf } from '../decision.ts';
import { code, link, prose } from '../markdown.ts';
import { concernsOf, errorPlace, exposedOf, fixOf, morePlaces, placeOf, riskOf, ruleOf } from '../view.ts';

/** One list item on one line of Markdown; its parts are separated by `<br>`. */
function item(parts: readonly (string | undefined)[]): string {
  return `- ${parts.filter((part) => part !== undefined).join('<br>')}\n`;
}

export function errorItem(error: GateError): string {
  const { message, expected, next } = error.details;
  const place = errorPlace(error);
  return item([
    `**${error.code}**${place === undefined ? '' : ` ${code(place)}`}`,
    prose(message),
    expected === undefined ? undefined : `Expected: ${prose(expected)}`,
    next === undefined ? undefined : `Next: ${prose(next)}`,
    `Help: ${link(troubleshootingUrl(error.code))}`,
  ]);
}

export function findingItem(judged: JudgedFinding): string {
  const { finding } = judged;
  const newness = newnessOf(judged);
  const decision = decisionOf(judged);
  const fix = fixOf(finding);
  const exposed = exposedOf(finding);
  const risk = riskOf(finding);
  const concerns = concernsOf(finding);
  const address = link(finding.helpUrl);
  const more = morePlaces(finding);
  const alike = finding.sources.filter((source) => ruleOf(source) !== ruleOf(finding));
  const environments = finding.environments.slice(0, 10).map((name) => prose(name, 60));
  return item([
    `**${finding.severity}**${newness === undefined ? '' : ` **${prose(newness, 200)}**`} ${code(ruleOf(finding))} ${prose(finding.title, 400)}`,
    `${code(placeOf(finding))}${more === undefined ? '' : ` and ${more}`}${concerns === placeOf(finding) ? '' : `: ${prose(concerns, 600)}`}`,
    environments.length === 0
      ? undefined
      : `Reaches ${environments.join(', ')}${decision === undefined ? '' : `; ${prose(decision, 400)}`}`,
    environments.length > 0 || decision === undefined ? undefined : prose(decision, 400),
    risk === undefined ? undefined : `**Risk:** ${prose(risk, 200)}`,
    exposed === undefined ? undefined : `**Exposed:** ${prose(exposed, 600)}`,
    finding.detail === undefined ? undefined : `Why: ${prose(finding.detail)}`,
    fix === undefined ? undefined : `Fix: ${prose(fix)}`,
    address === undefined ? undefined : `More: ${address}`,
    alike.length === 0
      ? undefined
      : `Also: ${alike
          .slice(0, 10)
          .map((source) => code(ruleOf(source), 120))
          .join(', ')}`,
  ]);
}

export function allowedRow(judged: JudgedFinding): string {
  const { finding, state } = judged;
  return `${findingCells(finding)} ${state ?? ''} | ${prose(decisionOf(judged) ?? 'severity policy', 400)} |\n`;
}

export function fixedRow(finding: Finding): string {
  return `${findingCells(finding)}\n`;
}

function findingCells(finding: Finding): string {
  return `| ${finding.severity} | ${code(ruleOf(finding), 120)} | ${prose(finding.title, 200)} | ${code(placeOf(finding))} | ${prose(concernsOf(finding), 200)} |`;
}

export function waiverRow({ waiver, status, findings, reason }: WaiverUse): string {
  const { rule, target, owner, expires, file, line } = waiver;
  const shown = status === 'in-force' ? status : `**${status}**`;
  const why = [waiver.reason, ...(reason === undefined ? [] : [`Refused: ${reason}`])].map((text) => prose(text, 400));
  return `| ${shown} | ${code(rule, 120)} | ${code(target, 120)} | ${findings} | ${prose(owner, 60)} | ${prose(expires, 20)} | ${why.join('<br>')} | ${code(`${file}:${line}`)} |\n`;
}

export function coverageRow(row: CoverageRow): string {
  const entries = row.entries.map(
    (entry) => `${prose(entry.engine, 60)}: ${entry.status}${entry.reason === undefined ? '' : ` (${prose(entry.reason, 200)})`}`,
  );
  return `| ${row.kind} | ${code(row.label)} | ${row.source === undefined ? '' : code(row.source)} | ${entries.join('<br>') || '**not covered**'} |\n`;
}
