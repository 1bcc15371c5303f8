import type { FieldPath } from '../model/field-path.ts';
import type { ArgoContext } from './argo-context.ts';
import type { ArgoSource } from './argo-schema.ts';
import type { ChartSource, Parameter, ReleaseDeployable, UnavailableDeployable, ValuesLayer } from './deployable.ts';
import { whose } from './here.ts';
import { matchingPaths } from './path-pattern.ts';
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
  const environment = buildEnvironment(source, context);
  const files: ValuesLayer[] = [];
  for (const [index, name] of (helm.valueFiles ?? []).entries()) {
    const field = [...at, 'helm', 'valueFiles', index];
    const found = valuesFile(substitute(name, environment), chart, context);
    if ('reason' in found)
      return {
        kind: 'unavailable',
        at: field,
        destination,
        what: `chart ${chart.kind === 'folder' ? chart.folder || '.' : chart.name} with ${name}`,
        reason: found.reason,
        next: 'Keep the values file in this repository, or waive gate/not-evaluated for it.',
      };
    for (const path of found.paths)
      files.push({ kind: 'file', path, optional: helm.ignoreMissingValueFiles === true, at: field });
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
    ...(helm.kubeVersion && { kubeVersion: substitute(helm.kubeVersion, environment) }),
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
      value: escapeCommas(substitute(value ?? '', environment)),
      at: [...at, 'parameters', index, 'value'],
    }),
  );
  const files = (fileParameters ?? []).flatMap(({ name, path }, index): readonly Parameter[] => {
    const found = valuesFile(substitute(path, environment), chart, context);
    return 'reason' in found
      ? []
      : found.paths.map((file) => ({ kind: 'file', name, path: file, at: [...at, 'fileParameters', index, 'path'] }));
  });
  return [...values, ...files];
}

/** Argo CD lets a comma be part of a value, and leaves a list in braces to Helm. */
function escapeCommas(value: string): string {
  return /^\{[\s\S]*\}$/.test(value) ? value : value.replaceAll(/(?<!\\),/g, '\\,');
}

/** `$ref/path` is a file of another source, `/path` one of the repository, any other one of the chart. */
function valuesFile(
  name: string,
  chart: ChartSource,
  { refs, here }: ArgoContext,
): { readonly paths: readonly string[] } | { readonly reason: string } {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(name)) return { reason: `${name} is downloaded when it is deployed` };
  const [, ref, below] = /^\$([^/]+)\/(.*)$/.exec(name) ?? [];
  if (ref !== undefined && below !== undefined) {
    const source = refs.get(ref) ?? refs.get(`$${ref}`);
    if (source === undefined) return { reason: `no source has the ref ${ref}` };
    const owner = whose(source.repoURL ?? undefined, source.targetRevision ?? undefined, here);
    if (owner === 'elsewhere') return { reason: `${name} is a file of ${source.repoURL}` };
    if (owner === 'other-revision') return { reason: `${name} is read at the revision ${source.targetRevision}` };
  }
  if (below === undefined && chart.kind === 'repository')
    return { reason: `${name} is a file of the chart, which is not in this repository` };
  const path = below === undefined ? cleanPath(name, chart.kind === 'folder' ? chart.folder : '') : cleanPath(below);
  if (path === undefined) return { reason: `${name} is outside the repository` };
  return { paths: matching(path, here.workspace.files) };
}

/** A pattern stands for the files that it matches, in the order of their names. */
function matching(path: string, files: ReadonlySet<string>): readonly string[] {
  if (!/[*?[]/.test(path) || files.has(path)) return [path];
  const found = matchingPaths(path, files);
  return found.length > 0 ? found : [path];
}

type Environment = Readonly<Record<string, string>>;

/** https://argo-cd.readthedocs.io/en/stable/user-guide/build-environment/ */
function buildEnvironment(source: ArgoSource, { application, destination }: ArgoContext): Environment {
  return {
    ARGOCD_APP_NAME: application.name,
    ARGOCD_APP_NAMESPACE: destination.namespace ?? '',
    ARGOCD_APP_PROJECT_NAME: destination.project ?? '',
    ARGOCD_APP_SOURCE_PATH: source.path ?? '',
    ARGOCD_APP_SOURCE_REPO_URL: source.repoURL ?? '',
    ARGOCD_APP_SOURCE_TARGET_REVISION: source.targetRevision ?? '',
    // Not known before the merge: the commit is the one that is evaluated, whichever SHA it gets.
    ARGOCD_APP_REVISION: '0'.repeat(40),
    ARGOCD_APP_REVISION_SHORT: '0'.repeat(7),
    ARGOCD_APP_REVISION_SHORT_8: '0'.repeat(8),
  };
}

/** `$NAME` and `${NAME}`; Argo CD puts nothing for a name that is not one of its own, and `$$` is a dollar sign. */
function substitute(value: string, environment: Environment): string {
  return value.replaceAll(/\$\$|\$\{(\w+)\}|\$(ARGOCD_\w+|KUBE_\w+)/g, (all, braced?: string, plain?: string) => {
    const name = braced ?? plain;
    return name === undefined ? '$' : (environment[name] ?? (braced === undefined ? all : ''));
  });
}
