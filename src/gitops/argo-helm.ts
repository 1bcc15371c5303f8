import type { FieldPath } from '../model/field-path.ts';
import type { ArgoContext } from './argo-context.ts';
import { buildEnvironment, type Environment, expand } from './argo-environment.ts';
import type { ArgoSource } from './argo-schema.ts';
import type { ChartSource, Parameter, ReleaseDeployable, UnavailableDeployable, ValuesLayer } from './deployable.ts';
import { whose } from './here.ts';
import { matchingPaths } from './path-pattern.ts';
import { unavailable } from './unavailable.ts';
import { cleanPath } from './workspace.ts';

type Helm = NonNullable<ArgoSource['helm']>;

/**
 * A chart of this repository as Argo CD renders it: values files in their order, then `valuesObject` or `values`, then parameters.
 * https://argo-cd.readthedocs.io/en/stable/user-guide/helm/#helm-value-precedence
 */
export function argoHelm(
  chart: ChartSource,
  source: ArgoSource,
  context: ArgoContext,
): ReleaseDeployable | UnavailableDeployable {
  const { application, destination, at } = context;
  const helm: Helm = source.helm ?? {};
  const without = (field: FieldPath, what: string, file: string, reason: string) =>
    unavailable(
      [...at, 'helm', ...field],
      destination,
      `chart ${chart.kind === 'folder' ? chart.folder || '.' : chart.name} with ${what}`,
      reason,
      `Keep the ${file} in this repository, or waive gate/not-evaluated for it.`,
    );
  const environment = buildEnvironment(source, context);
  const named = (helm.valueFiles ?? []).map((name) => ({ name, found: valuesFile(name, environment, chart, context) }));
  // One that is named explicitly has its place there, not where a pattern matches it.
  const byName = new Set(named.flatMap(({ found }) => ('paths' in found && !found.isPattern ? found.paths : [])));
  const seen = new Set<string>();
  const files: ValuesLayer[] = [];
  for (const [index, { name, found }] of named.entries()) {
    if ('reason' in found) return without(['valueFiles', index], name, 'values file', found.reason);
    for (const path of found.paths) {
      if (seen.has(path) || (found.isPattern && byName.has(path))) continue;
      seen.add(path);
      files.push({
        kind: 'file',
        path,
        optional: helm.ignoreMissingValueFiles === true,
        at: [...at, 'helm', 'valueFiles', index],
      });
    }
  }
  for (const [index, { name, path }] of (helm.fileParameters ?? []).entries()) {
    const found = valuesFile(path, environment, chart, context);
    if ('reason' in found) return without(['fileParameters', index, 'path'], `the parameter ${name}`, 'file', found.reason);
  }
  return {
    kind: 'release',
    at: [...at, source.chart ? 'chart' : source.path ? 'path' : 'repoURL'],
    destination,
    chart,
    name: helm.releaseName || application.name,
    namespace: helm.namespace || destination.namespace || 'default',
    values: [...files, ...inlineValues(helm, [...at, 'helm'])],
    parameters: parametersOf(helm, [...at, 'helm'], environment, chart, context),
    includeCrds: helm.skipCrds !== true,
    options: [
      ...(helm.skipTests === true ? ['--skip-tests'] : []),
      ...(helm.skipSchemaValidation === true ? ['--skip-schema-validation'] : []),
    ],
    ...(helm.kubeVersion && { kubeVersion: expand(helm.kubeVersion, environment) }),
    apiVersions: helm.apiVersions ?? [],
    post: [],
  };
}

function inlineValues({ values, valuesObject }: Helm, at: FieldPath): readonly ValuesLayer[] {
  if (valuesObject) return [{ kind: 'inline', values: valuesObject, at: [...at, 'valuesObject'] }];
  return values ? [{ kind: 'text', text: values, at: [...at, 'values'] }] : [];
}

function parametersOf(
  { parameters, fileParameters }: Helm,
  at: FieldPath,
  environment: Environment,
  chart: ChartSource,
  context: ArgoContext,
): readonly Parameter[] {
  const values = (parameters ?? []).map(
    ({ name, value, forceString }, index): Parameter => ({
      kind: forceString === true ? 'string' : 'value',
      name,
      value: escapeCommas(expand(value ?? '', environment)),
      at: [...at, 'parameters', index, 'value'],
    }),
  );
  const files = (fileParameters ?? []).flatMap(({ name, path }, index): readonly Parameter[] => {
    const found = valuesFile(path, environment, chart, context);
    return 'reason' in found
      ? []
      : found.paths.map((file): Parameter => ({ kind: 'file', name, path: file, at: [...at, 'fileParameters', index, 'path'] }));
  });
  return [...values, ...files];
}

/** Argo CD lets a comma be part of a value, and leaves a list in braces to Helm. */
function escapeCommas(value: string): string {
  return /^\{[\s\S]*\}$/.test(value) ? value : value.replaceAll(/(?<!\\),/g, '\\,');
}

/** `$ref/path` is a file of another source, `/path` one of the repository, any other one of the chart. */
function valuesFile(written: string, environment: Environment, chart: ChartSource, { refs, here }: ArgoContext): ValuesFile {
  // A `$ref` is not a variable.
  const [, first = ''] = /^\$([^/]+)\//.exec(written) ?? [];
  const isRef = first !== '' && !(first.replace(/^\{|\}$/g, '') in environment);
  const name = isRef ? `$${first}${expand(written.slice(first.length + 1), environment)}` : expand(written, environment);
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(name)) return { reason: `${name} is downloaded when it is deployed` };
  const [, ref, below] = /^\$([^/]+)\/(.*)$/.exec(name) ?? [];
  if (ref !== undefined && below !== undefined) {
    const source = refs.get(ref) ?? refs.get(`$${ref}`);
    const owner = whose(source?.repoURL ?? undefined, source?.targetRevision ?? undefined, here);
    if (source === undefined) return { reason: `no source has the ref ${ref}` };
    if (owner === 'elsewhere') return { reason: `${name} is a file of ${source.repoURL}` };
    if (owner === 'other-revision') return { reason: `${name} is read at the revision ${source.targetRevision}` };
  }
  if (below === undefined && chart.kind === 'repository')
    return { reason: `${name} is a file of the chart, which is not in this repository` };
  const path = below === undefined ? cleanPath(name, chart.kind === 'folder' ? chart.folder : '') : cleanPath(below);
  if (path === undefined) return { reason: `${name} is outside the repository` };
  return matching(path, here.workspace.files);
}

type ValuesFile = { readonly paths: readonly string[]; readonly isPattern: boolean } | { readonly reason: string };

/** A pattern is the files that it matches, in the order of their names; one that matches none is a file that is missing. */
function matching(path: string, files: ReadonlySet<string>): ValuesFile {
  if (!/[*?[]/.test(path) || files.has(path)) return { paths: [path], isPattern: false };
  const found = matchingPaths(path, files);
  return found.length > 0 ? { paths: found, isPattern: true } : { paths: [path], isPattern: false };
}
