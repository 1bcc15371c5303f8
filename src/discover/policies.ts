import path from 'node:path';
import type { GateConfig } from '../model/config.ts';
import { GateError, toGateError } from '../model/gate-error.ts';
import { isArray, isObject, type JsonValue } from '../model/json.ts';
import type { SourceUnit } from '../model/manifest-set.ts';
import type { PolicyFile, PolicyLanguage } from '../model/policy.ts';
import { parseYaml } from '../yaml/yaml.ts';
import { itemsOf, readBy, type Text } from './beside-policies.ts';
import { skippedUnit, symlinkRefused } from './plain.ts';
import { type Selection, select } from './selection.ts';
import type { Workspace } from './workspace.ts';

export interface PoliciesFound {
  readonly policies: readonly PolicyFile[];
  /** Whether a file is in a policy folder. Documents other than policies are judged like any manifest. */
  readonly isPolicy: Selection;
  readonly skipped: readonly SourceUnit[];
  readonly failures: readonly GateError[];
}

/**
 * Reads the files of `policies`, from the base commit if there is one: the change's own copies of policies are not in force. `paths` and
 * `exclude` select what is judged, and do not apply to policies.
 */
export async function findPolicies(config: GateConfig, workspace: Workspace): Promise<PoliciesFound> {
  const inPolicies = select(config.policies);
  const isPolicy = (file: string) => inPolicies(file) && /\.(?:ya?ml|json|rego)$/i.test(file);
  const policies: PolicyFile[] = [];
  const others: Text[] = [];
  const failures: GateError[] = [];
  const tests: SourceUnit[] = [];
  const ofTests = new Set<string>();
  for (const { path: file, kind } of workspace.trusted.all.values()) {
    if (!isPolicy(file)) continue;
    if (kind === 'symlink') {
      failures.push(symlinkRefused(file));
      continue;
    }
    try {
      const text = await workspace.trusted.readText(file);
      const language = languageOf(file, text);
      const samples = language === undefined ? samplesOf(file, text) : undefined;
      if (samples !== undefined) {
        tests.push({ kind: 'policy', path: file, status: 'rendered', resources: 0, reason: 'tests of policies' });
        for (const sample of samples) ofTests.add(sample);
      } else if (language === undefined) others.push({ file, text });
      else policies.push({ file, language, text });
    } catch (thrown) {
      failures.push(toGateError(thrown));
    }
  }
  const read = readBy(policies, others);
  const unread = others
    .filter((other) => !ofTests.has(other.file) && !read.some(({ file }) => file === other.file))
    .map(({ file }) => skippedUnit(file, 'no policy in it', 'policy'));
  return {
    policies: [...policies, ...read],
    isPolicy,
    skipped: [...unread, ...tests],
    failures: [...failures, ...namedInVain(config, workspace)],
  };
}

/** The default policy folder; it does not have to exist. */
const defaultFolder = '.k8s-gate/policies';

/** A typo in `policies` must not disable all policies. */
function namedInVain(config: GateConfig, workspace: Workspace): readonly GateError[] {
  const files = [...workspace.trusted.all.keys()];
  return config.policies
    .filter((pattern) => pattern !== defaultFolder && !files.some(select([pattern])))
    .map((pattern) => {
      const message = `\`policies\`: \`${pattern}\` matches no file`;
      return new GateError('POLICY_INVALID', { message, expected: 'a folder or glob of policies', next: 'Correct the path.' });
    });
}

function languageOf(file: string, text: string): PolicyLanguage | undefined {
  if (/\.rego$/i.test(file)) return 'rego';
  const documents = parseYaml({ file, text, errorCode: 'POLICY_INVALID' });
  for (const { value, line } of documents) for (const item of itemsOf(value)) refuseForeign(item, file, line);
  const found = documents.flatMap(({ value, line }) =>
    itemsOf(value).map((item) => ({ line, language: languageOfObject(item) })),
  );
  const first = found.find(({ language }) => language !== undefined);
  const other = found.find(({ language }) => language !== undefined && language !== first?.language);
  if (other === undefined) return first?.language;
  throw new GateError('POLICY_INVALID', {
    file,
    line: other.line,
    message: 'the file contains policies for two engines',
    expected: 'Kyverno policies, Gatekeeper policies and ValidatingAdmissionPolicies in separate files',
    next: 'Split the file.',
  });
}

