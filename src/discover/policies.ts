import path from 'node:path';
import type { GateConfig, Organization } from '../model/config.ts';
import { GateError, toGateError } from '../model/gate-error.ts';
import { isArray, isObject, type JsonValue } from '../model/json.ts';
import type { SourceUnit } from '../model/manifest-set.ts';
import type { PolicyFile, PolicyLanguage } from '../model/policy.ts';
import { itemsOf } from '../yaml/objects.ts';
import { parseYaml } from '../yaml/yaml.ts';
import { readBy, type Text } from './beside-policies.ts';
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
  const isPolicy = policyFiles(config);
  const policies: PolicyFile[] = [];
  const others: Text[] = [];
  const failures: GateError[] = [];
  const tests: SourceUnit[] = [];
  const ofTests = new Set<string>();
  for (const { file, kind, readText } of candidates(config, workspace, isPolicy)) {
    if (kind === 'symlink') {
      failures.push(symlinkRefused(file));
      continue;
    }
    try {
      const text = await readText();
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
    failures: [...failures, ...namedInVain(config, workspace), ...switchedOff(policies, config)],
  };
}

/** Which files of the repository are policies: those of the organization, too, if it is a folder of the repository. */
function policyFiles({ policies, organization }: GateConfig): Selection {
  const inPolicies = select(policies);
  const shared = organization?.isFetched === false ? sharedPolicies(organization) : () => false;
  return (file) => (inPolicies(file) || shared(file)) && isReadable(file);
}

function sharedPolicies({ policies, shown }: Organization): Selection {
  const isMeant = select(policies);
  return (file) => {
    const below = path.posix.relative(shown, file);
    return !below.startsWith('../') && isMeant(below) && isReadable(file);
  };
}

function isReadable(file: string): boolean {
  return /\.(?:ya?ml|json|rego)$/i.test(file);
}

interface Candidate {
  readonly file: string;
  readonly kind: 'file' | 'symlink';
  readonly readText: () => Promise<string>;
}

/** The repository's policies, then those of its organization, named by where they are from. */
function candidates({ organization }: GateConfig, { trusted, shared }: Workspace, isPolicy: Selection): readonly Candidate[] {
  const own = [...trusted.all.values()]
    .filter((file) => isPolicy(file.path))
    .map(({ path: file, kind }) => ({ file, kind, readText: () => trusted.readText(file) }));
  if (organization === undefined || shared === undefined || !organization.isFetched) return own;
  const isMeant = select(organization.policies);
  const others = [...shared.all.values()]
    .filter((file) => isMeant(file.path) && isReadable(file.path))
    .map(({ path: below, kind }) => ({
      file: path.posix.join(organization.shown, below),
      kind,
      readText: () => shared.readText(below),
    }));
  return [...own, ...others];
}

/** The default policy folder; it does not have to exist. */
const defaultFolder = '.k8s-gate/policies';

/** A typo in `policies` must not disable all policies. */
function namedInVain(config: GateConfig, workspace: Workspace): readonly GateError[] {
  const { organization } = config;
  const parts = [
    { files: workspace.trusted, policies: config.policies, of: {} },
    ...(organization === undefined || workspace.shared === undefined
      ? []
      : [{ files: workspace.shared, policies: organization.policies, of: { file: organization.file } }]),
  ];
  return parts.flatMap(({ files, policies, of }) => {
    const names = [...files.all.keys()];
    return policies
      .map((pattern, index) => ({ pattern, setting: { path: ['policies', index], text: pattern } }))
      .filter(({ pattern }) => pattern !== defaultFolder && !names.some(select([pattern])))
      .map(({ pattern, setting }) => {
        const message = `\`policies\`: \`${pattern}\` matches no file`;
        const rest = { setting, expected: 'a folder or glob of policies', next: 'Correct the path.' };
        return new GateError('POLICY_INVALID', { ...of, message, ...rest });
      });
  });
}

/** Final policies of the organization without the engine that evaluates them. */
function switchedOff(policies: readonly PolicyFile[], { organization }: GateConfig): readonly GateError[] {
  if (organization === undefined) return [];
  const isShared = organization.isFetched ? select([organization.shown]) : sharedPolicies(organization);
  const languages = new Set(policies.filter(({ file }) => isShared(file)).map(({ language }) => language));
  return [...languages].flatMap((language) => {
    const details = organization.unevaluated[language];
    return details === undefined ? [] : [new GateError('CONFIG_INVALID', details)];
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
