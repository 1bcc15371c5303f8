import path from 'node:path';
import type { BoundEngine } from '../../engines/engine.ts';
import type { Organization } from '../../model/config.ts';
import { GateError } from '../../model/gate-error.ts';
import { schemaProblems } from '../../model/schema-problem.ts';
import type { FetchedBundle, NotFetched } from '../../model/sources.ts';
import type { Files } from '../../ports/ports.ts';
import { type LoadedConfig, openConfig } from '../config-file.ts';
import { requireFinal } from './final.ts';
import { mergeConfig, originOf } from './merge.ts';
import { type OrganizationFile, organizationSchema } from './schema.ts';

/** Fetches the files that `extends` names, by `sources` of the configuration that names them. */
export type OpenBundle = (address: string, config: LoadedConfig['config']) => Promise<FetchedBundle | NotFetched>;

/** A configuration with what it extends, and the organization's own part. */
export interface Extended {
  readonly loaded: LoadedConfig;
  readonly shared?: LoadedConfig & { readonly config: OrganizationFile };
  readonly bundle?: FetchedBundle;
}

/**
 * The configuration with the settings that it extends. Throws GateError SOURCE_UNREADABLE if they are not available, and CONFIG_INVALID if they
 * are not valid, or if a final setting would be loosened: without them the gate would be another one.
 * @param folder Absolute: where the configuration was read.
 */
export async function extendConfig(
  own: LoadedConfig,
  folder: string,
  { files, openBundle }: { readonly files: Files; readonly openBundle?: OpenBundle },
): Promise<Extended> {
  const { extends: address } = own.config;
  if (address === undefined) return { loaded: own };
  const refuse = ({ reason, next }: Pick<NotFetched, 'reason' | 'next'>) =>
    new GateError('SOURCE_UNREADABLE', { file: own.file, line: own.own(['extends']), message: `\`extends\`: ${reason}`, next });
  const bundle = await open(address, own, folder, { files, ...(openBundle !== undefined && { openBundle }) });
  if (bundle.status === 'not-fetched') throw refuse(bundle);
  const file = path.posix.join(bundle.shown, bundle.file);
  const full = path.join(bundle.root, bundle.file);
  if ((await files.stat(full))?.kind !== 'file')
    throw refuse({ reason: `there is no file ${file}`, next: 'Name the folder that has .k8s-gate.yaml, or the file itself.' });
  const shared = openConfig(await files.readText(full), file, organizationSchema());
  requireFinal(shared, own);
  return { loaded: merged(shared, own), shared, bundle };
}

/** A file of the repository is where the configuration itself is; everything else is fetched. */
async function open(
  address: string,
  own: LoadedConfig,
  folder: string,
  { files, openBundle }: { readonly files: Files; readonly openBundle?: OpenBundle },
): Promise<FetchedBundle | NotFetched> {
  if (!isFile(address)) {
    if (openBundle !== undefined) return openBundle(address, own.config);
    throw new GateError('INTERNAL', { message: '`extends` cannot be fetched here' });
  }
  const inside = path.posix.normalize(address);
  const real = inside.startsWith('..') ? undefined : await files.resolveInside(folder, path.join(folder, inside));
  if (real !== inside)
    return {
      status: 'not-fetched',
      reason: `${address} is not a regular file of this repository`,
      next: 'Correct the path. It is relative to the root of the workspace.',
    };
  const shown = path.posix.dirname(inside);
  return { status: 'fetched', root: path.join(folder, shown), shown, file: path.posix.basename(inside) };
}

function isFile(address: string): boolean {
  return !/[:?]/.test(address);
}

function merged(shared: LoadedConfig & { readonly config: OrganizationFile }, own: LoadedConfig): LoadedConfig {
  const { final: _final, waivers: _waivers, extends: _extends, policies: _policies, ...settings } = shared.config;
  const config = mergeConfig(settings, own.config);
  const where = (place: readonly PropertyKey[]) => originOf(place, settings, own.config);
  return {
    file: own.file,
    config,
    at(place, message, expected) {
      const { from, path: at } = where(place);
      return (from === 'own' ? own : shared).at(at, message, expected);
    },
    issues(error, schema, prefix) {
      const [{ path: inPart }] = schemaProblems(error);
      const { from } = where([...prefix, ...inPart]);
      return (from === 'own' ? own : shared).issues(error, schema, prefix);
    },
    place(at) {
      const { from, path: place } = where(at);
      return (from === 'own' ? own : shared).place(place);
    },
    own(at) {
      const { from, path: place } = where(at);
      return own.own(from === 'own' ? place : ['extends']);
    },
  };
}

/** What later stages need of it; undefined without `extends`. */
export function organizationOf({ loaded, shared, bundle }: Extended, engines: readonly BoundEngine[]): Organization | undefined {
  const { extends: address } = loaded.config;
  if (shared === undefined || bundle === undefined || address === undefined) return undefined;
  const { policies = ['.k8s-gate/policies'], final = [], waivers = {} } = shared.config;
  const off = final.includes('policies') ? engines.filter(({ enabled }) => !enabled) : [];
  return {
    address,
    root: bundle.root,
    shown: bundle.shown,
    isFetched: !isFile(address),
    file: shared.file,
    policies,
    unevaluated: Object.fromEntries(
      off.flatMap(({ id, language }) => {
        if (language === undefined) return [];
        const { details } = loaded.at(
          ['engines', id],
          `the engine ${id} is off, and policies of the organization that it evaluates are final (${shared.file}:${shared.own(['final'])})`,
          `the engine ${id}, which is on by default`,
        );
        return [[language, details]];
      }),
    ),
    waivers: {
      ...(waivers.maxDays !== undefined && { maxDays: waivers.maxDays }),
      ...(waivers.never !== undefined && { never: waivers.never }),
      ...(waivers.owners !== undefined && { owners: waivers.owners }),
      ...(waivers.selfWaiver !== undefined && { selfWaiver: waivers.selfWaiver }),
    },
  };
}
