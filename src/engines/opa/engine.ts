import type { Coverage, Target } from '../../model/engine-run.ts';
import type { EngineFinding } from '../../model/finding.ts';
import { toGateError } from '../../model/gate-error.ts';
import type { ManifestSet } from '../../model/manifest-set.ts';
import type { PolicyFile } from '../../model/policy.ts';
import { type Resource, resourceLabel } from '../../model/resource.ts';
import { resourceTargets } from '../all-targets.ts';
import type { Engine } from '../engine.ts';
import type { Part } from '../part.ts';
import { reuseResources } from '../reuse-resources.ts';
import { writeCapabilities } from './capabilities.ts';
import { isModule } from './data.ts';
import { type Document, evaluate, type Outcome } from './evaluate.ts';
import type { JudgingRule } from './modules.ts';
import { type OpaOptions, opaOptionsSchema } from './options.ts';
import { type LoadedPolicies, loadPolicies } from './policies.ts';
import type { OpaContext } from './process.ts';
import { engineId, findingsOf, type SubjectOf, undecided } from './results.ts';
import { ruleKey } from './wrapper.ts';

export const opaEngine: Engine<OpaOptions> = {
  id: engineId,
  title: 'OPA',
  kind: 'scanner',
  scope: ({ combine }) => (combine ? 'set' : 'target'),
  language: 'rego',
  summary: 'Your own policies in Rego, following the conventions of Conftest.',
  tool: 'opa',
  options: opaOptionsSchema,
  notApplicable,
  targets: resourceTargets,
  run,
};

function regoPolicies(set: ManifestSet): readonly PolicyFile[] {
  return set.policies.filter((policy) => policy.language === 'rego');
}

function notApplicable(set: ManifestSet): string | undefined {
  if (!regoPolicies(set).some(isModule)) return 'no Rego policies';
  return set.resources.length === 0 ? 'no resources to evaluate' : undefined;
}

/** A finding about all resources together belongs to no single resource, so its result is not stored. */
function run(context: OpaContext): Promise<Part> {
  const judgedBy = regoPolicies(context.set).flatMap(({ file, text }) => [file, text]);
  return reuseResources(context, { engine: engineId, judgedBy, scope: context.options.combine ? 'together' : 'each' }, judgeSet);
}

async function judgeSet(context: OpaContext): Promise<Part> {
  const { set, options } = context;
  const capabilities = await writeCapabilities(context);
  const policies = await loadPolicies(context, regoPolicies(set), capabilities);
  const documents = options.combine ? [combined(set.resources)] : set.resources.map(single);
  const outcomes = await evaluate(context, policies, capabilities, documents);
  const judged = options.combine ? judgeCombined(set, policies, outcomes.get(combinedKey)) : judgeEach(set, policies, outcomes);
  return { ...judged, notes: policies.notes };
}

function single(resource: Resource): Document {
  return { key: resource.uid, label: resourceLabel(resource), value: resource.object };
}

const combinedKey = 'combined';

function combined(resources: readonly Resource[]): Document {
  const value = resources.map(({ uid, source, object }) => ({ uid, path: source.unit, contents: object }));
  return { key: combinedKey, label: 'all resources together', value };
}

interface Judged {
  readonly findings: readonly EngineFinding[];
  readonly coverage: readonly Coverage[];
}

function judgeEach(set: ManifestSet, policies: LoadedPolicies, outcomes: ReadonlyMap<string, Outcome>): Judged {
  const judged = set.resources.map((resource) => {
    const subjectOf: SubjectOf = (path) => ({ kind: 'resource', resource: resource.uid, path });
    const target: Target = { kind: 'resource', resource: resource.uid };
    return judge(policies, outcomes.get(resource.uid), [target], resourceLabel(resource), () => subjectOf);
  });
  return { findings: judged.flatMap((part) => part.findings), coverage: judged.flatMap((part) => part.coverage) };
}

function judgeCombined(set: ManifestSet, policies: LoadedPolicies, outcome: Outcome | undefined): Judged {
  const uids = new Set(set.resources.map((resource) => resource.uid));
  // A finding without a resource is about the whole set: it is located at the rule.
  const subjectFor = (rule: JudgingRule): SubjectOf => {
    const location = { file: rule.file, line: rule.line, precision: 'file' } as const;
    return (path, uid) =>
      uid !== undefined && uids.has(uid) ? { kind: 'resource', resource: uid, path } : { kind: 'file', location };
  };
  return judge(policies, outcome, resourceTargets(set), 'all resources together', subjectFor);
}

function judge(
  { rules, missing }: LoadedPolicies,
  outcome: Outcome | undefined,
  targets: readonly Target[],
  label: string,
  subjectFor: (rule: JudgingRule) => SubjectOf,
): Judged {
  if (outcome === undefined) return { findings: [], coverage: [] };
  const errors: unknown[] = [...outcome.errors];
  const findings = rules.flatMap((rule, index) => {
    const key = ruleKey(index);
    if (outcome.failed.has(key)) return [];
    try {
      const found = findingsOf(rule, outcome.answer[key], label, subjectFor(rule));
      return found.length > 0 ? found : undecided(rule, missing.get(rule) ?? [], subjectFor(rule));
    } catch (thrown) {
      errors.push(thrown);
      return [];
    }
  });
  const [error] = errors;
  const coverage = targets.map(
    (target): Coverage =>
      error === undefined ? { target, status: 'evaluated' } : { target, status: 'failed', error: toGateError(error) },
  );
  return { findings, coverage };
}
