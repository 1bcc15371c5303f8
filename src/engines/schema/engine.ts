import * as z from 'zod';
import { GateError } from '../../model/gate-error.ts';
import type { Resource } from '../../model/resource.ts';
import type { Severity } from '../../model/severity.ts';
import { resourceTargets } from '../all-targets.ts';
import type { CrdRules } from '../crd-rules.ts';
import type { Engine, EngineContext } from '../engine.ts';
import { type Judged, type Part, together } from '../part.ts';
import { reuseResources } from '../reuse-resources.ts';
import { readSeverities, severitySchema } from '../severity-map.ts';
import { requireCanary } from './canary.ts';
import { readCatalog } from './catalog.ts';
import { Crds, isCrd, readCrd } from './crds.ts';
import { engineId, findingsOf } from './findings.ts';
import { judgeFor, type Schemas } from './judge.ts';
import { mayBeAdded } from './mutated.ts';
import { readNamedCrds } from './named-crds.ts';
import { notesOn } from './notes.ts';
import { minorsOf, type SchemaOptions, schemaOptionsSchema } from './options.ts';
import { withoutPlaceholders } from './placeholder.ts';
import { unusedPatches, unusedPatchRule } from './unused-patch.ts';

type Context = EngineContext<SchemaOptions>;
type Severities = Readonly<Record<string, Severity>>;

/** @param crdRules The evaluator of rules in CEL: another engine's, which this one must not import. */
export const createSchemaEngine = (crdRules: () => CrdRules): Engine<SchemaOptions> => ({
  id: engineId,
  title: 'Kubernetes schemas',
  kind: 'scanner',
  summary:
    "What the API server would reject: misspelled fields and kinds, wrong types, missing fields, according to Kubernetes' OpenAPI schemas and your CRDs.",
  options: schemaOptionsSchema,
  notApplicable: (set) => (set.resources.length === 0 ? 'no resources to validate' : undefined),
  targets: resourceTargets,
  // A custom resource is validated by a CustomResourceDefinition of the set.
  scope: () => 'set',
  run: (context) => run(context, crdRules()),
  settings: {
    rules: async () => Object.keys((await import('./meanings.ts')).schemaMeanings),
  },
});

async function run(context: Context, crdRules: CrdRules): Promise<Part> {
  const { options, ports, set, gateRoot, trusted } = context;
  const catalog = await readCatalog(ports.files, gateRoot);
  const severities = await readSeverities(ports.files, gateRoot, engineId, z.record(z.string(), severitySchema));
  const deployed = set.resources.filter(isCrd).flatMap(({ object, environments }) => readCrd(object, environments) ?? []);
  const crds = new Crds(deployed, await readNamedCrds(ports.files, trusted, options.crds));
  const judgedBy = [catalog.digest, crds.digest, JSON.stringify(severities)];
  const circumstances = { engine: engineId, version: catalog.releases.at(-1) ?? 'unknown', judgedBy, scope: 'each' } as const;
  // A tenth of the gate's code, which a run without this engine does not load.
  const { objectRules } = await import('./rules/index.ts');
  const schemas = { catalog, crds, rules: objectRules, crdRules };
  const part = await reuseResources(context, circumstances, (narrowed) => judgeSet(narrowed, schemas, severities));
  const everything = set.whole ?? set.resources;
  const findings = unusedPatches(mayBeAdded(part.findings, everything), everything, severities[unusedPatchRule] ?? 'unknown');
  return { ...part, findings, notes: [...part.notes, ...notesOn(set.resources, crds, options)] };
}

/** Resources after which timers and signals of the process are handled. */
const batch = 200;

async function judgeSet(context: Context, schemas: Schemas, severities: Severities): Promise<Part> {
  const { set, options, signal } = context;
  requireCanary(schemas.catalog, [...new Set(set.resources.flatMap((resource) => minorsOf(resource, options)))]);
  const judged: Judged[] = [];
  for (const [index, resource] of set.resources.entries()) {
    if (index % batch === batch - 1) await new Promise((resolve) => setImmediate(resolve));
    if (signal.aborted) throw new GateError('ENGINE_FAILED', { message: 'stopped before all resources were validated' });
    judged.push(judge(resource, schemas, severities, options));
  }
  return together(judged);
}

function judge(resource: Resource, schemas: Schemas, severities: Severities, options: SchemaOptions): Judged {
  const target = { kind: 'resource', resource: resource.uid } as const;
  // Its owner is validated as a whole.
  if (resource.standsFor !== undefined)
    return { findings: [], coverage: { target, status: 'not-applicable', reason: 'it is a part of a custom resource' } };
  const judgements = new Map(minorsOf(resource, options).map((minor) => [minor, judgeFor(resource, minor, schemas)]));
  const found = findingsOf(resource, judgements, (rule) => severities[rule] ?? 'unknown');
  const findings = withoutPlaceholders(resource, found);
  const isUnknown = [...judgements.values()].every((judgement) => judgement.isUnknown);
  if (!isUnknown) return { findings, coverage: { target, status: 'evaluated' } };
  const reason = `no schema of ${resource.apiVersion} ${resource.kind} is known`;
  return { findings, coverage: { target, status: 'not-applicable', reason } };
}
