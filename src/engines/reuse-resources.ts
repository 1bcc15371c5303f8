import { type Target, targetKey } from '../model/engine-run.ts';
import type { ManifestSet } from '../model/manifest-set.ts';
import { isNamespace, type Resource } from '../model/resource.ts';
import { resourceTargets } from './all-targets.ts';
import type { EngineContext } from './engine.ts';
import { notesOf, type Part } from './part.ts';
import { contentOf, digest, type Item, reuse } from './reuse.ts';

export interface Circumstances {
  readonly engine: string;
  /** For an engine without a binary. */
  readonly version?: string;
  /** Texts of all other input of the engine: policies, severities. */
  readonly judgedBy: readonly string[];
  /** `each`: the result for a resource only depends on itself and its Namespace. `together`: the engine relates resources to each other. */
  readonly scope: 'each' | 'together';
}

type Judging = Pick<EngineContext, 'set' | 'tool' | 'options' | 'results' | 'progress'>;

/**
 * Runs an engine on resources without a stored result. `run` gets a set with these and every Namespace, since policies read their labels;
 * its results for Namespaces that already have a stored result are dropped.
 */
export async function reuseResources<Context extends Judging>(
  context: Context,
  { engine, version, judgedBy, scope }: Circumstances,
  run: (context: Context) => Promise<Part>,
): Promise<Part> {
  const { set, tool, options } = context;
  const texts = { options: JSON.stringify(options), judgedBy: digest(JSON.stringify(judgedBy)) };
  const part = await reuse(
    context,
    { engine, version: version ?? tool?.version ?? 'unknown', scope, ...texts },
    scope === 'each' ? eachOf(set) : togetherOf(set),
    async (missing) => {
      const resources = set.resources.filter((resource) => missing.has(keyOf(resource)) || isNamespace(resource));
      const { findings, coverage, notes } = await run({ ...context, set: { ...set, resources } });
      const isMissing = (target: Target) => missing.has(targetKey(target));
      return {
        findings: findings.filter(({ subject }) => subject.kind !== 'resource' || isMissing(subject)),
        coverage: coverage.filter(({ target }) => isMissing(target)),
        notes,
      };
    },
    scope,
  );
  const { findings, coverage } = part;
  return { findings, coverage, notes: notesOf(part), ...(version !== undefined && { version }) };
}

function keyOf(resource: Resource): string {
  return targetKey({ kind: 'resource', resource: resource.uid });
}

function eachOf({ resources }: ManifestSet): readonly Item[] {
  const namespaces = new Map<string, string>();
  for (const resource of resources.filter(isNamespace))
    namespaces.set(resource.name, `${namespaces.get(resource.name) ?? ''} ${ownContent(resource)}`);
  return resources.map((resource) => ({
    target: { kind: 'resource', resource: resource.uid },
    content: `${ownContent(resource)} in${namespaces.get(resource.namespace ?? 'default') ?? ''}`,
  }));
}

function togetherOf(set: ManifestSet): readonly Item[] {
  const all = digest(set.resources.map(ownContent).join(' '));
  return resourceTargets(set).map((target, index) => ({ target, content: `${index} of ${all}` }));
}

function ownContent(resource: Resource): string {
  return `${contentOf(resource)} ${JSON.stringify(resource.environments.toSorted())}`;
}
