import path from 'node:path';
import { targetKey } from '../../model/engine-run.ts';
import type { EngineFinding } from '../../model/finding.ts';
import { GateError } from '../../model/gate-error.ts';
import type { Image } from '../../model/image.ts';
import type { Part } from '../part.ts';
import { digestOf } from './digest.ts';
import { endOfLifeFinding, imageSecretFinding, vulnerabilityFinding } from './findings.ts';
import { type LicenseCheck, licenseFindings } from './licenses.ts';
import { packagesOf, type TrivyReport } from './output.ts';
import { withoutRepeats } from './part.ts';

interface Wanted {
  readonly warnings: readonly string[];
  readonly packages: boolean;
  readonly licenses?: LicenseCheck | undefined;
}

/** The findings of Trivy's report on an image. Throws ENGINE_OUTPUT_INVALID if the report is about something else. */
export function judged(image: Image, report: TrivyReport, wanted: Wanted): Part {
  if (report.ArtifactType !== 'container_image') {
    const message = `Trivy reported on image ${image.reference} as ${report.ArtifactType.slice(0, 50)}`;
    throw new GateError('ENGINE_OUTPUT_INVALID', { message, expected: 'container_image' });
  }
  requireImage(report, image);
  return partOf(image, report, digestOf(image, report), wanted);
}

/** The same of a report on an SBOM that is attested for the digest of an image. */
export function judgedBySbom(image: Image, report: TrivyReport, digest: string, wanted: Wanted): Part {
  return partOf(image, report, digest, wanted);
}

function partOf(
  image: Image,
  report: TrivyReport,
  digest: string | undefined,
  { warnings, packages: wanted, licenses }: Wanted,
): Part {
  const results = report.Results ?? [];
  const findings: readonly EngineFinding[] = results.flatMap((result) => [
    ...(result.Vulnerabilities ?? []).map((found) => vulnerabilityFinding(found, image.reference)),
    ...(result.Secrets ?? []).map((found) => imageSecretFinding(found, image.reference, componentOf(image, result.Target))),
  ]);
  const packages = results.some((result) => (result.Packages ?? []).length > 0);
  const blank = packages ? [] : ['Trivy found no operating system packages and no libraries in it'];
  const target = { kind: 'image', reference: image.reference } as const;
  const notes = [...blank, ...warnings];
  return {
    findings: withoutRepeats([
      ...endOfLifeFinding(report, image.reference),
      ...findings,
      ...(licenses === undefined ? [] : licenseFindings(report, image.reference, licenses)),
    ]),
    coverage: [{ target, status: 'evaluated' }],
    notes: [],
    ...(notes.length > 0 && { targetNotes: new Map([[targetKey(target), notes]]) }),
    ...(digest !== undefined && { digests: { [image.reference]: digest } }),
    ...(wanted && { packages: { [image.reference]: packagesOf(report) } }),
  };
}

/** The result for one reference, transferred to another reference with the same content. */
export function renamed(part: Part, from: string, to: string): Part {
  const target = { kind: 'image', reference: to } as const;
  const notes = part.targetNotes?.get(targetKey({ kind: 'image', reference: from }));
  const digest = part.digests?.[from];
  const packages = part.packages?.[from];
  return {
    findings: part.findings.map((finding) =>
      finding.subject.kind === 'image' ? { ...finding, subject: { ...finding.subject, reference: to } } : finding,
    ),
    coverage: part.coverage.map((entry) => ({ ...entry, target })),
    notes: [],
    ...(notes !== undefined && { targetNotes: new Map([[targetKey(target), notes]]) }),
    ...(digest !== undefined && { digests: { [to]: digest } }),
    ...(packages !== undefined && { packages: { [to]: packages } }),
  };
}

/** In a report without findings, only these two fields prove that it is about this image, and that the image was opened. */
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

/** Trivy uses the image or its archive as the file of secrets in the image's configuration (an environment variable). */
function componentOf(image: Image, file: string): string {
  const own = image.source.kind === 'registry' ? image.reference : path.basename(image.source.path);
  return file.includes(own) ? 'image configuration' : file;
}
