import path from 'node:path';
import type { Coverage } from '../../model/engine-run.ts';
import type { EngineFinding } from '../../model/finding.ts';
import { GateError, toGateError } from '../../model/gate-error.ts';
import type { Image } from '../../model/image.ts';
import { requireVulnerabilityCanary } from './canary.ts';
import { downloadJavaIndex, prepareDatabase, requireFresh } from './database.ts';
import { digestOf } from './digest.ts';
import { endOfLifeFinding, imageSecretFinding, vulnerabilityFinding } from './findings.ts';
import { scanImage } from './image-scan.ts';
import type { TrivyReport } from './output.ts';
import { failed, inParallel, type Part, withoutRepeats } from './part.ts';
import type { TrivyContext } from './process.ts';

/** Vulnerabilities and secrets of the images. Throws where none can be judged: no database, an old one, or a missed canary. */
export async function judgeImages(context: TrivyContext, secretConfig: string | undefined): Promise<Part> {
  const scanners = context.options.scanners.filter((scanner) => scanner !== 'misconfig');
  const databaseNotes = scanners.includes('vuln') ? await prepareVulnerabilities(context) : [];
  let java: Promise<void> | undefined;
  const shared = {
    scanners,
    secretConfig,
    javaIndex: () => {
      java ??= downloadJavaIndex(context);
      return java;
    },
  };
  const parts = await inParallel(context.set.images, async (image): Promise<Part> => {
    context.progress(`image ${image.reference}`);
    try {
      const { report, notes } = await scanImage(context, image, shared);
      return judged(image, report, notes);
    } catch (thrown) {
      return { findings: [], notes: [], coverage: [failed(target(image), toGateError(thrown, 'ENGINE_FAILED'))] };
    }
  });
  return {
    findings: parts.flatMap((part) => part.findings),
    coverage: parts.flatMap((part) => part.coverage),
    notes: [...databaseNotes, ...parts.flatMap((part) => part.notes)],
    digests: Object.fromEntries(parts.flatMap((part) => Object.entries(part.digests ?? {}))),
  };
}

/** The database in the cache, or the server's: present, young enough, and able to find what is planted. */
async function prepareVulnerabilities(context: TrivyContext): Promise<readonly string[]> {
  if (context.options.server !== undefined) {
    const report = await requireVulnerabilityCanary(context);
    const date = report.Trivy?.Server?.VulnerabilityDB?.UpdatedAt;
    if (date === undefined) return ['the Trivy server does not say how old its database is'];
    requireFresh(context, new Date(date));
    return [`vulnerability database of ${date.slice(0, 10)} (server)`];
  }
  const { updatedAt, notes } = await prepareDatabase(context);
  await requireVulnerabilityCanary(context);
  return [`vulnerability database of ${updatedAt.toISOString().slice(0, 10)}`, ...notes];
}

function target(image: Image): Coverage['target'] {
  return { kind: 'image', reference: image.reference };
}

function judged(image: Image, report: TrivyReport, warnings: readonly string[]): Part {
  if (report.ArtifactType !== 'container_image') {
    const message = `Trivy reported on image ${image.reference} as ${report.ArtifactType.slice(0, 50)}`;
    throw new GateError('ENGINE_OUTPUT_INVALID', { message, expected: 'container_image' });
  }
  requireImage(report, image);
  const results = report.Results ?? [];
  const findings: readonly EngineFinding[] = results.flatMap((result) => [
    ...(result.Vulnerabilities ?? []).map((found) => vulnerabilityFinding(found, image.reference)),
    ...(result.Secrets ?? []).map((found) => imageSecretFinding(found, image.reference, componentOf(image, result.Target))),
  ]);
  const packages = results.some((result) => (result.Packages ?? []).length > 0);
  const digest = digestOf(image, report);
  const blank = packages ? [] : ['nothing in it that Trivy knows: no operating system packages, no libraries'];
  return {
    findings: withoutRepeats([...endOfLifeFinding(report, image.reference), ...findings]),
    coverage: [{ target: target(image), status: 'evaluated' }],
    notes: [...blank, ...warnings].map((note) => `${image.reference}: ${note}`),
    ...(digest !== undefined && { digests: { [image.reference]: digest } }),
  };
}

/** Without findings a report shows only by these two that it is about this image, and that the image was opened. */
function requireImage(report: TrivyReport, image: Image): void {
  const { ArtifactName, Metadata } = report;
  const other = image.source.kind === 'registry' && ArtifactName !== image.reference;
  if (!other && Metadata?.ImageID !== undefined) return;
  throw new GateError('ENGINE_OUTPUT_INVALID', {
    message: `the report on image ${image.reference} is ${other ? `about ${ArtifactName.slice(0, 200)}` : 'without the id of an image'}`,
    expected: "this image's name and id",
    next: 'Run again with debug logging.',
  });
}

/** Trivy names secrets of the image's configuration (an environment variable) after the image or its archive. */
function componentOf(image: Image, file: string): string {
  const own = image.source.kind === 'registry' ? image.reference : path.basename(image.source.path);
  return file.includes(own) ? 'image configuration' : file;
}
