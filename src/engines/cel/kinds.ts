import { remembered } from './remembered.ts';

/** What a kind is called in a URL of the API, and whether its objects live in a namespace. */
export interface ApiResource {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  /** undefined: a kind that is not built in, so not known. */
  readonly namespaced: boolean | undefined;
}

const namespaced =
  'pods podtemplates services endpoints configmaps secrets serviceaccounts persistentvolumeclaims replicationcontrollers limitranges resourcequotas events ' +
  'deployments statefulsets daemonsets replicasets controllerrevisions jobs cronjobs ingresses networkpolicies poddisruptionbudgets ' +
  'horizontalpodautoscalers roles rolebindings endpointslices leases';
const clusterScoped =
  'namespaces nodes persistentvolumes clusterroles clusterrolebindings storageclasses csidrivers csinodes volumeattachments ingressclasses priorityclasses ' +
  'runtimeclasses validatingwebhookconfigurations mutatingwebhookconfigurations validatingadmissionpolicies validatingadmissionpolicybindings ' +
  'customresourcedefinitions apiservices certificatesigningrequests flowschemas prioritylevelconfigurations';
const plurals = new Map<string, boolean>([
  ...namespaced.split(' ').map((plural): [string, boolean] => [plural, true]),
  ...clusterScoped.split(' ').map((plural): [string, boolean] => [plural, false]),
]);

export const builtInPlurals: readonly string[] = [...plurals.keys()];
export const builtInGroups: readonly string[] = [
  ...['', 'apps', 'batch', 'autoscaling', 'policy'],
  ...['networking', 'rbac.authorization', 'storage', 'scheduling', 'node', 'coordination', 'discovery', 'certificates'].map(
    (name) => `${name}.k8s.io`,
  ),
  ...['apiextensions', 'apiregistration', 'admissionregistration', 'flowcontrol.apiserver'].map((name) => `${name}.k8s.io`),
];

/** Groups whose kinds the table is about; the same kind elsewhere (Knative's Service) is a custom one. */
function isBuiltIn(group: string): boolean {
  return group === '' || !group.includes('.') || group.endsWith('.k8s.io');
}

/** The same object for the same names: it is a key to what is known of a kind. */
export function apiResource(apiVersion: string, kind: string): ApiResource {
  return byVersion(apiVersion)(kind);
}

const byVersion = remembered((apiVersion) => remembered((kind) => resourceOf(apiVersion, kind)));

function resourceOf(apiVersion: string, kind: string): ApiResource {
  const slash = apiVersion.indexOf('/');
  const group = slash < 0 ? '' : apiVersion.slice(0, slash);
  const plural = pluralOf(kind.toLowerCase());
  return {
    group,
    version: apiVersion.slice(slash + 1),
    kind,
    plural,
    namespaced: isBuiltIn(group) ? plurals.get(plural) : undefined,
  };
}

/** As `kubectl` guesses it; right for every built-in kind. */
function pluralOf(kind: string): string {
  if (kind === 'endpoints') return kind;
  if (/(?:s|x|z|ch|sh)$/.test(kind)) return `${kind}es`;
  return /[^aeiou]y$/.test(kind) ? `${kind.slice(0, -1)}ies` : `${kind}s`;
}
