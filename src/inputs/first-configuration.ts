import type { Files } from '../ports/ports.ts';
import { parseConfig } from './config-file.ts';

/** Settings of the configuration that a change adds to a base without one. See docs/adr/0033-adopt-without-a-bypass.md for why these. */
export interface FirstConfiguration {
  readonly onlyNew: boolean;
  readonly expectManifests: boolean;
  /** Globs of what it excludes. */
  readonly exclude: readonly string[];
}

/**
 * Reads them. A configuration that cannot be read sets nothing, and is reported as `gate/config-broken`.
 * @param full Absolute path of the file.
 */
export async function firstConfiguration(
  full: string,
  file: string,
  files: Pick<Files, 'stat' | 'readText'>,
): Promise<FirstConfiguration> {
  const defaults = { onlyNew: false, expectManifests: true, exclude: [] };
  if ((await files.stat(full))?.kind !== 'file') return defaults;
  try {
    const { onlyNew, expectManifests, exclude } = parseConfig(await files.readText(full), file).config;
    return { onlyNew: onlyNew ?? false, expectManifests: expectManifests ?? true, exclude: exclude ?? [] };
  } catch {
    return defaults;
  }
}
