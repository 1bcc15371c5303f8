import { inParallel } from '../../model/concurrency.ts';
import { createCounter } from '../../model/counter.ts';
import { toGateError } from '../../model/gate-error.ts';
import { groupBy } from '../../model/group.ts';
import type { Image } from '../../model/image.ts';
import type { Part } from '../part.ts';
import { requireVulnerabilityCanary } from './canary.ts';
import { downloadJavaIndex } from './database.ts';
import { judgedBySbom, renamed, judged as whatReportSays } from './image-report.ts';
import { type ImageScanSettings, RefusedImage, scanImage } from './image-scan.ts';
import type { LicenseCheck } from './licenses.ts';
import { failed } from './part.ts';
import { namedHosts, refusedPart } from './private-host.ts';
import type { TrivyContext } from './process.ts';
import { type ImageSbom, scanSbom } from './sbom-scan.ts';
import { givenServer, type ScanServer, withServer } from './server.ts';

export interface ScanWish {
  readonly scanners: readonly string[];
  readonly secretConfig: string | undefined;
  readonly licenses?: LicenseCheck | undefined;
  /** By reference (image-contents.ts). */
  readonly contents: ReadonlyMap<string, string>;
  /** Digests of tags, by reference: these are pulled, whatever the tags are meanwhile. */
  readonly resolved: ReadonlyMap<string, string>;
  /** By reference (sbom-scan.ts). */
  readonly sboms: ReadonlyMap<string, ImageSbom>;
}

/** The result for one image. */
export interface Answer {
  readonly part: Part;
  /** Whether it is proven to belong to the content that was looked up, so that it may be stored by content. */
  readonly certain: boolean;
}

/**
 * Scans images, each content once, even if it has several references. Throws if no result can be trusted: a missed canary, or a server that
 * exited. Images in files are scanned without our server, in processes without network.
 */
export async function scanImages(
  context: TrivyContext,
  images: readonly Image[],
  wish: ScanWish,
  // Measured for four at a time: docs/engines.md.
  serverFrom = Math.max(2, context.options.parallel),
): Promise<readonly Answer[]> {
  let java: Promise<void> | undefined;
  const settings: Omit<ImageScanSettings, 'server' | 'relay'> = {
    scanners: wish.scanners,
    secretConfig: wish.secretConfig,
    resolved: wish.resolved,
    sboms: wish.sboms,
    licenses: wish.licenses,
    javaIndex: () => {
      java ??= downloadJavaIndex(context);
      return java;
    },
  };
  const { registries } = context.ports;
  const credentials = context.options.credentials === 'runner';
  const relay = images.some(({ source }) => source.kind === 'registry')
    ? await registries.relay({ credentials, named: namedHosts(context), signal: context.signal })
    : undefined;
  try {
    return await scanAll(context, images, { ...settings, relay }, { contents: wish.contents, serverFrom });
  } finally {
    await relay?.close();
  }
}

async function scanAll(
  context: TrivyContext,
  images: readonly Image[],
  settings: Omit<ImageScanSettings, 'server'>,
  { contents, serverFrom }: { readonly contents: ScanWish['contents']; readonly serverFrom: number },
): Promise<readonly Answer[]> {
  const given = givenServer(context);
  const groups = byContent(images, contents);
  const remote = groups.filter(([image]) => image?.source.kind === 'registry');
  const own = given === undefined && settings.scanners.includes('vuln') && remote.length >= serverFrom;
  const scan = (some: readonly (readonly Image[])[], server: ScanServer | undefined, alone = 0) =>
    scanGroups(context, some, { ...settings, server }, contents, alone);
  if (!own) return scan(groups, given);
  const inFiles = groups.filter((group) => !remote.includes(group));
  // The first image alone, so that the server has cached shared layers for the others.
  const { result, warnings } = await withServer(context, (server) => scan(remote, server, 1));
  return [...withWarnings(result, warnings), ...(await scan(inFiles, undefined))];
}

/**
 * Server warnings do not name the image they refer to. They have to be reported in each run, so no result that they might refer to is stored.
 */
function withWarnings(answers: readonly Answer[], warnings: readonly string[]): readonly Answer[] {
  if (warnings.length === 0) return answers;
  const notes = warnings.map((warning) => `one or more of the images: ${warning}`);
  return [
    ...answers.map(({ part }) => ({ part, certain: false })),
    { part: { findings: [], coverage: [], notes }, certain: false },
  ];
}

