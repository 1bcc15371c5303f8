import path from 'node:path';
import type { Files } from '../ports/ports.ts';

/** The result of surveying a repository for `k8s-gate init`. */
export interface Survey {
  /** Environment name -> globs of its overlays, and its values files. */
  readonly environments: ReadonlyMap<string, readonly string[]>;
  readonly hasCharts: boolean;
}

const environmentNames = ['production', 'prod', 'staging', 'stage', 'development', 'dev', 'test', 'qa'];

export async function survey(workspace: string, ports: Pick<Files, 'walk'>): Promise<Survey> {
  const files = await ports.walk(workspace, (folder) => ['.git', 'node_modules'].includes(path.posix.basename(folder)));
  const environments = new Map<string, Set<string>>();
  for (const { path: file } of files) {
    const found = environmentOf(file);
    if (found !== undefined) environments.set(found.name, (environments.get(found.name) ?? new Set()).add(found.glob));
  }
  return {
    environments: new Map([...environments].map(([name, globs]) => [name, [...globs].toSorted()])),
    hasCharts: files.some((file) => path.posix.basename(file.path) === 'Chart.yaml'),
  };
}

/** By a folder with its name, or by the name of a values file. */
function environmentOf(file: string): { readonly name: string; readonly glob: string } | undefined {
  if (!/\.ya?ml$/.test(file)) return undefined;
  const folders = path.posix.dirname(file).split('/');
  const at = folders.findIndex((folder) => environmentNames.includes(folder));
  const folder = folders[at];
  if (folder !== undefined) return { name: folder, glob: `${folders.slice(0, at + 1).join('/')}/**` };
  const name = /^values[-.]([^/]+)\.ya?ml$/.exec(path.posix.basename(file))?.[1];
  return name !== undefined && environmentNames.includes(name) ? { name, glob: file } : undefined;
}

/** The schema of the newest release of this major version, which this gate supports. */
const schemaUrl = 'https://raw.githubusercontent.com/org/k8s-gate/v1/schemas/config.schema.json';

export function configText({ environments, hasCharts }: Survey): string {
  const strict = (name: string): boolean => name.startsWith('prod');
  const environmentLines = [...environments].flatMap(([name, globs]) => [
    `  ${name}:`,
    `    paths: [${globs.map((glob) => JSON.stringify(glob)).join(', ')}]`,
    ...(strict(name) ? ['    severity:', '      high: block # an environment may only tighten the policy above'] : []),
  ]);
  return [
    `# yaml-language-server: $schema=${schemaUrl}`,
    '# The policy of k8s-gate for this repository. Every key: docs/configuration.md',
    'version: 1',
    'severity:',
    '  critical: block',
    '  high: warn',
    '  medium: allow',
    '  low: allow',
    '  unknown: warn',
    ...(environmentLines.length > 0 ? ['environments:', ...environmentLines] : []),
    ...(hasCharts
      ? [
          '# Charts are rendered with their values.yaml; `values-<environment>.yaml` files are found by name.',
          '# Anything else: helm.charts.',
        ]
      : []),
    '',
  ].join('\n');
}
