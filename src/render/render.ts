import path from 'node:path';
import type { GateConfig } from '../model/config.ts';
import { GateError } from '../model/gate-error.ts';
import type { ManifestSet, SourceUnit } from '../model/manifest-set.ts';
import type { PolicyFile } from '../model/policy.ts';
import type { Resource } from '../model/resource.ts';
import type { SourceSet } from '../model/source-set.ts';
import type { RenderContext } from './context.ts';
import { createEnvironmentMatcher } from './environments.ts';
import { renderChart } from './helm.ts';
import { collectImages } from './images.ts';
import { renderKustomization } from './kustomize.ts';
import type { Rendered } from './objects.ts';
import { readPlain, type UnitResult } from './plain.ts';
import { createTurns } from './turns.ts';

interface Job {
  readonly kind: 'plain' | 'helm' | 'kustomize';
  readonly path: string;
  readonly run: () => UnitResult | Promise<UnitResult>;
}

/** Everything that would be deployed. A unit that does not render is a failure beside what the others render to. */
export async function render(sources: SourceSet, config: GateConfig, context: RenderContext): Promise<ManifestSet> {
  const ended = await Promise.allSettled(jobsOf(sources, config, context).map(async (job) => ({ job, ...(await job.run()) })));
  if (context.signal.aborted) throw new GateError('RENDER_FAILED', { message: 'rendering was cancelled' });
  const results = ended.map((end) => {
    if (end.status === 'rejected') throw end.reason;
    return end.value;
  });
  const resources = identify(
    results.flatMap(({ rendered }) => rendered),
    config,
  );
  const { images, failures } = collectImages(resources, config);
  return {
    resources,
    images,
    units: [...results.map(unitOf), ...sources.policies.map(policyUnit), ...sources.skipped],
    policies: sources.policies,
    failures: [...sources.failures, ...results.flatMap((result) => result.failures), ...failures],
    gaps: sources.gaps,
  };
}

/** What renders one release or kustomization runs up to two processes. */
const processesEach = 2;

function jobsOf(sources: SourceSet, config: GateConfig, context: RenderContext): readonly Job[] {
  const turns = createTurns(Math.ceil(config.concurrency / processesEach));
  return [
    ...sources.plain.map((source): Job => ({ kind: 'plain', path: source.path, run: () => readPlain(source) })),
    ...sources.charts.map((chart, index): Job => {
      const folder = path.join(context.tempDir, `chart-${index}`);
      return { kind: 'helm', path: chart.path, run: () => renderChart(chart, folder, config, { ...context, turns }) };
    }),
    ...sources.kustomizations.map((source, index): Job => {
      const folder = path.join(context.tempDir, `kustomization-${index}`);
      return {
        kind: 'kustomize',
        path: source.path,
        run: () => turns(() => renderKustomization(source, folder, config, context)),
      };
    }),
  ];
}

/** Uids count in the order of the sources, which is sorted: the same input has the same ones. */
function identify(rendered: readonly Rendered[], config: GateConfig): readonly Resource[] {
  const environmentsOf = createEnvironmentMatcher(config.environments);
  return rendered.map((one, index) => {
    const { apiVersion, kind, name, namespace, object, source, origin } = one;
    const uid = `obj-${String(index + 1).padStart(6, '0')}`;
    const own = { uid, apiVersion, kind, name, object, source, environments: environmentsOf(one), origin };
    return namespace === undefined ? own : { ...own, namespace };
  });
}

function unitOf({ job, rendered, failures }: UnitResult & { readonly job: Job }): SourceUnit {
  const [failure] = failures;
  return {
    kind: job.kind,
    path: job.path,
    status: failure === undefined ? 'rendered' : 'failed',
    resources: rendered.length,
    ...(failure !== undefined && { reason: failure.details.message }),
  };
}

function policyUnit({ file, language }: PolicyFile): SourceUnit {
  return { kind: 'policy', path: file, status: 'rendered', resources: 0, reason: `${language} policy` };
}
