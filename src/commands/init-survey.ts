import path from 'node:path';
import type { Files } from '../ports/ports.ts';
import { comment, type Proposals, proposalLines } from './init/proposals.ts';
import { type Criterion, environmentNames, withPointers } from './init-environments.ts';
import { type Deployed, deployedBy } from './init-pointers.ts';

/** The result of surveying a repository for `k8s-gate init`. */
export interface Survey {
  /** All of the repository, relative to it. */
  readonly files: readonly string[];
  readonly environments: ReadonlyMap<string, readonly Criterion[]>;
  readonly hasCharts: boolean;
  /** What Applications, HelmReleases and the like deploy. */
  readonly deployed: readonly Deployed[];
  /** Those that name an environment, but share a file with pointers of another one. */
  readonly unplaced: readonly Deployed[];
}

export async function survey(workspace: string, ports: Pick<Files, 'walk' | 'readText' | 'stat'>): Promise<Survey> {
  const walked = await ports.walk(workspace, (folder) => ['.git', 'node_modules'].includes(path.posix.basename(folder)));
  const files = walked.map((file) => file.path);
  const byName = new Map<string, Set<string>>();
  for (const file of files) {
    const found = environmentOf(file);
    if (found !== undefined) byName.set(found.name, (byName.get(found.name) ?? new Set()).add(found.glob));
  }
  const deployed = await deployedBy(workspace, files, ports);
  const named = new Map([...byName].map(([name, globs]) => [name, [...globs].toSorted()]));
  return {
    files,
    ...withPointers(named, deployed),
    hasCharts: files.some((file) => path.posix.basename(file) === 'Chart.yaml'),
    deployed,
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

export function configText({ environments, hasCharts, deployed, unplaced }: Survey, proposals: Proposals): string {
  const strict = (name: string): boolean => name.startsWith('prod');
  const environmentLines = [...environments].flatMap(([name, criteria]) => [
    `  ${name}:`,
    ...criteriaLines('paths', criteria),
    ...criteriaLines('namespaces', criteria),
    ...(strict(name) ? ['    severity:', '      high: block # an environment can only tighten the policy above'] : []),
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
    ...unplaced.map(
      (one) =>
        `# Not in an environment: ${comment(`${one.by} (${one.file}:${one.line})`)}. Give the pointers of each environment a file of their own.`,
    ),
    ...(hasCharts
      ? [
          '# Charts are rendered with their values.yaml; `values-<environment>.yaml` files are found by name.',
          '# Anything else: helm.charts.',
        ]
      : []),
    ...proposalLines(proposals),
    ...releaseLines(deployed),
    '',
  ].join('\n');
}

/** With a line for each item where there is a reason to write next to it. */
function criteriaLines(key: Criterion['key'], criteria: readonly Criterion[]): readonly string[] {
  const own = criteria.filter((criterion) => criterion.key === key);
  if (own.length === 0) return [];
  if (own.every(({ because }) => because === undefined))
    return [`    ${key}: [${own.map(({ value }) => JSON.stringify(value)).join(', ')}]`];
  return [
    `    ${key}:`,
    ...own.map(
      ({ value, because }) => `      - ${JSON.stringify(value)}${because === undefined ? '' : ` # ${comment(because)}`}`,
    ),
  ];
}

/** Our limit: a home lab has hundreds. */
const releasesShown = 20;

/** What needs no entry of `helm.charts`, because the gate reads it from the pointer, and what it cannot render. */
function releaseLines(deployed: readonly Deployed[]): readonly string[] {
  const here = deployed.filter(({ isHere, what }) => isHere && what.startsWith('chart '));
  const elsewhere = deployed.filter(({ isHere }) => !isHere);
  const line = ({ by, file, line: at, what }: Deployed): string => `#   ${comment(`${what}: ${by} (${file}:${at})`)}`;
  const listed = (heading: string, some: readonly Deployed[]): readonly string[] =>
    some.length === 0
      ? []
      : [
          `# ${heading}`,
          ...some.slice(0, releasesShown).map(line),
          ...(some.length > releasesShown ? [`#   and ${some.length - releasesShown} more`] : []),
        ];
  return [
    ...listed('Releases of these resources need no entry in helm.charts:', here),
    ...listed(
      'Deployed from outside of this repository, which is a warning unless it can be rendered; see docs/gitops.md:',
      elsewhere,
    ),
  ];
}
