import path from 'node:path';
import * as z from 'zod';
import { correlationFile, parseCorrelation } from '../../inputs/correlation.ts';
import type { Correlation } from '../../model/correlation.ts';
import { isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { parseYaml } from '../../yaml/yaml.ts';
import type { CommandContext } from '../command.ts';
import type { Entry } from './entry.ts';
import { examples } from './examples.ts';
import { imageRules } from './images.ts';
import kubeLinter from './kube-linter-0.8.3.json' with { type: 'json' };
import { ownRules } from './own.ts';
import { signatureRules } from './signatures.ts';
import trivy from './trivy-0.74.0.json' with { type: 'json' };

const annotated = z.object({
  kind: z.string(),
  metadata: z.object({ name: z.string(), annotations: z.record(z.string(), z.unknown()).optional() }),
});

/** Every rule that is known: of the pack, the repository's own policies, the gate, and what Trivy and KubeLinter publish about theirs. */
export async function readRules({ ports, gateRoot, cwd }: CommandContext): Promise<ReadonlyMap<string, Entry>> {
  const shipped = path.join(gateRoot, 'policies');
  const entries: Entry[] = [...ownRules, ...signatureRules, ...imageRules, ...trivyRules()];
  for (const { path: file, kind } of await ports.files.walk(shipped, () => false)) {
    if (kind !== 'file' || !file.endsWith('.yaml') || file === path.basename(correlationFile)) continue;
    const text = await ports.files.readText(path.join(shipped, file));
    for (const { value } of parseYaml({ file: `policies/${file}`, text, errorCode: 'POLICY_INVALID' }))
      entries.push(
        ...(file === 'severity.yaml' && isObject(value) ? linterRules(value) : policyRules(value, `policies/${file}`)),
      );
  }
  entries.push(...(await repositoryPolicies(cwd, ports.files)));
  const { causes } = parseCorrelation(await ports.files.readText(path.join(gateRoot, correlationFile)));
  return new Map(entries.map((entry) => [entry.name, withCause(entry, causes)]));
}

/** Policies in the usual folder. What does not parse is the concern of `check`. */
async function repositoryPolicies(cwd: string, files: CommandContext['ports']['files']): Promise<readonly Entry[]> {
  const folder = path.join(cwd, '.k8s-gate/policies');
  if ((await files.stat(folder))?.kind !== 'folder') return [];
  const entries: Entry[] = [];
  for (const { path: file, kind } of await files.walk(folder, () => false)) {
    if (kind !== 'file' || !/\.ya?ml$/.test(file)) continue;
    const name = `.k8s-gate/policies/${file}`;
    try {
      const text = await files.readText(path.join(folder, file));
      for (const { value } of parseYaml({ file: name, text, errorCode: 'POLICY_INVALID' }))
        entries.push(...policyRules(value, name));
    } catch {}
  }
  return entries;
}

/** Policies of CEL, Kyverno and Gatekeeper carry their texts as annotations. */
function policyRules(value: JsonValue, file: string): readonly Entry[] {
  const read = annotated.safeParse(value);
  if (!read.success) return [];
  const { kind, metadata } = read.data;
  const engine = engineOf(kind);
  if (engine === undefined) return [];
  const note = (...keys: readonly string[]): string | undefined => {
    const texts = keys.map((key) => metadata.annotations?.[key]);
    return texts
      .find((text): text is string => typeof text === 'string')
      ?.replace(/\s+/g, ' ')
      .trim();
  };
  const usual = kind === 'MutatingAdmissionPolicy' ? 'low' : 'high';
  const severity = note('k8s-gate.io/severity', 'policies.kyverno.io/severity') ?? usual;
  const optional = note('k8s-gate.io/enabled') === 'false' ? ' (disabled by default; enable it in engines.cel.enable)' : '';
  const url = note('k8s-gate.io/help-url');
  const why = note('k8s-gate.io/description', 'policies.kyverno.io/description', 'description');
  const fix = note('k8s-gate.io/fix');
  return [
    {
      name: `${engine}/${metadata.name}`,
      title: note('k8s-gate.io/title', 'policies.kyverno.io/title') ?? `a policy in ${file}`,
      severity: `${[...new Set(severity.split(',').map((one) => one.trim()))].join(' or ')}${optional}`,
      ...(why !== undefined && { why }),
      ...(fix !== undefined && { fix }),
      policy: file,
      references: url === undefined ? [] : [url],
    },
  ];
}

function engineOf(kind: string): string | undefined {
  if (kind === 'ValidatingAdmissionPolicy' || kind === 'MutatingAdmissionPolicy') return 'cel';
  if (kind === 'ConstraintTemplate') return 'gatekeeper';
  return /^(?:Cluster)?Policy$|^(?:Namespaced)?(?:Validating|Mutating|Generating|ImageValidating|Deleting)Policy$/.test(kind)
    ? 'kyverno'
    : undefined;
}

function trivyRules(): readonly Entry[] {
  return Object.entries(trivy).map(([id, { title, why, severity, fix, references }]) => ({
    name: `trivy/${id}`,
    title,
    severity,
    why,
    fix,
    references: [`https://avd.aquasec.com/misconfig/${id.toLowerCase()}`, ...references],
  }));
}

function linterRules(map: JsonObject): readonly Entry[] {
  const known = new Map<string, Pick<Entry, 'title' | 'why' | 'fix' | 'example'>>(Object.entries(kubeLinter));
  return Object.entries(isObject(map['kube-linter']) ? map['kube-linter'] : {}).map(([check, severity]) => {
    const { title, ...texts } = known.get(check) ?? { title: 'a check of KubeLinter' };
    return {
      name: `kube-linter/${check}`,
      title,
      severity: `${String(severity)} (policies/severity.yaml)`,
      ...texts,
      references: [`https://docs.kubelinter.io/#/generated/checks?id=${check}`],
    };
  });
}

/** The example, and the rules of other engines with the same cause. */
function withCause(entry: Entry, causes: Correlation): Entry {
  const cause = causes.find(({ rules }) => rules.some(({ engine, rule }) => `${engine}/${rule}` === entry.name));
  const example = entry.example ?? examples[entry.name] ?? examples[cause?.id ?? ''];
  const others = cause?.rules.map(({ engine, rule }) => `${engine}/${rule}`).filter((name) => name !== entry.name) ?? [];
  return {
    ...entry,
    ...(example !== undefined && { example }),
    ...(others.length > 0 && { alike: [...new Set(others)] }),
  };
}
