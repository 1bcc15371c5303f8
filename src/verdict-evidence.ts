import { digest } from './engines/reuse.ts';
import type { Inputs } from './inputs/inputs.ts';
import type { EngineRun } from './model/engine-run.ts';
import { GateError } from './model/gate-error.ts';
import type { ImageInventory, ImagePackages } from './model/image-inventory.ts';
import type { ManifestSet } from './model/manifest-set.ts';
import { resourceLabel } from './model/resource.ts';
import type { VerdictEvidence } from './model/verdict.ts';
import type { WaiverSet } from './model/waiver.ts';
import type { Ports } from './ports/ports.ts';
import { configurationDigest, setDigest } from './shards/digests.ts';

/** What a verdict was reached from, for reports that need it; undefined if none does. Throws INPUT_INVALID outside of a git repository. */
export async function evidenceFor(
  { inputs, waivers }: { readonly inputs: Inputs; readonly waivers: WaiverSet },
  { set, runs }: { readonly set: ManifestSet; readonly runs: readonly EngineRun[] },
  /** The change is a commit, whose files were read from git. */
  committed: boolean,
  workspace: string,
  { git }: Pick<Ports, 'git'>,
): Promise<VerdictEvidence | undefined> {
  if (!inputs.reporters.some(({ reporter }) => reporter.needsEvidence === true)) return undefined;
  if (inputs.scale.kind === 'shard')
    throw new GateError('INPUT_INVALID', {
      message: 'output: a shard evaluates only a part, so it has no verdict about the commit',
      expected: 'an attestation by the merge of all shards',
    });
  const head = await git.head(workspace);
  if (head === undefined)
    throw new GateError('INPUT_INVALID', {
      message: `output: an attestation is about a commit, and ${workspace} is not in a git repository`,
      expected: 'a git repository',
    });
  const completed = runs.flatMap((run) => (run.status === 'completed' ? [run] : []));
  const digestOf = imageDigests(runs);
  const changes = committed ? [] : await git.changes(workspace);
  return {
    commit: head.sha,
    uncommittedChanges: changes === undefined || changes.length > 0,
    manifests: `sha256:${setDigest(set)}`,
    configuration: `sha256:${configurationDigest(inputs, waivers)}`,
    deployables: set.units
      .filter(({ kind }) => kind !== 'policy')
      .map(({ kind, path, status, resources }) => ({ kind, path, status, resources })),
    images: set.images.map(({ reference }) => {
      const known = digestOf(reference);
      return known === undefined ? { reference } : { reference, digest: known };
    }),
    policies: set.policies.map(({ file, text }) => ({ file, digest: `sha256:${digest(text)}` })),
    databases: Object.fromEntries(
      completed.flatMap(({ engine, databases }) => (databases === undefined ? [] : [[engine, databases]])),
    ),
  };
}

/** Every image with what runs it and its packages, for reports that need them; undefined if none does. */
export function inventoryFor(
  { reporters }: Pick<Inputs, 'reporters'>,
  { set, runs }: { readonly set: ManifestSet; readonly runs: readonly EngineRun[] },
): readonly ImageInventory[] | undefined {
  if (!reporters.some(({ reporter }) => reporter.needsInventory === true)) return undefined;
  const completed = runs.flatMap((run) => (run.status === 'completed' ? [run] : []));
  const packages: ImagePackages = Object.assign({}, ...completed.map((run) => run.packages ?? {}));
  const digestOf = imageDigests(runs);
  const resources = new Map(set.resources.map((resource) => [resource.uid, resource]));
  return set.images.map(({ reference, uses }) => {
    const [digest, found] = [digestOf(reference), Object.hasOwn(packages, reference) ? packages[reference] : undefined];
    return {
      reference,
      ...(digest !== undefined && { digest }),
      workloads: uses.flatMap((use) => {
        const resource = resources.get(use.resource);
        return resource === undefined ? [] : [{ resource: resourceLabel(resource), environments: resource.environments }];
      }),
      ...(found !== undefined && { packages: found }),
    };
  });
}

/** The digest that was scanned, or that the reference is pinned to. */
function imageDigests(runs: readonly EngineRun[]): (reference: string) => string | undefined {
  const digests: Readonly<Record<string, string>> = Object.assign(
    {},
    ...runs.flatMap((run) => (run.status === 'completed' ? [run.digests ?? {}] : [])),
  );
  return (reference) => digests[reference] ?? /@(sha256:[0-9a-f]{64})$/.exec(reference)?.[1];
}
