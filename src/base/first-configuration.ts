import path from 'node:path';
import { select } from '../discover/selection.ts';
import type { Inputs } from '../inputs/inputs.ts';
import type { Finding } from '../model/finding.ts';
import type { GateError } from '../model/gate-error.ts';
import type { ManifestSet } from '../model/manifest-set.ts';
import type { Base } from './base.ts';

/**
 * Whether the change adds the first configuration and touches nothing but files that configure the gate. What is deployed is then the same on
 * both sides, so no error and no finding is caused by the change. A manifest in one of these folders is evaluated as anywhere else.
 */
export function onlyConfigures(
  { first, loaded }: Pick<Inputs, 'first' | 'loaded'>,
  { diffs, prefix }: Pick<Base, 'diffs' | 'prefix'>,
): boolean {
  if (first === undefined || diffs.length === 0) return false;
  const own = path.posix.join(prefix, loaded.file);
  const folders = [path.posix.join(prefix, '.k8s-gate/'), '.github/'];
  const isOwn = (file: string): boolean => file === own || folders.some((folder) => file.startsWith(folder));
  return diffs.every((diff) => {
    const names = [diff.oldPath, diff.newPath].filter((name) => name !== undefined);
    return names.length > 0 && names.every(isOwn);
  });
}

/** An empty run that the first configuration expects, if the change itself cannot be the reason that the run is empty. */
export function withFirst(inputs: Inputs, base: Pick<Base, 'diffs' | 'prefix'> | undefined): Inputs {
  if (base === undefined || inputs.first?.expectManifests !== false || !onlyConfigures(inputs, base)) return inputs;
  return { ...inputs, config: { ...inputs.config, expectManifests: false } };
}

/**
 * Whether a finding is only in files that the first configuration excludes. They are evaluated for its change, and what the base has there as well
 * does not block. Undefined unless the change `onlyConfigures`.
 */
export function excludedByFirst(
  inputs: Pick<Inputs, 'first' | 'loaded'>,
  base: Pick<Base, 'diffs' | 'prefix'> | undefined,
): ((finding: Pick<Finding, 'locations'>) => boolean) | undefined {
  const { exclude = [] } = inputs.first ?? {};
  if (base === undefined || exclude.length === 0 || !onlyConfigures(inputs, base)) return undefined;
  const isExcluded = select(exclude);
  return ({ locations }) => locations.length > 0 && locations.every(({ file }) => isExcluded(file));
}

/**
 * Failures that the base has as well are gaps: with the defaults, the change could never be merged that excludes a broken file or gives a chart
 * its values. Only for a change that `onlyConfigures`; any other could add to what failed.
 */
export function withOldFailures<Set extends Pick<ManifestSet, 'gaps' | 'failures'>>(set: Set, old: readonly GateError[]): Set {
  const known = new Set(old.map(identityOf));
  const isOld = (failure: GateError): boolean => failure.details.file !== undefined && known.has(identityOf(failure));
  const gaps = set.failures.filter(isOld).map(({ details: { file = '', line, message, next } }) => ({
    file,
    ...(line !== undefined && { line }),
    subject: file,
    reason: `${message}; the base has the same error`,
    next: next ?? 'Fix it, or exclude it in the configuration.',
  }));
  return gaps.length === 0
    ? set
    : { ...set, gaps: [...set.gaps, ...gaps], failures: set.failures.filter((failure) => !isOld(failure)) };
}

function identityOf({ code, details: { file, message } }: GateError): string {
  return JSON.stringify([code, file, message]);
}
