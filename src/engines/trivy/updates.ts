import { inParallel } from '../../model/concurrency.ts';
import { targetKey } from '../../model/engine-run.ts';
import type { EngineFinding } from '../../model/finding.ts';
import { toGateError } from '../../model/gate-error.ts';
import type { Image } from '../../model/image.ts';
import { type ImageName, parseImageName, repositoryOf } from '../../model/image-name.ts';
import type { Part } from '../part.ts';
import { type BaseImage, baseOf } from './base-image.ts';
import type { TrivyContext } from './process.ts';
import { scanImages } from './scan-images.ts';
import { listTags, lookUpOf } from './tag-list.ts';
import { isVersion, type NewerTags, newerTags } from './tag-order.ts';
import { baseFinding, type Comparison, tagFindings } from './update-findings.ts';

const lookUps = 4;

/** An image with vulnerabilities that have a fix, and what its registry has instead. */
interface Outdated {
  readonly image: Image;
  readonly name: ImageName;
  readonly newer: NewerTags;
  readonly notes: readonly string[];
  readonly base: BaseImage;
}

export interface Updates {
  readonly findings: readonly EngineFinding[];
  readonly notes: readonly string[];
}

/**
 * Newer tags and newer bases of the images with vulnerabilities that have a fix. Suggestions only: what cannot be looked up is a note, and
 * the findings of the images do not change. Never stored with the results of images, since registries change without them.
 * @param bySbom Images whose findings are those of an SBOM, which a scan of another image cannot be compared with.
 */
export async function findUpdates(
  context: TrivyContext,
  images: readonly Image[],
  part: Part,
  bySbom: ReadonlySet<string>,
): Promise<Updates> {
  if (context.options.updates === 'off') return { findings: [], notes: [] };
  try {
    return await search(context, images, part, bySbom);
  } catch (thrown) {
    // What is known about the images stays: an error here must not replace it.
    if (context.signal.aborted) throw thrown;
    return { findings: [], notes: [`newer images were not looked up: ${toGateError(thrown, 'ENGINE_FAILED').message}`] };
  }
}

async function search(
  context: TrivyContext,
  images: readonly Image[],
  part: Part,
  bySbom: ReadonlySet<string>,
): Promise<Updates> {
  const fixable = new Set(
    part.findings.flatMap(({ subject, fixable }) => (subject.kind === 'image' && fixable === 'yes' ? [subject.reference] : [])),
  );
  const wanted = images.filter(({ source, reference }) => source.kind === 'registry' && fixable.has(reference));
  const found = await inParallel(lookUps, wanted, (image) => lookUp(context, image, part.digests?.[image.reference]));
  const outdated = found.flatMap((one) => (one === undefined ? [] : [one]));
  const candidates = outdated.filter(({ newer, image }) => newer.patch !== undefined && !bySbom.has(image.reference));
  const compared = context.options.updates === 'scan' ? await compare(context, candidates, part) : new Map<string, Comparison>();
  return {
    findings: outdated.flatMap(({ image, name, newer, base }) => [
      ...tagFindings(context.set, image, { name, newer, comparison: compared.get(image.reference) }),
      ...(base.status === 'updated' ? [baseFinding(image, base)] : []),
    ]),
    notes: outdated.flatMap(({ image, notes }) => [
      ...notes.map((note) => `${image.reference}: ${note}`),
      ...(compared.get(image.reference)?.notes ?? []),
    ]),
  };
}

async function lookUp(context: TrivyContext, image: Image, digest: string | undefined): Promise<Outdated | undefined> {
  const name = parseImageName(image.reference);
  if (name === undefined) return undefined;
  const repository = repositoryOf(name);
  const { tag } = name;
  const listed = tag !== undefined && isVersion(tag) ? await listTags(context, repository) : [];
  const built = name.digest ?? digest;
  const base: BaseImage = built === undefined ? { status: 'current' } : await baseOf(context, repository, built);
  const failed = 'why' in listed;
  return {
    ...{ image, name, base },
    newer: failed || tag === undefined ? {} : newerTags(tag, listed),
    notes: [
      ...(failed ? [`newer tags were not looked up: ${listed.why}`] : []),
      ...(base.status === 'unknown' ? [`whether its base was updated is not known: ${base.why}`] : []),
    ],
  };
}

