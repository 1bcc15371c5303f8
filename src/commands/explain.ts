import path from 'node:path';
import { GateError } from '../model/gate-error.ts';
import { nearest } from '../model/nearest.ts';
import { type Command, type CommandContext, parseFlags } from './command.ts';
import { type Entry, entryText } from './explain/entry.ts';

const help = `Explains what a rule checks, why it matters and how to fix it: a rule of any engine as named in reports, a policy of this repository, or an
advisory (CVE, GHSA).

  --report FILE         Also list its findings in this JSON report, with package, image and fixed version.

Examples:
  k8s-gate explain cel/privileged
  k8s-gate explain trivy/KSV-0014
  k8s-gate check -o json=report.json; k8s-gate explain CVE-2024-3094 --report report.json`;

export const explainCommand: Command = {
  name: 'explain',
  usage: 'k8s-gate explain RULE [--report FILE]',
  help,
  async run(args, context) {
    const { positionals, values } = parseFlags(explainCommand, args, { report: { type: 'string' } });
    const [rule, ...rest] = positionals;
    if (rule === undefined || rest.length > 0)
      throw new GateError('INPUT_INVALID', {
        message: 'explain: expected exactly one rule',
        expected: 'k8s-gate explain cel/privileged',
      });
    const report = values.report === undefined ? undefined : await inReport(rule, values.report, context);
    const text = await explain(rule, context, report?.found === true);
    context.stdout([text, ...(report === undefined ? [] : [report.text])].join('\n'));
    return 0;
  },
};

async function inReport(rule: string, file: string, { ports, cwd }: CommandContext) {
  const text = await ports.files.readText(path.resolve(cwd, file));
  const { explainInReport } = await import('./explain/in-report.ts');
  return explainInReport(rule, text, file);
}

async function explain(rule: string, context: CommandContext, isReported: boolean): Promise<string> {
  const advisory = explainAdvisory(rule.split('/').at(-1) ?? rule);
  if (advisory !== undefined) return advisory;
  const { benchRule } = await import('./explain/kube-bench.ts');
  const bench = benchRule(rule);
  if (bench !== undefined) return entryText(bench);
  const { readRules } = await import('./explain/rules.ts');
  const rules = await readRules(context);
  const found = find(rule, rules);
  if (found.length > 0) return found.map(entryText).join('\n');
  // A rule of an imported result or of a benchmark is only known from the report.
  if (isReported) return `${rule}: see its findings.\n`;
  const near = nearest(rule, [...rules.keys()]) ?? nearest(rule, [...rules.keys()].map(bare));
  throw new GateError('INPUT_INVALID', {
    message: `unknown rule \`${rule}\``,
    expected: near === undefined ? 'a rule as in reports (engine/rule), or an advisory (CVE, GHSA)' : `\`${near}\``,
    next: 'docs/policies.md lists the rules of the pack. For another rule, pass the report that names it: --report FILE.',
  });
}

/** By its full name; else by that of the policy (Kyverno: `kyverno/require-limits/limits`), or without the engine in any engine. */
function find(rule: string, rules: ReadonlyMap<string, Entry>): readonly Entry[] {
  const steps = rule.split('/');
  const exact = rules.get(rule) ?? rules.get(steps.slice(0, 2).join('/'));
  if (exact !== undefined) return [exact];
  return [...rules].filter(([name]) => bare(name) === rule || bare(name) === steps[0]).map(([, entry]) => entry);
}

function bare(name: string): string {
  return name.slice(name.indexOf('/') + 1);
}

function explainAdvisory(rule: string): string | undefined {
  const url = /^CVE-\d{4}-\d{4,}$/.test(rule)
    ? `https://nvd.nist.gov/vuln/detail/${rule}`
    : /^GHSA(-[0-9a-z]{4}){3}$/.test(rule)
      ? `https://github.com/advisories/${rule}`
      : undefined;
  return url === undefined
    ? undefined
    : `${rule}: a vulnerability of a package in an image.\nFix: use an image with the fixed version of the finding; --report FILE shows package, image and version.\nDetails: ${url}\n`;
}
