import type { JudgedFinding, Verdict } from '../../model/verdict.ts';
import { sarifMaxBytes, sarifResultsKept } from '../limits.ts';
import type { RenderContext, Reporter } from '../reporter.ts';
import { byteLength } from '../text.ts';
import { groupBy } from '../view.ts';
import { toInvocation } from './notifications.ts';
import { toResult } from './results.ts';
import { ruleIdOf, toRule } from './rules.ts';

/** SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/) as GitHub code scanning reads it. */
export const sarifReporter: Reporter = {
  id: 'sarif',
  title: 'SARIF',
  summary: 'For GitHub code scanning and other readers of SARIF 2.1.0.',
  defaultFile: 'k8s-gate.sarif',
  render(verdict, context) {
    const rules = new Map(
      [...groupBy(verdict.findings, ({ finding }) => ruleIdOf(finding))].map(([id, findings]) => [id, toRule(id, findings)]),
    );
    const others = byteLength(JSON.stringify(toLog(verdict, context, [], rules)));
    const kept = keep(verdict.findings, rules, sarifMaxBytes - others, context.pathPrefix);
    return `${JSON.stringify(toLog(verdict, context, kept, rules))}\n`;
  },
};

type Rules = ReadonlyMap<string, object>;

/** As many of the worst findings, with their rules, as code scanning keeps and takes. */
function keep(
  findings: readonly JudgedFinding[],
  rules: Rules,
  maxBytes: number,
  pathPrefix: string | undefined,
): readonly JudgedFinding[] {
  const used = new Set<string>();
  let room = maxBytes;
  const kept: JudgedFinding[] = [];
  for (const judged of findings.slice(0, sarifResultsKept)) {
    const id = ruleIdOf(judged.finding);
    const rule = used.has(id) ? 0 : byteLength(JSON.stringify(rules.get(id)));
    room -= rule + byteLength(JSON.stringify(toResult(judged, id, findings.length, pathPrefix)));
    if (room < 0) break;
    used.add(id);
    kept.push(judged);
  }
  return kept;
}

function toLog(verdict: Verdict, context: RenderContext, kept: readonly JudgedFinding[], rules: Rules): object {
  const ids = [...new Set(kept.map(({ finding }) => ruleIdOf(finding)))];
  const index = new Map(ids.map((id, position) => [id, position]));
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'k8s-gate',
            semanticVersion: context.gateVersion,
            rules: ids.map((id) => rules.get(id)),
          },
        },
        // Code scanning takes one run for each category and reads `category/run`, so the category is `k8s-gate`.
        automationDetails: { id: 'k8s-gate/' },
        invocations: [toInvocation(verdict, context, verdict.findings.length - kept.length)],
        originalUriBaseIds: { '%SRCROOT%': { description: { text: 'The root of the repository.' } } },
        columnKind: 'utf16CodeUnits',
        results: kept.map((judged) =>
          toResult(judged, ruleIdOf(judged.finding), index.get(ruleIdOf(judged.finding)) ?? 0, context.pathPrefix),
        ),
        properties: { outcome: verdict.outcome, counts: verdict.counts },
      },
    ],
  };
}
