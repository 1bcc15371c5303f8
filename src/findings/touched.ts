import type { FileDiff } from '../model/diff.ts';
import type { Finding } from '../model/finding.ts';
import type { SourceLocation } from '../model/location.ts';

/**
 * Sorts locations touched by the change first: for an image used in ten files, the one that a reviewer is looking at. Only changes the order.
 * @param diffs From the base to the judged checkout.
 * @param prefix The workspace within the repository, `` if it is the root.
 */
export function touchedFirst(findings: readonly Finding[], diffs: readonly FileDiff[], prefix: string): readonly Finding[] {
  const hunks = new Map(diffs.flatMap(({ newPath, hunks }) => (newPath === undefined ? [] : [[newPath, hunks] as const])));
  const isTouched = ({ file, line, endLine = line }: SourceLocation): boolean =>
    (hunks.get(prefix === '' ? file : `${prefix}/${file}`) ?? []).some(
      ({ newStart, newLines }) => newLines > 0 && line < newStart + newLines && endLine >= newStart,
    );
  return findings.map((finding) => {
    if (finding.locations.length < 2) return finding;
    const touched = finding.locations.filter(isTouched);
    return { ...finding, locations: [...touched, ...finding.locations.filter((place) => !touched.includes(place))] };
  });
}
