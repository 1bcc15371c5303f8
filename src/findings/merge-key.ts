import type { Finding } from '../model/finding.ts';

/**
 * Findings with the same key are one row. For resources it is the source line, not the rendered object: one base used by three overlays, or one
 * chart rendered for three environments, has one cause. The title is part of it, so that it is true of each, and so are the sources: where one
 * overlay alone has a second engine's complaint, the others don't get it. The words of other sources may name a namespace; one row keeps one's.
 */
export function mergeKey(finding: Finding): string {
  const { subject } = finding;
  const place = finding.locations[0];
  const what =
    subject.kind === 'resource' && place !== undefined
      ? [place.file, place.line, place.column ?? 0, subject.path]
      : [
          subject.kind,
          subject.kind === 'image' ? [subject.reference, subject.component ?? ''] : [finding.fingerprint, place?.line ?? 0],
        ];
  const sources = finding.sources.map((source) => `${source.engine}/${source.rule}`);
  if (sources.length > 1) sources.sort();
  return JSON.stringify([finding.engine, finding.rule, finding.check ?? '', finding.title, sources, what]);
}
