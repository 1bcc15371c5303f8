import { groupOf } from '../model/resource.ts';
import { readApplicationSet } from './application-set.ts';
import { readApplication } from './argo.ts';
import type { Deployable, Pointer, Unreadable } from './deployable.ts';
import { readHelmRelease } from './flux-helm-release.ts';
import { readFluxKustomization } from './flux-kustomization.ts';
import { type FluxSources, indexOf } from './flux-sources.ts';
import { readHelmChart, readHelmChartConfig } from './k3s.ts';
import type { GeneratorContext, RenderText } from './parameters.ts';

export interface ResolveContext extends Omit<GeneratorContext, 'spec' | 'render'> {
  readonly goTemplate: RenderText;
}

export interface Resolved<T extends Pointer> {
  readonly pointer: T;
  readonly found: readonly (Deployable | Unreadable)[];
}

type Reader = (pointer: Pointer, sources: FluxSources, context: ResolveContext) => Promise<Resolved<Pointer>['found']>;

/** Pointers whose sources can be read, by group and kind. Those of other deployers are gaps (findings/pointers.ts). */
const readers: Readonly<Record<string, Reader>> = {
  'argoproj.io Application': async (pointer, _sources, { here }) => readApplication(pointer, here),
  'argoproj.io ApplicationSet': (pointer, _sources, context) => readApplicationSet(pointer, context),
  'kustomize.toolkit.fluxcd.io Kustomization': async (pointer, sources, { here }) => [
    readFluxKustomization(pointer, sources, here),
  ],
  'helm.toolkit.fluxcd.io HelmRelease': async (pointer, sources, { here }) => readHelmRelease(pointer, sources, here),
  'helm.cattle.io HelmChartConfig': async (pointer, sources) => readHelmChartConfig(pointer, sources),
  'helm.cattle.io HelmChart': async (pointer, sources) => [readHelmChart(pointer, sources)],
};

export function isReadable({ apiVersion, kind }: Pick<Pointer, 'apiVersion' | 'kind'>): boolean {
  return Object.hasOwn(readers, `${groupOf(apiVersion)} ${kind}`);
}

/** What each of the pointers deploys. `all` is everything that is known to be deployed: sources and ConfigMaps are found in it. */
export async function resolve<T extends Pointer>(
  pointers: readonly T[],
  all: readonly Pointer[],
  context: ResolveContext,
): Promise<readonly Resolved<T>[]> {
  const sources = indexOf(all);
  return Promise.all(
    pointers.map(async (pointer) => {
      const read = readers[`${groupOf(pointer.apiVersion)} ${pointer.kind}`];
      return { pointer, found: read === undefined ? [] : await read(pointer, sources, context) };
    }),
  );
}