function byContent(images: readonly Image[], contents: ScanWish['contents']): readonly (readonly Image[])[] {
  return [...groupBy(images, ({ reference }) => contents.get(reference) ?? `unknown ${reference}`).values()];
}

async function scanGroups(
  context: TrivyContext,
  groups: readonly (readonly Image[])[],
  settings: ImageScanSettings,
  contents: ScanWish['contents'],
  alone: number,
): Promise<readonly Answer[]> {
  if (groups.length === 0) return [];
  if (settings.scanners.includes('vuln')) await requireVulnerabilityCanary(context, settings.server);
  const counter = createCounter(context.ports.log, 'trivy: images');
  counter.add(groups.length);
  const some = (count: number, from: number, to: number) =>
    inParallel(count, groups.slice(from, to), async (group) => {
      const answers = await scanGroup(context, group, settings, contents);
      counter.done();
      return answers;
    });
  const first = await some(1, 0, alone);
  return [...first, ...(await some(context.options.parallel, alone, groups.length))].flat();
}

/** The first certain result is used for the rest of the group; a registry that rejects one reference may serve the content under another. */
async function scanGroup(
  context: TrivyContext,
  group: readonly Image[],
  settings: ImageScanSettings,
  contents: ScanWish['contents'],
): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  let known: { readonly reference: string; readonly part: Part } | undefined;
  for (const image of group) {
    const { reference } = image;
    if (known !== undefined) {
      answers.push({ part: renamed(known.part, known.reference, reference), certain: true });
      continue;
    }
    const part = await scanOne(context, image, settings);
    const certain = contents.has(reference) && isCertain(image, part, settings.resolved.get(reference));
    if (certain) known = { reference, part };
    answers.push({ part, certain });
  }
  return answers;
}

async function scanOne(context: TrivyContext, image: Image, settings: ImageScanSettings): Promise<Part> {
  context.progress(`image ${image.reference}`);
  try {
    const bySbom = await scanOneBySbom(context, image, settings);
    if (bySbom.part !== undefined) return bySbom.part;
    const { report, notes } = await scanImage(context, image, settings);
    // Other scanners list no packages, which is not the same as an image without any.
    const packages = context.packages === true && settings.scanners.includes('vuln');
    return whatReportSays(image, report, { warnings: [...bySbom.notes, ...notes], packages, licenses: settings.licenses });
  } catch (thrown) {
    if (thrown instanceof RefusedImage) return refusedPart(image.reference, thrown.refused);
    const target = { kind: 'image', reference: image.reference } as const;
    return { findings: [], notes: [], coverage: [failed(target, toGateError(thrown, 'ENGINE_FAILED'))] };
  }
}

/** By the SBOM that is attested for its digest, if Trivy evaluates all of its packages. */
async function scanOneBySbom(
  context: TrivyContext,
  image: Image,
  { sboms, scanners, licenses, server }: ImageScanSettings,
): Promise<{ readonly part?: Part; readonly notes: readonly string[] }> {
  const sbom = sboms.get(image.reference);
  if (sbom === undefined) return { notes: [] };
  const scan =
    'why' in sbom
      ? { status: 'unusable' as const, why: sbom.why }
      : await scanSbom(context, sbom, { server, licenses: licenses !== undefined });
  if (scan.status === 'unusable' || 'why' in sbom)
    return { notes: [`no attested SBOM was used, and the image was scanned: ${'why' in scan ? scan.why : ''}`] };
  const rest = scanners.includes('secret') ? '; the image was not searched for secrets' : '';
  const warnings = [`${sbom.title} was scanned instead of the image${rest}`, ...scan.notes];
  return {
    part: judgedBySbom(image, scan.report, sbom.digest, { warnings, packages: context.packages === true, licenses }),
    notes: [],
  };
}

/** Only a result about the digest that was looked up may be stored under it. */
function isCertain(image: Image, part: Part, digest: string | undefined): boolean {
  if (part.coverage.some(({ status }) => status === 'failed')) return false;
  return image.source.kind !== 'registry' || (digest !== undefined && part.digests?.[image.reference] === digest);
}
