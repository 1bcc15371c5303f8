import { inParallel } from '../../model/concurrency.ts';
import { targetKey } from '../../model/engine-run.ts';
import type { EngineFinding } from '../../model/finding.ts';
import type { Image } from '../../model/image.ts';
import type { NamedHosts, RefusedHost } from '../../ports/ports.ts';
import { joined, type Part } from '../part.ts';
import { registryOf } from './args.ts';
import { registryKey } from './credentials.ts';
import { engineId } from './findings.ts';
import type { TrivyContext } from './process.ts';

const lookUps = 16;

/** Hosts that may be in a private network: registries of the base commit's images, and those in the configuration. */
export function namedHosts({ options, namedRegistries }: TrivyContext): NamedHosts {
  const { db, insecureRegistries } = options;
  const mirrors = [db.repository ?? [], db.javaRepository ?? []].flat().map(registryOf);
  return async () => [...mirrors, ...insecureRegistries, ...(await namedRegistries())];
}

/**
 * Separates images whose registry is in the network of this machine, at a host that is not trusted. Otherwise, a pull request could make the
 * gate send requests to internal servers that only the runner can reach, and read the response in the report. No request is sent to them.
 */
export async function screenImages(
  context: TrivyContext,
  images: readonly Image[],
): Promise<{ readonly images: readonly Image[]; readonly refused: Part }> {
  const hostOf = ({ reference }: Image): string => registryKey(reference);
  const remote = images.filter(({ source }) => source.kind === 'registry');
  const hosts = [...new Set(remote.map(hostOf))];
  const answers = await inParallel(lookUps, hosts, (host) => context.ports.registries.refused(host, namedHosts(context)));
  const refused = new Map(hosts.map((host, index) => [host, answers[index]]));
  const parts = remote.flatMap((image) => {
    const host = refused.get(hostOf(image));
    return host === undefined ? [] : [refusedPart(image.reference, host, 'the registry of the image is')];
  });
  const left = images.filter((image) => image.source.kind !== 'registry' || refused.get(hostOf(image)) === undefined);
  return { images: left, refused: joined(parts) };
}

/** The image is not scanned, and a blocking finding reports that. */
export function refusedPart(reference: string, refused: RefusedHost, where = 'the registry of the image leads to'): Part {
  const target = { kind: 'image', reference } as const;
  const reason = `no request is sent to ${refused.host}, which ${refused.why}`;
  return {
    findings: [finding(reference, refused, where)],
    coverage: [{ target, status: 'not-applicable', reason }],
    notes: [],
    targetNotes: new Map([[targetKey(target), [`not scanned: ${reason}`]]]),
  };
}

function finding(reference: string, { host, why }: RefusedHost, where: string): EngineFinding {
  return {
    engine: engineId,
    rule: 'image-host-private',
    category: 'policy',
    title: `${where} ${host}, which ${why}, and neither the base commit nor the configuration uses it`,
    detail: `The image was not scanned, and no request was sent to ${host}: a change must not make the gate send requests to servers in the runner's network.`,
    severity: 'critical',
    undecided: true,
    subject: { kind: 'image', reference },
    fix: {
      text: `Use a registry that is reachable from the internet. If ${host} is your own registry, add it to \`images.privateRegistries\` in \`.k8s-gate.yaml\` on the base branch.`,
    },
  };
}
