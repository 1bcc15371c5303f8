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
   * Nothing is wrong with the chart: a dependency is not in the repository, the chart asks for values (`required`, `fail`, its schema) that only
   * whoever installs it has, or it gets its version when it is released.
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
  const isUnreleased = /validation: chart\.metadata\.version /.test(said);
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
      wantsVersion !== undefined
        ? 'Set `helm.kubeVersion` in .k8s-gate.yaml to the version of your cluster.'
        : isUnreleased
          ? 'Set a version such as `0.0.0` in Chart.yaml, or set it in a step before the gate and list Chart.yaml under `generated` of .k8s-gate.yaml.'
          : 'Fix the template, or list the values files that it needs under `helm.charts` of .k8s-gate.yaml.',
  });
  return { error, isIncomplete: isUnreleased || onlyLacksValues(said) || /\bexecution error at \(/.test(said) };
}

/** The schema of the values asks for more. A value that it refuses is wrong, whoever adds others. */
function onlyLacksValues(said: string): boolean {
  const complaints = /values don't meet the specifications of the schema.*/s
    .exec(said)?.[0]
    .match(/- at '[^']*': .*?(?=- at '|$)/gs);
  return complaints?.every((complaint) => /': missing propert/.test(complaint)) === true;
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
