import * as z from 'zod';
import { inParallel } from '../../model/concurrency.ts';
import type { Coverage, Target } from '../../model/engine-run.ts';
import type { ManifestSet } from '../../model/manifest-set.ts';
import type { PolicyFile } from '../../model/policy.ts';
import { resourceTargets } from '../all-targets.ts';
import type { Engine } from '../engine.ts';
import type { Part } from '../part.ts';
import { reuseResources } from '../reuse-resources.ts';
import { readSeverities, severitySchema } from '../severity-map.ts';
import { enforcementActions } from './constraints.ts';
import { type Judgement, judgeView } from './evaluate.ts';
import { engineId, type Severities } from './findings.ts';
import { type GatekeeperPolicies, loadPolicies } from './load.ts';
import { type GatekeeperOptions, gatekeeperOptionsSchema } from './options.ts';
import type { GatekeeperContext } from './process.ts';
import { gatekeeperSettings } from './settings.ts';
import { viewsOf } from './views.ts';

export const gatekeeperEngine: Engine<GatekeeperOptions> = {
  id: engineId,
  title: 'Gatekeeper',
  kind: 'scanner',
  // Rego may compare an object with all others, and whether it does depends on the policies.
  scope: () => 'set',
  language: 'gatekeeper',
  // A cluster with Gatekeeper denies by these policies. Until an engine evaluated them they were an error, and a run with `--engines cel` must not pass now.
  refusesDisabled: true,
  summary: 'Your own Gatekeeper policies: ConstraintTemplates in Rego and CEL, with their Constraints.',
  tool: engineId,
  options: gatekeeperOptionsSchema,
  notApplicable,
  targets: resourceTargets,
  run,
  settings: gatekeeperSettings,
};

function gatekeeperPolicies(set: ManifestSet): readonly PolicyFile[] {
  return set.policies.filter((policy) => policy.language === 'gatekeeper');
}

function notApplicable(set: ManifestSet): string | undefined {
  if (gatekeeperPolicies(set).length === 0) return 'no Gatekeeper policies';
  return set.resources.length === 0 ? 'no resources to evaluate' : undefined;
}

async function run(context: GatekeeperContext): Promise<Part> {
  const { ports, set, gateRoot } = context;
  const files = gatekeeperPolicies(set);
  const policies = loadPolicies(files);
  const severities = await readSeverities(ports.files, gateRoot, engineId, z.record(z.enum(enforcementActions), severitySchema));
  const clock = policies.templates.some(({ needs }) => needs.clock) ? [ports.clock.now().toISOString().slice(0, 10)] : [];
  const judgedBy = [...files.flatMap(({ file, text }) => [file, text]), JSON.stringify(severities), ...clock];
  const scope = comparesObjects(policies) ? 'together' : 'each';
  return reuseResources(context, { engine: engineId, judgedBy, scope }, (narrowed) => judgeSet(narrowed, policies, severities));
}

function comparesObjects({ constraints }: GatekeeperPolicies): boolean {
  return constraints.some(({ template }) => template.needs.inventory);
}

async function judgeSet(context: GatekeeperContext, policies: GatekeeperPolicies, severities: Severities): Promise<Part> {
  const { resources } = context.set;
  context.progress(`${resources.length} resource(s) by ${policies.constraints.length} Constraint(s)`);
  const views = viewsOf(resources, context.options.namespaces, comparesObjects(policies));
  const numbered = views.map((view, index) => ({ view, name: `v${index}` }));
  const judgements = (
    await inParallel(Math.min(context.concurrency, maxProcesses), numbered, ({ view, name }) =>
      judgeView(context, view, policies, severities, name),
    )
  ).flat();
  return {
    findings: distinct(judgements.flatMap(({ findings }) => findings)),
    coverage: coverageOf(judgements),
    notes: [...policies.notes, ...notesOn(judgements)],
  };
}

/** Each takes up to several hundred megabytes. */
const maxProcesses = 4;

/** A resource of two environments is evaluated in each. */
function distinct<Item>(items: readonly Item[]): readonly Item[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}

/** A resource without a judgement has no entry, which counts as a failure. */
function coverageOf(judgements: readonly Judgement[]): readonly Coverage[] {
  const reasons = new Map<string, string | undefined>();
  for (const { resource, unmatched } of judgements) {
    const isFirst = !reasons.has(resource.uid);
    if (isFirst || unmatched === undefined) reasons.set(resource.uid, unmatched);
  }
  return [...reasons].map(([uid, reason]) => {
    const target: Target = { kind: 'resource', resource: uid };
    return reason === undefined ? { target, status: 'evaluated' } : { target, status: 'not-applicable', reason };
  });
}

/** Exclusions come from the policies, and so from the base; what they exclude is reported anyway. */
function notesOn(judgements: readonly Judgement[]): readonly string[] {
  const excluded = judgements.flatMap(({ unmatched }) => (unmatched?.includes('Config excludes') === true ? [unmatched] : []));
  return [...new Set(excluded)].map(
    (reason) => `${excluded.filter((one) => one === reason).length} resource(s) not evaluated: ${reason}`,
  );
}
