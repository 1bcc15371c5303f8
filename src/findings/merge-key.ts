import type { Finding } from '../model/finding.ts';

/**
 * Findings with the same key are one row. For resources, the key contains the source line, not the rendered object: one base used by three
 * overlays, or one chart rendered for three environments, has one cause. The title is part of it, so that it is correct for each resource,
 * and so are the sources: if a second engine reports only one overlay, the others are not attributed to it. Texts of other sources may
 * mention a namespace; the row keeps one of them. A finding that no resource causes is one row for all of them.
 */
export function mergeKey(finding: Finding): string {
  const place = finding.locations[0];
  const what = finding.independent === true ? [] : whatOf(finding, place);
  const sources = finding.sources.map((source) => `${source.engine}/${source.rule}`);
  if (sources.length > 1) sources.sort();
  return JSON.stringify([finding.engine, finding.rule, finding.check ?? '', finding.title, sources, what]);
}

function whatOf({ subject, fingerprint }: Finding, place: Finding['locations'][number] | undefined): readonly unknown[] {
  if (subject.kind === 'resource' && place !== undefined) return [place.file, place.line, place.column ?? 0, subject.path];
  if (subject.kind === 'image') return [subject.kind, [subject.reference, subject.component ?? '']];
  return [subject.kind, [fingerprint, place?.line ?? 0]];
}
