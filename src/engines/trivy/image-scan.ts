import { createHash } from 'node:crypto';
import path from 'node:path';
import { parseDuration } from '../../model/duration.ts';
import { GateError } from '../../model/gate-error.ts';
import type { Image, ImageSource } from '../../model/image.ts';
import type { ProcessResult } from '../../ports/ports.ts';
import { imageArgs, registryOf } from './args.ts';
import { withCredentials } from './credentials.ts';
import { imageError, isUnknownArchive, needsJavaDatabase } from './image-errors.ts';
import { localSource, unpackOciArchive } from './image-files.ts';
import { imageWarnings } from './log-lines.ts';
import { readReport, type TrivyReport } from './output.ts';
import { type Run, runTrivy, type TrivyContext } from './process.ts';
import type { ScanServer } from './server.ts';

export interface ImageScanSettings {
  readonly scanners: readonly string[];
  readonly secretConfig: string | undefined;
  /** Fetches the Java index, once for all images. */
  readonly javaIndex: () => Promise<void>;
  readonly server: ScanServer | undefined;
}

const startAndStopMs = 15_000;

/** Scans one image. Throws IMAGE_UNAVAILABLE, ENGINE_FAILED, ENGINE_TIMEOUT or ENGINE_OUTPUT_INVALID. */
export async function scanImage(
  context: TrivyContext,
  image: Image,
  settings: ImageScanSettings,
): Promise<{ readonly report: TrivyReport; readonly notes: readonly string[] }> {
  const report = path.join(context.folders.reports, `${nameOf(image)}.json`);
  const run = (source: ImageSource): Promise<ProcessResult> => runImage(context, image, { source, report, settings });
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
  if (ended.exitCode !== 0) throw imageError(image.reference, ended.stderr);
  const what = `scan of image ${image.reference}`;
  return { report: await readReport(context.ports.files, report, what), notes: imageWarnings(ended.stderr) };
}

function runImage(
  context: TrivyContext,
  image: Image,
  scan: { readonly source: ImageSource; readonly report: string; readonly settings: ImageScanSettings },
): Promise<ProcessResult> {
  const { options } = context;
  const timeoutMs = parseDuration(options.imageTimeout);
  if (timeoutMs === undefined) {
    throw new GateError('CONFIG_INVALID', { message: `engines.trivy.imageTimeout is no duration: ${options.imageTimeout}` });
  }
  const { secretConfig, scanners, server } = scan.settings;
  const args = imageArgs(context.folders, options, {
    scanners,
    timeoutMs,
    reference: image.reference,
    source: scan.source,
    report: scan.report,
    insecure: options.insecureRegistries.includes(registryOf(image.reference)),
    ...(secretConfig !== undefined && { secretConfig }),
    ...(server !== undefined && { server: server.url }),
  });
  const remote = scan.source.kind === 'registry';
  const run: Run = server ?? { network: remote ? 'allowed' : 'none' };
  return withCredentials(context, remote ? image.reference : undefined, (lent) =>
    runTrivy(context, args, {
      ...run,
      env: { ...run.env, ...lent.env },
      conceal: (text) => [run.conceal, lent.conceal].reduce((rest, conceal) => conceal?.(rest) ?? rest, text),
      timeoutMs: Math.min(context.timeoutMs, timeoutMs + startAndStopMs),
    }),
  );
}

/** One file for each image: a report left over from another scan must never be read for this one's. */
function nameOf(image: Image): string {
  return `image-${createHash('sha256').update(image.reference).digest('hex').slice(0, 16)}`;
}