/** Whether a document is a policy, or a List of only policies. */
export function isPolicyDocument(value: JsonValue): boolean {
  const items = itemsOf(value);
  return items.length > 0 && items.every((item) => languageOfObject(item) !== undefined || isPolicyTest(item));
}

/** A suite of Gatekeeper or a test of Kyverno with its values, which `k8s-gate policies test` runs: no API server accepts them. */
function isPolicyTest(value: JsonValue): boolean {
  return (
    isObject(value) &&
    typeof value.apiVersion === 'string' &&
    /^(?:test\.gatekeeper\.sh|cli\.kyverno\.io)\//.test(value.apiVersion)
  );
}

/** The objects that the tests in a file evaluate, which are manifests like any other; undefined for a file without tests. */
function samplesOf(file: string, text: string): readonly string[] | undefined {
  const tests = parseYaml({ file, text, errorCode: 'POLICY_INVALID' }).filter(({ value }) => isPolicyTest(value));
  return tests.length === 0
    ? undefined
    : tests.flatMap(({ value }) => namesIn(value)).map((name) => path.posix.join(path.posix.dirname(file), name));
}

/** Files that suites of Gatekeeper and tests of Kyverno name, wherever they do. */
const sampleKeys = new Set([
  ...['object', 'inventory'],
  ...['resources', 'targetResources', 'patchedResources', 'generatedResource', 'cloneSourceResource', 'variables', 'userinfo'],
]);

function namesIn(value: JsonValue): readonly string[] {
  if (isArray(value)) return value.flatMap(namesIn);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, member]) => {
    if (!sampleKeys.has(key)) return namesIn(member);
    return [member].flat().flatMap((name) => (typeof name === 'string' ? [name] : namesIn(name)));
  });
}

/** Users would assume that a policy of an unsupported tool is in force. */
function refuseForeign(value: JsonValue, file: string, line: number): void {
  if (!isObject(value) || typeof value.apiVersion !== 'string' || typeof value.kind !== 'string') return;
  const tool = foreignTools.find(([groups]) => groups.test(String(value.apiVersion)))?.[1];
  if (tool === undefined) return;
  throw new GateError('POLICY_INVALID', {
    file,
    line,
    message: `${value.kind} is a policy of ${tool}, which no engine of the gate evaluates`,
    expected: 'a ValidatingAdmissionPolicy, a Kyverno or Gatekeeper policy, or Rego with rules named deny, violation or warn',
    next: 'Rewrite it as one of them, or move it out of the folders in `policies`.',
  });
}

const foreignTools: readonly (readonly [RegExp, string])[] = [
  [/^policies\.kubewarden\.io\//, 'Kubewarden'],
  [/^policy\.open-cluster-management\.io\//, 'Open Cluster Management'],
  [/^(?:policy\.)?jspolicy\.com\//, 'jsPolicy'],
  [/^policy\.sigstore\.dev\//, 'the Sigstore policy controller'],
];

function languageOfObject(value: JsonValue): PolicyLanguage | undefined {
  if (!isObject(value) || typeof value.apiVersion !== 'string' || typeof value.kind !== 'string') return undefined;
  const group = value.apiVersion.split('/')[0] ?? '';
  if (group === 'kyverno.io' || (group.endsWith('.kyverno.io') && group !== 'cli.kyverno.io')) return 'kyverno';
  if (group.endsWith('.gatekeeper.sh') && group !== 'test.gatekeeper.sh') return 'gatekeeper';
  return group === 'admissionregistration.k8s.io' && /^(?:Validating|Mutating)AdmissionPolicy/.test(value.kind)
    ? 'cel'
    : undefined;
}
