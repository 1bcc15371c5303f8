import { stringify } from 'yaml';
import type { FileTexts } from './manifests.ts';

/** Values files are named by the environment that they are for, as `helm template` is then called and as the gate finds them. */
export const environments = ['staging', 'production'] as const;

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}-{{ .Chart.Name }}
  labels:
    {{- include "store.labels" . | nindent 4 }}
spec:
  replicas: {{ .Values.replicas }}
  selector:
    matchLabels:
      app.kubernetes.io/name: {{ .Chart.Name }}
  template:
    metadata:
      labels:
        {{- include "store.labels" . | nindent 8 }}
    spec:
      automountServiceAccountToken: false
      securityContext:
        runAsNonRoot: true
        seccompProfile: { type: RuntimeDefault }
      containers:
        - name: store
          image: {{ .Values.image }}
          securityContext:
            {{- toYaml .Values.securityContext | nindent 12 }}
          {{- with .Values.resources }}
          resources:
            {{- toYaml . | nindent 12 }}
          {{- end }}
          ports: [{ name: http, containerPort: 8080 }]
          readinessProbe: { httpGet: { path: /ready, port: http } }
          livenessProbe: { httpGet: { path: /alive, port: http } }
          startupProbe: { httpGet: { path: /alive, port: http } }
`;

const service = `apiVersion: v1
kind: Service
metadata:
  name: {{ .Release.Name }}-{{ .Chart.Name }}
spec:
  type: {{ .Values.service.type }}
  selector: { app.kubernetes.io/name: {{ .Chart.Name }} }
  ports: [{ name: http, port: 80, targetPort: http }]
`;

const helpers = `{{- define "store.labels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}
`;

/** A chart with values for two environments, below charts/store. */
export function chartFiles(image: string): FileTexts {
  const values = {
    replicas: 2,
    image,
    securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
    resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '1', memory: '512Mi' } },
    service: { type: 'ClusterIP' },
  };
  const production = { replicas: 6, securityContext: { allowPrivilegeEscalation: true }, service: { type: 'LoadBalancer' } };
  return new Map([
    ['charts/store/Chart.yaml', stringify({ apiVersion: 'v2', name: 'store', version: '1.0.0' })],
    ['charts/store/values.yaml', stringify(values)],
    ['charts/store/values-staging.yaml', stringify({ resources: { limits: null } })],
    ['charts/store/values-production.yaml', stringify(production)],
    ['charts/store/templates/_helpers.tpl', helpers],
    ['charts/store/templates/deployment.yaml', deployment],
    ['charts/store/templates/service.yaml', service],
  ]);
}

/** A base with two overlays, below kustomize/. */
export function kustomizeFiles(image: string): FileTexts {
  const container = { name: 'queue', image, securityContext: { capabilities: { drop: ['ALL'] } } };
  const template = { metadata: { labels: { app: 'queue' } }, spec: { containers: [container] } };
  const base = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'queue' },
    spec: { replicas: 1, selector: { matchLabels: { app: 'queue' } }, template },
  };
  const kind = { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization' };
  const patch = stringify([{ op: 'add', path: '/spec/template/spec/hostNetwork', value: true }]);
  const overlay = (name: string) => ({
    ...kind,
    namespace: `queue-${name}`,
    resources: ['../../base'],
    ...(name === 'production' && {
      replicas: [{ name: 'queue', count: 4 }],
      patches: [{ target: { kind: 'Deployment' }, patch }],
    }),
  });
  return new Map([
    ['kustomize/base/deployment.yaml', stringify(base)],
    ['kustomize/base/kustomization.yaml', stringify({ ...kind, resources: ['deployment.yaml'] })],
    ...environments.map((name): [string, string] => [`kustomize/overlays/${name}/kustomization.yaml`, stringify(overlay(name))]),
  ]);
}
