import { isObject, type JsonObject } from '../../../src/model/json.ts';
import { ownKinds } from '../../../src/model/own-kinds.ts';
import type { Question, Served } from './oracle.ts';
import type { OurStatus } from './ours.ts';

export interface Case extends Question {
  readonly name: string;
  /** Our answer, if it is meant to be another, and why. */
  readonly differs?: { readonly ours: OurStatus; readonly why: string };
}

const group = 'admissionregistration.k8s.io/v1';
const servedKinds: readonly Served[] = [
  ...ownKinds().map(({ group: of, kind, plural, namespaced }) => ({ group: of, kind, plural, namespaced, version: 'v1' })),
  { group: 'cert-manager.io', version: 'v1', kind: 'Certificate', plural: 'certificates', namespaced: true },
  { group: 'cert-manager.io', version: 'v1', kind: 'ClusterIssuer', plural: 'clusterissuers', namespaced: false },
  {
    group: 'security.openshift.io',
    version: 'v1',
    kind: 'SecurityContextConstraints',
    plural: 'securitycontextconstraints',
    namespaced: false,
  },
  { group: 'example.com', version: 'v1', kind: 'Limit', plural: 'limits', namespaced: false },
  { group: 'extensions', version: 'v1beta1', kind: 'Deployment', plural: 'deployments', namespaced: true },
].filter(({ group: of, version }) => of !== 'extensions' || version === 'v1beta1');

export function object(apiVersion: string, kind: string, metadata: JsonObject, more: JsonObject = {}): JsonObject {
  return { apiVersion, kind, metadata, ...more };
}
const inProd = { name: 'web', namespace: 'prod' };
export const objects = {
  pod: object('v1', 'Pod', { ...inProd, labels: { app: 'web', tier: 'front' } }, { spec: { containers: [] } }),
  deployment: object('apps/v1', 'Deployment', { ...inProd, labels: { app: 'web' } }, { spec: { replicas: 5 } }),
  elsewhere: object('apps/v1', 'Deployment', { name: 'web', namespace: 'dev' }, { spec: { replicas: 5 } }),
  // The API server adds the label before admission.
  namespace: object(
    'v1',
    'Namespace',
    { name: 'prod', labels: { tier: 'prod', 'kubernetes.io/metadata.name': 'prod' } },
    { spec: { replicas: 1 } },
  ),
  node: object('v1', 'Node', { name: 'a', labels: { app: 'web' } }, { spec: { replicas: 1 } }),
  certificate: object('cert-manager.io/v1', 'Certificate', inProd),
  issuer: object('cert-manager.io/v1', 'ClusterIssuer', { name: 'ca' }),
  constraints: object('security.openshift.io/v1', 'SecurityContextConstraints', { name: 'open' }),
  claim: object('resource.k8s.io/v1', 'ResourceClaim', { name: 'gpu', namespace: 'prod' }),
} as const;
const namespaces = [
  object('v1', 'Namespace', { name: 'prod', labels: { tier: 'prod', team: 'a' } }),
  object('v1', 'Namespace', { name: 'dev', labels: {} }),
  object('v1', 'Namespace', { name: 'staging', labels: { tier: 'test' } }),
];

interface Asked {
  readonly match?: JsonObject;
  readonly paramKind?: JsonObject;
  readonly expression?: string;
  readonly failurePolicy?: string;
  readonly matchConditions?: readonly JsonObject[];
  readonly bindings?: readonly JsonObject[];
  readonly params?: readonly JsonObject[];
}

export function ask(name: string, about: JsonObject, asked: Asked, differs?: Case['differs']): Case {
  const { match = {}, bindings = [{}], params = [], expression = 'false', ...spec } = asked;
  const { metadata } = about;
  const [, version = '', ofGroup = ''] = /^(?:(.*)\/)?(.*)$/.exec(String(about.apiVersion))?.toReversed() ?? [];
  const found = servedKinds.find(
    (one) => one.kind === about.kind && `${one.group}/${one.version}`.replace(/^\//, '') === about.apiVersion,
  );
  if (found === undefined) throw new Error(`${version} ${ofGroup} ${String(about.kind)} is not served`);
  const anything = [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['CREATE'], resources: ['*'] }];
  return {
    name,
    policy: object(
      group,
      'ValidatingAdmissionPolicy',
      { name: 'p' },
      {
        spec: { matchConstraints: { resourceRules: anything, ...match }, validations: [{ expression }], ...spec },
      },
    ),
    bindings: bindings.map((binding, index) =>
      object(
        group,
        'ValidatingAdmissionPolicyBinding',
        { name: `b${index}` },
        {
          spec: { policyName: 'p', validationActions: ['Deny'], ...binding },
        },
      ),
    ),
    params,
    namespaces,
    served: servedKinds,
    object: about,
    resource: found,
    namespace: isObject(metadata) && typeof metadata.namespace === 'string' ? metadata.namespace : '',
    typed: false,
    ...(differs !== undefined && { differs }),
  };
}
