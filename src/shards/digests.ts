import { contentOf, digest } from '../engines/reuse.ts';
import type { Inputs } from '../inputs/inputs.ts';
import { stringifyJson } from '../model/json.ts';
import type { ManifestSet } from '../model/manifest-set.ts';
import { comparedName } from '../model/resource.ts';
import type { WaiverSet } from '../model/waiver.ts';

/** A digest of all input of the engines: two runs with the same digest have the same input. */
export function setDigest({ resources, images, units, policies }: ManifestSet): string {
  return digest(
    JSON.stringify({
      resources: resources.map((resource) => [
        resource.uid,
        resource.apiVersion,
        resource.kind,
        resource.namespace ?? null,
        comparedName(resource),
        resource.source.unit,
        resource.environments,
        resource.stableObject === undefined ? contentOf(resource) : digest(stringifyJson(resource.stableObject)),
      ]),
      images,
      units: units.map(({ kind, path, status, resources: count }) => [kind, path, status, count]),
      policies: policies.map(({ file, language, text }) => [file, language, text]),
    }),
  );
}

/** A digest of the settings in force, without those that may differ between runners: folders, cores, timeouts, reports. */
export function configurationDigest({ config, loaded, engines, compare }: Inputs, ledger: WaiverSet): string {
  const {
    workspace: _workspace,
    checkout: _checkout,
    trusted: _trusted,
    concurrency: _concurrency,
    organization,
    ...settings
  } = config;
  return digest(
    JSON.stringify({
      settings,
      organization: { ...organization, root: undefined },
      compare,
      engines: engines.filter((engine) => engine.enabled).map((engine) => engine.id),
      options: loaded.config.engines ?? {},
      waivers: ledger.waivers,
      selfWaiver: ledger.selfWaiver,
    }),
  );
}
