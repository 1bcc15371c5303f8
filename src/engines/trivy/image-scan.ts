import { createHash } from 'node:crypto';
import path from 'node:path';
import { parseDuration } from '../../model/duration.ts';
import { GateError } from '../../model/gate-error.ts';
import type { Image, ImageSource } from '../../model/image.ts';
import type { Offer, ProcessResult, RefusedHost, Relay } from '../../ports/ports.ts';
import { imageArgs } from './args.ts';
import { imageError, isUnknownArchive, needsJavaDatabase, pullError } from './image-errors.ts';
import { localSource, unpackOciArchive } from './image-files.ts';
import type { LicenseCheck } from './licenses.ts';
import { imageWarnings } from './log-lines.ts';
import { offerImage, underOwnName } from './offered.ts';
import { readReport, type TrivyReport } from './output.ts';
import { type Run, runTrivy, type TrivyContext } from './process.ts';
import type { ImageSbom } from './sbom-scan.ts';
import type { ScanServer } from './server.ts';

export interface ImageScanSettings {
  readonly scanners: readonly string[];
  readonly secretConfig: string | undefined;
  /** Digests of tags, by reference. */
  readonly resolved: ReadonlyMap<string, string>;
  /** Bills of materials to scan instead, by reference. */
  readonly sboms: ReadonlyMap<string, ImageSbom>;
  /** Absent: licenses are not evaluated. */
  readonly licenses?: LicenseCheck | undefined;
  /** Downloads the Java index, once for all images. */
  readonly javaIndex: () => Promise<void>;
  readonly server: ScanServer | undefined;
  /** The source of images from registries; undefined without such images. */
  readonly relay: Relay | undefined;
}

/** An image whose registry redirected the gate to a host in the network of this machine. */
export class RefusedImage extends Error {
  readonly refused: RefusedHost;
  constructor(refused: RefusedHost) {
    super(`${refused.host} ${refused.why}`);
    this.refused = refused;
  }
}

const startAndStopMs = 15_000;

interface Scanned {
  readonly report: TrivyReport;
  readonly notes: readonly string[];
}

/** Scans one image. Throws RefusedImage, IMAGE_UNAVAILABLE, ENGINE_FAILED, ENGINE_TIMEOUT or ENGINE_OUTPUT_INVALID. */
export async function scanImage(context: TrivyContext, image: Image, settings: ImageScanSettings): Promise<Scanned> {
  if (image.source.kind !== 'registry') return scan(context, image, settings, undefined);
  if (settings.relay === undefined) throw new GateError('INTERNAL', { message: 'an image of a registry without a relay' });
  const offer = await offerImage(context, image, settings.relay, settings.resolved.get(image.reference));
  try {
    const { report, notes } = await scan(context, image, settings, offer);
    return { report: underOwnName(report, image, offer), notes };
  } finally {
    await offer.release();
  }
}

async function scan(
  context: TrivyContext,
  image: Image,
  settings: ImageScanSettings,
  offer: Offer | undefined,
): Promise<Scanned> {
  const report = path.join(context.folders.reports, `${nameOf(image)}.json`);
  const run = (source: ImageSource): Promise<ProcessResult> => runImage(context, { source, report, settings, offer });
  let source = await localSource(context, image);
  let ended = await run(source);
  if (ended.exitCode !== 0 && source.kind === 'archive' && isUnknownArchive(ended.stderr)) {
    source = await unpackOciArchive(context, image, source.path, path.join(context.workdir, 'unpacked', nameOf(image)));
    ended = await run(source);
  }
  if (ended.exitCode !== 0 && needsJavaDatabase(ended.stderr)) {
    await settings.javaIndex();
    ended = await run(source);
  }
  const problem = offer?.problem();
  if (problem?.kind === 'refused') throw new RefusedImage(problem);
  if (ended.exitCode !== 0) {
    throw problem === undefined ? imageError(image.reference, ended.stderr) : pullError(image.reference, problem);
  }
  const what = `scan of image ${image.reference}`;
  return { report: await readReport(context.ports.files, report, what), notes: imageWarnings(ended.stderr) };
}

function runImage(
  context: TrivyContext,
  scan: {
    readonly source: ImageSource;
    readonly report: string;
    readonly settings: ImageScanSettings;
    readonly offer: Offer | undefined;
  },
): Promise<ProcessResult> {
  const { options } = context;
  const timeoutMs = parseDuration(options.imageTimeout);
  if (timeoutMs === undefined) {
    throw new GateError('CONFIG_INVALID', { message: `engines.trivy.imageTimeout is not a duration: ${options.imageTimeout}` });
  }
  const { secretConfig, scanners, server } = scan.settings;
  const { offer } = scan;
  const args = imageArgs(context.folders, options, {
    scanners,
    timeoutMs,
    reference: scan.offer?.reference ?? '',
    source: scan.source,
    report: scan.report,
    ...(secretConfig !== undefined && { secretConfig }),
    ...(server !== undefined && { server: server.url }),
  });
  const run: Run = server ?? { network: offer === undefined ? 'none' : 'allowed' };
  return runTrivy(context, args, {
    ...run,
    env: { ...run.env, ...(offer !== undefined && { DOCKER_CONFIG: offer.folder }) },
    conceal: (text) => [run.conceal, offer?.conceal].reduce((rest, conceal) => conceal?.(rest) ?? rest, text),
    timeoutMs: Math.min(context.timeoutMs, timeoutMs + startAndStopMs),
  });
}

/** One file per image: the report of another scan must never be used for this one. */
function nameOf(image: Image): string {
  return `image-${createHash('sha256').update(image.reference).digest('hex').slice(0, 16)}`;
}
