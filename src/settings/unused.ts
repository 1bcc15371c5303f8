import type { BoundEngine, Installed } from '../engines/engine.ts';
import type { Inputs } from '../inputs/inputs.ts';
import type { EngineRun } from '../model/engine-run.ts';
import type { EngineFinding } from '../model/finding.ts';
import type { ManifestSet } from '../model/manifest-set.ts';
import type { WaiverSet } from '../model/waiver.ts';
import type { Ports } from '../ports/ports.ts';
import { unusedEngineSettings } from './engines.ts';
import { unusedEnvironments } from './environments.ts';
import { unreadFiles, unusedExclusions } from './files.ts';
import { unusedImages } from './images.ts';
import { unevaluatedLicenses } from './licenses.ts';
import { unaskedPolicies } from './policies.ts';
import { type RepositoryNames, repositoryNames } from './repository.ts';
import { unusedRules } from './rules.ts';
import { settingsRun } from './run.ts';
import { unusedWaivers } from './waivers.ts';

/** A setting without effect. */
export interface Unused {
  /** Its unique name: `environments.production`. */
  readonly setting: string;
  readonly file: string;
  readonly line: number;
  readonly title: string;
  /**
   * `weaker`: the gate is less strict, or judges less, than its author expects. `leftover`: as far as known, it does not affect what is judged.
   */
  readonly effect: 'weaker' | 'leftover';
  readonly next: string;
}

export interface Judged {
  readonly inputs: Pick<Inputs, 'config' | 'loaded' | 'engines'>;
  readonly waivers: WaiverSet;
  readonly set: ManifestSet;
  /** Engines that failed: their own error names what is wrong with their options. */
  readonly failed?: readonly string[];
}

/** The input of each check. */
export interface Surroundings extends Judged {
  readonly names: () => Promise<RepositoryNames>;
  /** Every rule of an engine; undefined if unknown without a run. */
  readonly rulesOf: (engine: BoundEngine) => Promise<readonly string[] | undefined>;
}

/**
 * Settings that refer to something that does not exist: the gate would silently run without them. Returns a run of the engine `gate` with a
 * finding for each, or none. If only a part of the repository is judged (`paths`, `exclude` or `environment` of the run), things that are
 * missing in that part are not reported.
 */
export async function unusedSettings(
  judged: Judged,
  {
    ports,
    gateRoot,
    gateVersion,
  }: { readonly ports: Pick<Ports, 'files'>; readonly gateRoot: string; readonly gateVersion: string },
): Promise<readonly EngineRun[]> {
  const findings = (await findUnused(judged, { files: ports.files, gateRoot })).map(toFinding);
  return settingsRun(findings, gateVersion);
}

async function findUnused(judged: Judged, installed: Installed): Promise<readonly Unused[]> {
  let names: Promise<RepositoryNames> | undefined;
  const surroundings: Surroundings = {
    ...judged,
    names: () => {
      names ??= repositoryNames(judged.inputs.config, installed.files);
      return names;
    },
    rulesOf: rulesBy(judged.set.policies, installed),
  };
  const isWhole = isWholeRepository(judged);
  const parts = [
    await unusedEnvironments(surroundings, isWhole),
    await unusedExclusions(surroundings),
    unreadFiles(surroundings),
    unevaluatedLicenses(surroundings),
    ...(isWhole ? [unusedImages(surroundings), unaskedPolicies(surroundings)] : []),
    await unusedEngineSettings(surroundings, isWhole),
    await unusedRules(surroundings),
    await unusedWaivers(surroundings),
  ];
  // An organization sets what some of its repositories need.
  const shared = judged.inputs.config.organization;
  const isShared = (file: string) => file === shared?.file || (shared?.isFetched === true && file.startsWith(`${shared.shown}/`));
  return parts.flat().filter(({ file }) => !isShared(file));
}

/** The rules of each engine with these policies. */
export function rulesBy(policies: ManifestSet['policies'], installed: Installed): Surroundings['rulesOf'] {
  return async ({ settings }) => {
    try {
      return await settings?.rules?.(policies, installed);
    } catch {
      return undefined; // Broken policies fail the engine that runs them.
    }
  };
}

/** Whether all of the repository was rendered: a setting may refer to a part that failed. */
export function isWholeRepository({ inputs: { config, loaded }, set }: Pick<Judged, 'inputs' | 'set'>): boolean {
  const paths = loaded.config.paths ?? ['.'];
  return (
    set.resources.length > 0 &&
    set.failures.length === 0 &&
    config.environment === undefined &&
    config.exclude.length === (loaded.config.exclude ?? []).length &&
    config.paths.length === paths.length &&
    config.paths.every((path, index) => path === paths[index])
  );
}

function toFinding({ setting, file, line, title, effect, next }: Unused): EngineFinding {
  return {
    engine: 'gate',
    rule: 'setting-unused',
    check: setting,
    category: 'policy',
    title,
    detail:
      effect === 'weaker'
        ? 'The setting has no effect, so the gate may be less strict than intended.'
        : 'The setting has no effect on what is evaluated.',
    severity: effect === 'weaker' ? 'unknown' : 'low',
    subject: { kind: 'file', location: { file, line, precision: 'field' } },
    fix: { text: next },
  };
}
