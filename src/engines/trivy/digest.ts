import type { Image } from '../../model/image.ts';
import { parseImageName } from '../../model/image-name.ts';
import type { TrivyReport } from './output.ts';

/**
 * What the image's tag pointed to when Trivy pulled it: the digest of the manifest, or of the index where there are several platforms
 * (https://github.com/aquasecurity/trivy/blob/v0.74.0/pkg/fanal/image/remote.go). Undefined where the report does not name exactly one for
 * this repository, and for files: a file says what it was called, not what its registry has.
 */
export function digestOf(image: Image, report: Pick<TrivyReport, 'Metadata'>): string | undefined {
  const repository = parseImageName(image.reference)?.repository;
  if (image.source.kind !== 'registry' || repository === undefined) return undefined;
  const names = (report.Metadata?.RepoDigests ?? []).map(parseImageName).filter((name) => name?.repository === repository);
  const [digest, ...others] = new Set(names.map((name) => name?.digest));
  return digest !== undefined && others.length === 0 && /^sha256:[0-9a-f]{64}$/.test(digest) ? digest : undefined;
}
