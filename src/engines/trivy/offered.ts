import { GateError } from '../../model/gate-error.ts';
import type { Image } from '../../model/image.ts';
import { parseImageName, repositoryOf } from '../../model/image-name.ts';
import type { Offer, Relay } from '../../ports/ports.ts';
import { registryOf } from './args.ts';
import type { TrivyReport } from './output.ts';
import type { TrivyContext } from './process.ts';

/**
 * Makes the relay offer an image for one scan, by the digest that its tag was resolved to: everything is about the same image, even if the tag
 * moves. Throws IMAGE_UNAVAILABLE for a reference without a repository.
 */
export async function offerImage(
  context: TrivyContext,
  { reference }: Image,
  relay: Relay,
  resolved: string | undefined,
): Promise<Offer> {
  const name = parseImageName(reference);
  if (name === undefined) {
    throw new GateError('IMAGE_UNAVAILABLE', {
      message: `the image ${reference} was not scanned: its reference has no repository`,
      expected: 'a reference such as registry.example.com/team/app:1.2.3',
      next: 'Correct the reference.',
    });
  }
  const digest = name.digest ?? resolved;
  const image = {
    ...repositoryOf(name),
    version: digest === undefined ? `:${name.tag ?? 'latest'}` : `@${digest}`,
    insecure: context.options.insecureRegistries.includes(registryOf(reference)),
  };
  return relay.offer(image, context.workdir);
}

/** A report on an image of the relay, with the reference used in the manifests. */
export function underOwnName(report: TrivyReport, { reference }: Image, offer: Offer): TrivyReport {
  const { Metadata, Results } = report;
  const repository = parseImageName(reference)?.repository ?? reference;
  const own = (text: string): string => text.replaceAll(offer.reference, reference);
  const digests = Metadata?.RepoDigests?.map((text) => text.replace(`${offer.repository}@`, `${repository}@`));
  return {
    ...report,
    ArtifactName: report.ArtifactName === offer.reference ? reference : report.ArtifactName,
    ...(Metadata !== undefined && { Metadata: { ...Metadata, ...(digests !== undefined && { RepoDigests: digests }) } }),
    ...(Results !== undefined && { Results: Results.map((result) => ({ ...result, Target: own(result.Target) })) }),
  };
}
