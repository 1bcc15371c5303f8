import path from 'node:path';
import type { HelmChart, HelmRelease } from '../model/config.ts';
import { GateError } from '../model/gate-error.ts';
import { isArray, isObject } from '../model/json.ts';
import type { Files } from '../ports/ports.ts';
import { parseYaml } from '../yaml/yaml.ts';
import type { ValuesFile } from './helm-copy.ts';
import { excerpt, type Rendering } from './run-tool.ts';

interface Failed {
  readonly chart: HelmChart;
  readonly release: HelmRelease;
  readonly values: readonly ValuesFile[];
  readonly copy: string;
  readonly files: Files;
}

/** What Helm said, at the file and line it is about. */
export async function explainHelm(result: Rendering, failed: Failed): Promise<GateError> {
  const { chart, release, values, copy } = failed;
  const said = excerpt(result).replaceAll(copy, chart.path);
  const missing = /missing in charts\/ directory: (.+)$/.exec(said)?.[1]?.split(',')[0]?.trim();
  if (missing !== undefined) return missingDependency(missing, failed);
  for (const { file, text } of values) {
    // Helm names no line of a values file: a strict reading does.
    const problem = problemOf(file, text);
    if (problem !== undefined) return problem;
  }
  const environment = release.environment === undefined ? '' : ` for ${release.environment}`;
  const where = /\(?([\w.-]+\/(?:templates|charts|crds)\/[^\s:)]+)(?::(\d+))?(?::(\d+))?/.exec(said);
  return new GateError('RENDER_FAILED', {
    file:
      where?.[1] === undefined
        ? path.posix.join(chart.path, 'Chart.yaml')
        : path.posix.join(chart.path, where[1].split('/').slice(1).join('/')),
    line: Number(where?.[2] ?? 1),
    ...(where?.[3] !== undefined && { column: Number(where[3]) }),
    message: `the chart does not render${environment}: ${said}`,
    expected: 'a chart that `helm template` renders',
    next: 'Mend the template, or give the values it needs under `helm.charts`.',
  });
}

async function missingDependency(name: string, { chart, copy, files }: Failed): Promise<GateError> {
  const file = path.posix.join(chart.path, 'Chart.yaml');
  const [document] = parseYaml({ file, text: await files.readText(path.join(copy, 'Chart.yaml')) });
  const listed = isObject(document?.value) && isArray(document.value.dependencies) ? document.value.dependencies : [];
  const index = listed.findIndex((entry) => isObject(entry) && entry.name === name);
  return new GateError('RENDER_FAILED', {
    file,
    line: document?.locate(index === -1 ? ['dependencies'] : ['dependencies', index]).line ?? 1,
    message: `the dependency ${name} is not in charts/, and the gate fetches nothing`,
    expected: `charts/${name}/ or charts/${name}-<version>.tgz in the repository`,
    next: 'Run `helm dependency build` and commit charts/, or run it in the workflow before the gate.',
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