/** Scans the newest patch release of each image with the same database and options, by the digest that its tag has now. */
async function compare(
  context: TrivyContext,
  outdated: readonly Outdated[],
  part: Part,
): Promise<ReadonlyMap<string, Comparison>> {
  const resolved = new Map<string, string>();
  const candidates = await inParallel(lookUps, outdated, async ({ image, name, newer }) => {
    const repository = repositoryOf(name);
    const tag = newer.patch ?? '';
    const digest = await context.ports.registries.digest({ ...repository, tag }, lookUpOf(context, repository.registry));
    const reference = `${name.repository}:${tag}`;
    if (digest !== undefined) resolved.set(reference, digest);
    return { image, tag, digest, reference };
  });
  const scannable = [...resolved.keys()].map((reference): Image => ({ reference, source: { kind: 'registry' }, uses: [] }));
  const answers =
    scannable.length === 0
      ? []
      : await scanImages({ ...context, packages: true }, scannable, {
          scanners: ['vuln'],
          secretConfig: undefined,
          contents: new Map(),
          resolved,
          sboms: new Map(),
        });
  const parts = new Map(
    answers.flatMap((answer) =>
      answer.part.coverage.flatMap(({ target }) => (target.kind === 'image' ? [[target.reference, answer.part] as const] : [])),
    ),
  );
  // What a server reports about all of them.
  const general = answers.filter((answer) => answer.part.coverage.length === 0).flatMap((answer) => answer.part.notes);
  return new Map(
    candidates.map(({ image, tag, digest, reference }) => {
      const scanned = parts.get(reference);
      const why = general[0] ?? notComparable(scanned, reference, digest);
      return [image.reference, comparison({ image, tag, why, digest }, part, scanned)];
    }),
  );
}

/** Why the result does not prove what the newer image contains: with fewer packages recognized, there are fewer findings. */
function notComparable(scanned: Part | undefined, reference: string, digest: string | undefined): string | undefined {
  if (digest === undefined) return 'its digest is not available';
  const [coverage] = scanned?.coverage ?? [];
  if (scanned === undefined || coverage === undefined) return 'it has no result';
  if (coverage.status === 'failed') return coverage.error.message;
  if (coverage.status !== 'evaluated') return coverage.reason;
  if (scanned.digests?.[reference] !== digest) return 'its tag moved during the scan';
  if ((scanned.packages?.[reference] ?? []).length === 0) return 'Trivy found no packages in it';
  if (scanned.findings.some(({ rule }) => rule === 'trivy/os-end-of-life')) return 'its distribution gets no more updates';
  return scanned.targetNotes?.get(targetKey({ kind: 'image', reference }))?.[0];
}

function comparison(
  {
    image,
    tag,
    digest,
    why,
  }: Pick<Outdated, 'image'> & {
    readonly tag: string;
    readonly digest: string | undefined;
    readonly why: string | undefined;
  },
  part: Part,
  scanned: Part | undefined,
): Comparison {
  if (why !== undefined || digest === undefined || scanned === undefined)
    return { notes: [`${image.reference}: the newer tag ${tag} was not compared: ${why ?? 'it has no result'}`] };
  const own = part.findings.filter(({ subject }) => subject.kind === 'image' && subject.reference === image.reference);
  const [before, after] = [own, scanned.findings].map((some) => new Set(some.flatMap(vulnerabilityOf)));
  const removed = [...(before ?? [])].filter((rule) => after?.has(rule) === false);
  const added = [...(after ?? [])].filter((rule) => before?.has(rule) === false);
  const notes =
    removed.length > 0
      ? []
      : [`${image.reference}: the newer tag ${tag} was scanned and removes none of its ${before?.size ?? 0} vulnerabilities`];
  return { notes, scanned: { digest, total: before?.size ?? 0, removed, added } };
}

/** Findings about packages have this field; the end of life of a distribution and secrets do not. */
function vulnerabilityOf({ rule, fixable }: EngineFinding): readonly string[] {
  return fixable === undefined ? [] : [rule];
}
