import type { Category, Finding } from '../model/finding.ts';
import { type Action, compareAction, compareSeverity, type Severity } from '../model/severity.ts';
import type { JudgedFinding } from '../model/verdict.ts';
import { httpsUrl, urlText } from './escape.ts';
import { sarifDescriptionMaxChars, sarifRuleNameMaxChars, sarifTagsPerRule } from './limits.ts';
import { prose } from './markdown.ts';
import { oneLine, shorten } from './text.ts';
import { fixOf, ruleOf } from './view.ts';

/** Code scanning makes of it: over 9.0 critical, from 7.0 high, from 4.0 medium, from 0.1 low. `unknown` gets none. */
const securitySeverities: Readonly<Record<Severity, string | undefined>> = {
  critical: '9.5',
  high: '8.0',
  medium: '5.5',
  low: '2.0',
  unknown: undefined,
};
const levels: Readonly<Record<Action, 'error' | 'warning' | 'note'>> = { block: 'error', warn: 'warning', allow: 'note' };
/** Code scanning sorts out what has no `security` tag; only advice about good style is none. */
const isSecurity: Readonly<Record<Category, boolean>> = {
  vulnerability: true,
  misconfiguration: true,
  secret: true,
  policy: true,
  benchmark: true,
  'best-practice': false,
};

export function levelOf(action: Action): 'error' | 'warning' | 'note' {
  return levels[action];
}

/** `cel/privileged`. The name of a rule is what alerts are sorted by, so it holds nothing that changes from run to run. */
export function ruleIdOf(finding: Finding): string {
  return shorten(oneLine(ruleOf(finding)), sarifRuleNameMaxChars) || 'unnamed';
}

/** A reportingDescriptor for all findings of one rule; the worst of them speaks for it. */
export function toRule(id: string, findings: readonly JudgedFinding[]): object {
  const [worst] = findings.toSorted(
    (a, b) => compareSeverity(a.finding.severity, b.finding.severity) || compareAction(a.action, b.action),
  );
  const [strictest] = findings.toSorted((a, b) => compareAction(a.action, b.action));
  if (worst === undefined || strictest === undefined) return { id };
  const { finding } = worst;
  const url = httpsUrl(finding.helpUrl);
  const severity = securitySeverities[finding.severity];
  const name = shorten(oneLine(finding.rule), sarifRuleNameMaxChars);
  return {
    id,
    ...(name !== '' && name !== id && { name }),
    shortDescription: { text: sentence(finding.title) },
    fullDescription: { text: sentence(finding.detail ?? finding.title) },
    help: helpOf(finding),
    ...(url !== undefined && { helpUri: urlText(url) }),
    defaultConfiguration: { level: levels[strictest.action] },
    properties: {
      tags: tagsOf(finding),
      precision: 'high',
      ...(severity === undefined ? {} : { 'security-severity': severity }),
    },
  };
}

function tagsOf(finding: Finding): readonly string[] {
  const engine = shorten(oneLine(finding.engine), 100);
  const tags = [...(isSecurity[finding.category] ? ['security'] : []), 'kubernetes', finding.category, engine];
  return [...new Set(tags.filter((tag) => tag !== ''))].slice(0, sarifTagsPerRule);
}

function helpOf(finding: Finding): object {
  const url = httpsUrl(finding.helpUrl);
  const fix = fixOf(finding);
  const parts = [finding.detail ?? finding.title, ...(fix === undefined ? [] : [`How to mend it: ${fix}`])];
  return {
    text: parts.map(sentence).join('\n\n'),
    markdown: [
      ...parts.map((part) => prose(part)),
      ...(url === undefined ? [] : [`[More about this rule](<${urlText(url)}>)`]),
    ].join('\n\n'),
  };
}

/** One line that ends in a full stop, as readers of SARIF expect, within the length code scanning shows. */
export function sentence(text: string, maxChars: number = sarifDescriptionMaxChars): string {
  const line = shorten(oneLine(text), maxChars - 1) || 'No text given';
  return /[.!?…]$/.test(line) ? line : `${line}.`;
}
