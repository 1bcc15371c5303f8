import path from 'node:path';
import type { HelmChart } from '../model/config.ts';
import type { Gap } from '../model/gap.ts';
import { type JsonObject, stringifyJson } from '../model/json.ts';
import { lexTemplate } from './template-lexer.ts';

/** What no rendering here can know. `direct`: many charts keep what `lookup` finds in a variable, and the coverage names that. */
const answers: readonly { readonly what: string; readonly pattern: RegExp; readonly isDirect?: true }[] = [
  { what: 'the time', pattern: /(?<![\w.$"-])(?:now|ago)\b/ },
  { what: 'the revision of the release', pattern: /\.Release\.Revision\b/ },
  {
    what: 'random values',
    pattern:
      /(?<![\w.$"-])(?:rand(?:Alpha|AlphaNum|Ascii|Numeric|Bytes|Int)|shuffle|uuidv4|htpasswd|bcrypt|gen(?:CA|PrivateKey|SelfSignedCert|SignedCert))\b/,
  },
  { what: 'DNS', pattern: /(?<![\w.$"-])getHostByName\b/ },
  { what: 'objects in the cluster', pattern: /(?<![\w.$"-])lookup\b/, isDirect: true },
];
const decision = /^(?:else\s+)?if\b|\bternary\b/;
const assignment = /^(\$\w+)\s*:?=/;

/**
 * Templates that decide by something that is different at each rendering: whatever was rendered here, the cluster may get something else. One gap
 * for each answer and chart, at the first line.
 */
export function undecided(
  chart: HelmChart,
  templates: ReadonlyMap<string, readonly string[]>,
  values: JsonObject | undefined,
): readonly Gap[] {
  return [...inTemplates(chart, templates), ...inTexts(chart, templates, values)];
}

/** A text that `tpl` evaluates is not rendered as the template of a cluster in which `lookup` finds something. */
const textWithLookup = /\{\{[^}]*(?<![\w.$-])lookup\b/;

function inTexts(
  chart: HelmChart,
  templates: ReadonlyMap<string, readonly string[]>,
  values: JsonObject | undefined,
): readonly Gap[] {
  const reason = 'a text that may be evaluated as a template uses `lookup`';
  for (const [file, lines] of templates) {
    const text = lines.join('\n');
    if (!text.includes('lookup')) continue;
    const asking = lexTemplate(text).find(
      ({ kind, code }) => kind === 'action' && !code.startsWith('/*') && textWithLookup.test(code),
    );
    if (asking !== undefined) return [gap(chart, file, text.slice(0, asking.start).split('\n').length, reason)];
  }
  const isInValues = values !== undefined && textWithLookup.test(stringifyJson(values));
  return isInValues ? [gap(chart, path.posix.join(chart.path, 'values.yaml'), 1, reason)] : [];
}

function gap(chart: HelmChart, file: string, line: number, reason: string): Gap {
  const next = 'Use a value instead, or review the template and waive gate/not-evaluated for it.';
  return { file, line, subject: `chart ${chart.fetched?.label ?? chart.path}`, reason, next };
}

function inTemplates(chart: HelmChart, templates: ReadonlyMap<string, readonly string[]>): readonly Gap[] {
  return answers.flatMap(({ what, pattern, isDirect }): readonly Gap[] => {
    for (const [file, lines] of templates) {
      const text = lines.join('\n');
      if (!pattern.test(text)) continue;
      const line = firstDecision(text, pattern, isDirect === true);
      if (line === undefined) continue;
      const reason = `a template depends on ${what}, so the cluster may get something else than was rendered here`;
      return [gap(chart, file, line, reason)];
    }
    return [];
  });
}

/** Unless it has to be direct: also by a variable that keeps the answer. */
function firstDecision(text: string, pattern: RegExp, isDirect: boolean): number | undefined {
  const kept: string[] = [];
  for (const { kind, code, start } of lexTemplate(text)) {
    if (kind === 'text' || code.startsWith('/*')) continue;
    const asks = pattern.test(code) || kept.some((name) => new RegExp(`\\${name}(?!\\w)`).test(code));
    if (!asks) continue;
    if (decision.test(code)) return text.slice(0, start).split('\n').length;
    const [, name] = assignment.exec(code) ?? [];
    if (name !== undefined && !isDirect) kept.push(name);
  }
  return undefined;
}
