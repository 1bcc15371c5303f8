import path from 'node:path';
import { attempt } from '../../model/attempt.ts';
import type { SourceLocation } from '../../model/location.ts';
import type { SarifResult, SarifRun } from './log.ts';

type ArtifactLocation = NonNullable<NonNullable<SarifRun['artifacts']>[number]['location']>;

/** The location of a result in the workspace; undefined if it has no file, or one outside the workspace. */
export function placeOf(run: SarifRun, result: SarifResult, workspace: string): SourceLocation | undefined {
  const physical = result.locations?.[0]?.physicalLocation;
  if (physical?.artifactLocation === undefined) return undefined;
  const file = fileOf(run, physical.artifactLocation, workspace);
  if (file === undefined) return undefined;
  const { startLine, startColumn, endLine } = physical.region ?? {};
  if (startLine === undefined) return { file, line: 1, precision: 'file' };
  return {
    file,
    line: startLine,
    ...(startColumn !== undefined && { column: startColumn }),
    ...(endLine !== undefined && endLine >= startLine && { endLine }),
    precision: 'field',
  };
}

function fileOf(run: SarifRun, location: ArtifactLocation, workspace: string): string | undefined {
  const stated = location.uri === undefined ? run.artifacts?.[location.index ?? -1]?.location : location;
  if (stated?.uri === undefined) return undefined;
  const absolute = resolve(run, stated, 0);
  if (absolute === undefined) return undefined;
  // Relative paths are relative to the workspace, and so are paths below an undefined base.
  const relative = path.relative(workspace, path.resolve(workspace, absolute));
  const outside = relative === '' || relative === '..' || relative.startsWith(`..${path.sep}`) || path.isAbsolute(relative);
  return outside ? undefined : relative.replaceAll(path.sep, '/');
}

const maxBases = 8;

/** A path, absolute or relative; undefined if it is not a file (`https:`, `docker:`) or not a URI. */
function resolve(run: SarifRun, { uri = '', uriBaseId }: ArtifactLocation, depth: number): string | undefined {
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]+):/.exec(uri)?.[1]?.toLowerCase();
  if (scheme !== undefined && scheme !== 'file') return undefined;
  const own = decode(scheme === 'file' ? uri.slice(5).replace(/^\/\/(localhost)?(?=\/)/, '') : uri);
  if (own === undefined || own.startsWith('//')) return undefined;
  const base = uriBaseId === undefined ? undefined : run.originalUriBaseIds?.[uriBaseId];
  if (own.startsWith('/') || base === undefined) return own;
  const parent = depth < maxBases ? resolve(run, base, depth + 1) : undefined;
  return parent === undefined ? undefined : path.join(parent, own);
}

function decode(uri: string): string | undefined {
  const text = attempt(() => decodeURIComponent(uri.replace(/[?#].*$/, '')));
  return text?.includes('\0') === true ? undefined : text;
}
