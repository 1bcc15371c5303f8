import path from 'node:path';
import type { HelmChart, HelmRelease } from '../model/config.ts';
import { GateError } from '../model/gate-error.ts';
import { parseYaml } from '../yaml/yaml.ts';
import type { ValuesSource } from './helm-copy.ts';
import { excerpt, type Rendering } from './run-tool.ts';

interface Failed {
  readonly chart: HelmChart;
  readonly release: HelmRelease;
  readonly values: readonly ValuesSource[];
  readonly copy: string;
}

/** Why a release does not render, at the file and line it is about. */
export interface HelmProblem {
  readonly error: GateError;
  /**
   * Nothing is wrong with the chart: a dependency is not in the repository, or the chart asks for values (`required`, `fail`) that only
   * whoever installs it has.
   */
  readonly isIncomplete: boolean;
}

export async function explainHelm(result: Rendering, failed: Failed): Promise<HelmProblem> {
  const { chart, release, values, copy } = failed;
  const said = excerpt(result, [[copy, chart.path]]);
  if (/missing in charts\/ directory/.test(said)) return { error: missingDependency(said, chart), isIncomplete: true };
  for (const { file, text } of values) {
    // Helm names no line of a values file: a strict reading does.
    const problem = problemOf(file, text);
    if (problem !== undefined) return { error: problem, isIncomplete: false };
  }
  const environment = release.environment === undefined ? '' : ` for ${release.environment}`;
  const where = /\(?([\w.-]+\/(?:templates|charts|crds)\/[^\s:)]+)(?::(\d+))?(?::(\d+))?/.exec(said);
  const wantsVersion = /requires kubeVersion: (.+?) which is incompatible/.exec(said)?.[1];
  const error = new GateError('RENDER_FAILED', {
    file:
      where?.[1] === undefined
        ? path.posix.join(chart.path, 'Chart.yaml')
        : path.posix.join(chart.path, where[1].split('/').slice(1).join('/')),
    line: Number(where?.[2] ?? 1),
    ...(where?.[3] !== undefined && { column: Number(where[3]) }),
    message: `the chart does not render${environment}: ${said}`,
    expected: wantsVersion === undefined ? 'a chart that `helm template` renders' : `a Kubernetes version of ${wantsVersion}`,
    next:
      wantsVersion === undefined
        ? 'Fix the template, or name the values it needs under `helm.charts` of .k8s-gate.yaml.'
        : 'Set `helm.kubeVersion` in .k8s-gate.yaml to the version of your cluster.',
  });
  return { error, isIncomplete: /\bexecution error at \(/.test(said) };
}

/** For a chart whose dependencies could not be read; the usual case is a gap. */
function missingDependency(said: string, chart: HelmChart): GateError {
  return new GateError('RENDER_FAILED', {
    file: path.posix.join(chart.path, 'Chart.yaml'),
    line: 1,
    message: `the chart does not render: ${said}`,
    expected: 'all dependencies in charts/',
    next: 'Run `helm dependency build` and commit charts/.',
  });
}

function problemOf(file: string, text: string): GateError | undefined {
  try {
    parseYaml({ file, text });
    return undefined;
  } catch (thrown) {
    return thrown instanceof GateError ? thrown : undefined;
  }
}
