import { groupOf, type Resource } from '../../model/resource.ts';
import data from './checks.json' with { type: 'json' };

/**
 * The kinds of each built-in check, by its `scope.objectKinds`; checks that are not listed apply to KubeLinter's `DeploymentLike`. Checks of kind `Any`
 * (`no-extensions-v1beta`, `kubeconform`, `sorted-keys`) are not specific to a kind, so they do not count as an evaluation of one.
 * https://github.com/stackrox/kube-linter/tree/v0.8.3/pkg/builtinchecks/yamls
 */
const kindsOf: Readonly<Record<string, readonly string[]>> = data.kinds;

/** `group/kind` of everything that one of the checks applies to. */
export function kindsJudged(checks: readonly string[]): ReadonlySet<string> {
  return new Set(checks.flatMap((check) => (Object.hasOwn(kindsOf, check) ? (kindsOf[check] ?? []) : data.deploymentLike)));
}

export function kindOf({ apiVersion, kind }: Pick<Resource, 'apiVersion' | 'kind'>): string {
  return `${groupOf(apiVersion)}/${kind}`;
}
