import type { ArgoContext } from './argo-context.ts';
import type { ArgoSource } from './argo-schema.ts';

export type Environment = Readonly<Record<string, string>>;

/** https://argo-cd.readthedocs.io/en/stable/user-guide/build-environment/ */
export function buildEnvironment(
  source: ArgoSource,
  { application, destination }: Pick<ArgoContext, 'application' | 'destination'>,
): Environment {
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

/** `$NAME` and `${NAME}` as Go's os.Expand reads them: a name that is not known is nothing, and `$$` is a dollar sign. */
export function expand(value: string, environment: Environment): string {
  return value.replaceAll(
    /\$(?:\{([^}]*)\}|([*#$@!?\d-])|(\w+)|(?=\{|$))?/g,
    (all, braced?: string, special?: string, plain?: string) => {
      const name = braced ?? special ?? plain;
      // A brace that is not closed is left out with the dollar sign; a dollar sign before anything else stays.
      if (name === undefined) return all;
      return name === '$' ? '$' : (environment[name] ?? '');
    },
  );
}
