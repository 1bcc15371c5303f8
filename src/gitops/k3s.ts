import * as z from 'zod';
import { isObject } from '../model/json.ts';
import type { Deployable, Parameter, Pointer, Unreadable, ValuesLayer } from './deployable.ts';
import type { FluxSources } from './flux-sources.ts';
import * as next from './next-steps.ts';
import { readSpec } from './read-spec.ts';
import { jsonObject, text } from './schema-basics.ts';
import { unavailable } from './unavailable.ts';

/** https://docs.k3s.io/add-ons/helm */
const helmChartSpec = z.looseObject({
  chart: z.string().nullish(),
  chartContent: z.string().nullish(),
  repo: z.string().nullish(),
  version: text.nullish(),
  targetNamespace: z.string().nullish(),
  valuesContent: z.string().nullish(),
  values: jsonObject.nullish(),
  set: z.record(z.string(), text).nullish(),
});

/** A chart that the Helm controller of k3s or RKE2 installs, with what a HelmChartConfig of the same name adds. */
export function readHelmChart(pointer: Pointer, sources: FluxSources): Deployable | Unreadable {
  const read = readSpec(pointer.object, ['spec'], helmChartSpec);
  if (!read.ok) return read.unreadable;
  const { chart, chartContent, repo, version, targetNamespace, valuesContent, values, set } = read.value;
  const destination = targetNamespace ? { namespace: targetNamespace } : {};
  const without = (field: string, what: string, reason: string) =>
    unavailable(['spec', field], destination, what, reason, next.vendorChart);
  if (chartContent) return without('chartContent', 'the chart in `chartContent`', 'the chart is packed into the manifest');
  if (!chart) return without('chart', 'its chart', 'the HelmChart does not name a chart');
  const layers: ValuesLayer[] = [];
  if (values) layers.push({ kind: 'inline', values, at: ['spec', 'values'] });
  if (valuesContent) layers.push({ kind: 'text', text: valuesContent, at: ['spec', 'valuesContent'] });
  const config = sources.find({ kind: 'HelmChartConfig', name: pointer.name }, pointer);
  const added = isObject(config?.object.spec) ? config.object.spec.valuesContent : undefined;
  if (typeof added === 'string') layers.push({ kind: 'text', text: added, at: ['spec', 'valuesContent'] });
  const slash = chart.lastIndexOf('/');
  const [url, name] = repo ? [repo, chart] : [chart.slice(0, Math.max(0, slash)), chart.slice(slash + 1)];
  return {
    kind: 'release',
    at: ['spec', 'chart'],
    destination,
    chart: { kind: 'repository', url, name, version: version ?? '' },
    name: pointer.name,
    namespace: targetNamespace || pointer.namespace || 'default',
    values: layers,
    parameters: Object.entries(set ?? {}).map(
      ([key, value]): Parameter => ({ kind: 'value', name: key, value, at: ['spec', 'set', key] }),
    ),
    includeCrds: true,
    apiVersions: [],
    post: [],
  };
}

/** Values for a chart that k3s or RKE2 brings along, such as Traefik; those for a HelmChart of this repository are read with it. */
export function readHelmChartConfig(pointer: Pointer, sources: FluxSources): readonly Deployable[] {
  if (sources.find({ kind: 'HelmChart', name: pointer.name }, pointer) !== undefined) return [];
  const what = `chart ${pointer.name} with these values`;
  const reason = 'it is a chart of k3s or RKE2, which is not in this repository';
  return [unavailable(['spec', 'valuesContent'], {}, what, reason, next.renderBefore)];
}
