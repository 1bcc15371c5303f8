import path from 'node:path';
import { GateError } from '../model/gate-error.ts';
import { isObject, type JsonObject, type JsonValue } from '../model/json.ts';
import { nearest } from '../model/nearest.ts';
import { parseYaml } from '../yaml/yaml.ts';
import { type Command, type CommandContext, parseFlags } from './command.ts';

const help = `Explains what a rule checks, why it matters and how to fix a finding: a policy of the pack (with its name in reports), a check of KubeLinter,
or an advisory (CVE, GHSA).`;

export const explainCommand: Command = {
  name: 'explain',
  usage: 'k8s-gate explain RULE',
  help,
  async run(args, context) {
    const { positionals } = parseFlags(explainCommand, args, {});
    const [rule, ...rest] = positionals;
    if (rule === undefined || rest.length > 0) {
      throw new GateError('INPUT_INVALID', { message: 'explain: expected exactly one rule', expected: 'k8s-gate explain RULE' });
    }
    context.stdout(await explain(rule, context));
    return 0;
  },
};

async function explain(rule: string, context: CommandContext): Promise<string> {
  const advisory = explainAdvisory(rule.split('/').at(-1) ?? rule);
  if (advisory !== undefined) return advisory;
  const rules = await readRules(context);
  // Reports show engine and rule (`cel/privileged`), for Kyverno policy and rule (`require-limits/limits`); only the policy is known here.
  const [first = rule, ...rest] = rule.split('/');
  const text = rules.get(rule) ?? rules.get(first) ?? rules.get(rest[0] ?? rule);
  if (text !== undefined) return text;
  const near = nearest(rule, [...rules.keys()]);
  throw new GateError('INPUT_INVALID', {
    message: `unknown rule \`${rule}\``,
    expected: near === undefined ? 'a policy of the pack, a check of KubeLinter or an advisory' : `\`${near}\``,
    next: 'docs/policies.md lists the pack. For your own policies, see their files.',
  });
}

function explainAdvisory(rule: string): string | undefined {
  if (/^CVE-\d{4}-\d{4,}$/.test(rule))
    return `${rule}: a vulnerability of a package in an image.\nDetails: https://nvd.nist.gov/vuln/detail/${rule}\nFix: use an image with the fixed version of the finding.\n`;
  if (/^GHSA(-[0-9a-z]{4}){3}$/.test(rule))
    return `${rule}: a vulnerability of a package in an image.\nDetails: https://github.com/advisories/${rule}\nFix: use an image with the fixed version of the finding.\n`;
  return undefined;
}

/** Rules of the gate itself, which have no policy file. */
const ownRules: Readonly<Record<string, string>> = {
  'gate/not-evaluated': `gate/not-evaluated: something that is or may be deployed was not evaluated by any engine
Severity: unknown (warns unless the policy for \`unknown\` is different)
Why: A chart that is not rendered, a custom resource with containers that no engine supports, or a submodule that is not checked out
may deploy anything. No findings does not mean that it is secure.
Fix: Follow the finding: render it in a step before the gate, enable an engine or add a policy for its kind, or waive
gate/not-evaluated for the resource or file.
Details: docs/coverage.md
`,
};

async function readRules({ ports, gateRoot }: CommandContext): Promise<ReadonlyMap<string, string>> {
  const folder = path.join(gateRoot, 'policies');
  const rules = new Map(Object.entries(ownRules));
  for (const { path: file, kind } of await ports.files.walk(folder, () => false)) {
    if (kind !== 'file' || !file.endsWith('.yaml')) continue;
    const text = await ports.files.readText(path.join(folder, file));
    for (const { value } of parseYaml({ file: `policies/${file}`, text, errorCode: 'POLICY_INVALID' })) {
      if (!isObject(value)) continue;
      if (file === 'severity.yaml') addChecks(value, rules);
      else addPolicy(value, `policies/${file}`, rules);
    }
  }
  return rules;
}

function addChecks(map: JsonObject, rules: Map<string, string>): void {
  const checks = map['kube-linter'];
  if (!isObject(checks)) return;
  for (const [check, severity] of Object.entries(checks)) {
    rules.set(
      check,
      `${check}: a check of KubeLinter; severity ${String(severity)} (policies/severity.yaml)\nDetails: https://docs.kubelinter.io/#/generated/checks?id=${check}\n`,
    );
  }
}

function addPolicy(object: JsonObject, file: string, rules: Map<string, string>): void {
  const metadata = object.metadata;
  if (object.kind !== 'ValidatingAdmissionPolicy' || !isObject(metadata)) return;
  const { name, annotations } = metadata;
  if (typeof name !== 'string') return;
  const note = (key: string): string | undefined => {
    const value: JsonValue | undefined = isObject(annotations) ? annotations[`k8s-gate.io/${key}`] : undefined;
    return typeof value === 'string' ? value : undefined;
  };
  const lines = [
    `${name}: ${note('title') ?? 'a policy of the pack'}`,
    `Severity: ${severities(note('severity') ?? 'high')}${note('enabled') === 'false' ? ' (disabled by default; enable it in engines.cel.enable)' : ''}`,
    ...labelled('Why', note('description')),
    ...labelled('Fix', note('fix')),
    ...labelled('Details', note('help-url')),
    `Policy: ${file}`,
  ];
  rules.set(name, `${lines.join('\n')}\n`);
}

/** A policy has one severity, or one per validation. */
function severities(text: string): string {
  return [...new Set(text.split(',').map((one) => one.trim()))].join(' or ');
}

function labelled(label: string, text: string | undefined): readonly string[] {
  return text === undefined ? [] : [`${label}: ${text}`];
}
