import { valueAt } from '../model/field-path.ts';
import type { JsonValue } from '../model/json.ts';

/** Helm reads the events of a hook in any case and with blanks around them; `test-success` and `test-failure` are names of Helm 2. */
const testEvents = ['test', 'test-success', 'test-failure'];

/**
 * Whether an object is a hook of `helm test` alone. Argo CD's own annotation goes before Helm's there, so with it the object is not a test hook.
 * https://helm.sh/docs/topics/chart_tests https://argo-cd.readthedocs.io/en/stable/user-guide/helm/#helm-hooks
 */
export function isTestOnly(object: JsonValue): boolean {
  const events = valueAt(object, ['metadata', 'annotations', 'helm.sh/hook']);
  if (typeof events !== 'string' || valueAt(object, ['metadata', 'annotations', 'argocd.argoproj.io/hook']) !== undefined)
    return false;
  return events.split(',').every((event) => testEvents.includes(event.trim().toLowerCase()));
}
