import type { Image } from '../../model/image.ts';
import { parseImageName } from '../../model/image-name.ts';
import type { TrivyReport } from './output.ts';

/**
 * The digest of the image's tag when Trivy pulled it: that of the manifest, or of the index of a multi-platform image
 * (https://github.com/aquasecurity/trivy/blob/v0.74.0/pkg/fanal/image/remote.go). Undefined if the report does not contain exactly one for
 * this repository, and for files: their names do not prove what the registry has.
 */
export function digestOf(image: Image, report: Pick<TrivyReport, 'Metadata'>): string | undefined {
  const repository = parseImageName(image.reference)?.repository;
  if (image.source.kind !== 'registry' || repository === undefined) return undefined;
  const names = (report.Metadata?.RepoDigests ?? []).map(parseImageName).filter((name) => name?.repository === repository);
  const [digest, ...others] = new Set(names.map((name) => name?.digest));
  return digest !== undefined && others.length === 0 && /^sha256:[0-9a-f]{64}$/.test(digest) ? digest : undefined;
}
