import type { Category } from '../model/category.ts';
import type { Finding } from '../model/finding.ts';
import { type Action, compareAction, compareSeverity, type Severity } from '../model/severity.ts';
import type { JudgedFinding } from '../model/verdict.ts';
import { httpsUrl, urlText } from './escape.ts';
import { sarifDescriptionMaxChars, sarifRuleNameMaxChars, sarifTagsPerRule } from './limits.ts';
import { prose } from './markdown.ts';
import { oneLine, shorten } from './text.ts';
import { fixOf, ruleOf } from './view.ts';

/** Code scanning maps scores above 9.0 to critical, from 7.0 to high, from 4.0 to medium, from 0.1 to low. `unknown` has no score. */
const securitySeverities: Readonly<Record<Severity, string | undefined>> = {
  critical: '9.5',
  high: '8.0',
  medium: '5.5',
  low: '2.0',
  unknown: undefined,
};
const levels: Readonly<Record<Action, 'error' | 'warning' | 'note'>> = { block: 'error', warn: 'warning', allow: 'note' };
/** Code scanning lists rules with the `security` tag as security alerts; only style advice goes without it. */
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

/** `cel/privileged`. Code scanning groups alerts by rule, so the id contains nothing that changes from run to run. */
export function ruleIdOf(finding: Finding): string {
  return shorten(oneLine(ruleOf(finding)), sarifRuleNameMaxChars) || 'unnamed';
}

/** The reportingDescriptor of a rule, based on its worst finding. */
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
  const parts = [finding.detail ?? finding.title, ...(fix === undefined ? [] : [`How to fix it: ${fix}`])];
  return {
    text: parts.map(sentence).join('\n\n'),
    markdown: [
      ...parts.map((part) => prose(part)),
      ...(url === undefined ? [] : [`[More about this rule](<${urlText(url)}>)`]),
    ].join('\n\n'),
  };
}

/** One line that ends with a full stop, as SARIF requires, within the length that code scanning shows. */
export function sentence(text: string, maxChars: number = sarifDescriptionMaxChars): string {
  const line = shorten(oneLine(text), maxChars - 1) || 'No description available';
  return /[.!?…]$/.test(line) ? line : `${line}.`;
}
