import { goodDeployment, privilegedDeployment } from '../support/manifests.ts';

export type Tree = Readonly<Record<string, string>>;

/** A repository as it is before anybody knows of the gate: with findings that block, and with something that cannot be evaluated. */
export interface Sample {
  readonly name: string;
  /** Tools that the repository needs. */
  readonly tools: readonly string[];
  readonly files: Tree;
  /** A change that adds a finding that blocks, and the resource that has it. */
  readonly bad: Tree;
  readonly resource: string;
  /** The same change, fixed. */
  readonly good: Tree;
  /** A change that fixes the finding that the repository had. */
  readonly fix: Tree;
}

const named = (name: string, text: string) => text.replaceAll('web', name);
const broken = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a\n';

const application: Sample = {
  name: 'an application with plain manifests',
  tools: [],
  files: {
    'src/main.go': 'package main\n',
    'deploy/web.yaml': privilegedDeployment,
    'deploy/old/broken.yaml': broken,
    'test/e2e/pod.yaml': named('e2e', privilegedDeployment),
  },
  bad: { 'deploy/api.yaml': named('api', privilegedDeployment) },
  resource: 'Deployment shop/api',
  good: { 'deploy/api.yaml': named('api', goodDeployment) },
  fix: { 'deploy/web.yaml': goodDeployment },
};

/** `values` decide whether its container is privileged. */
const template = named('cart', goodDeployment)
  .replace('allowPrivilegeEscalation: false', 'privileged: {{ .Values.privileged | default false }}')
  .replace('replicas: 2', 'replicas: {{ required "replicas are required" .Values.replicas }}');

const monorepo: Sample = {
  name: 'a monorepo with Helm and Kustomize',
  tools: ['helm', 'kustomize'],
  files: {
    'charts/cart/Chart.yaml': 'apiVersion: v2\nname: cart\nversion: 1.0.0\n',
    'charts/cart/templates/cart.yaml': template,
    'envs/production/cart-values.yaml': 'replicas: 3\n',
    'envs/staging/cart-values.yaml': 'replicas: 1\n',
    'base/web.yaml': privilegedDeployment,
    'base/kustomization.yaml': 'resources: [web.yaml]\n',
    'overlays/production/kustomization.yaml': 'namespace: shop-production\nresources: [../../base]\n',
    'overlays/staging/kustomization.yaml': 'namespace: shop-staging\nresources: [../../base]\n',
    'charts/legacy/Chart.yaml': 'apiVersion: v2\nname: legacy\nversion: 1.0.0\n',
    'charts/legacy/templates/a.yaml': '{{ .Values.a.b.c }}\n',
  },
  bad: { 'envs/production/cart-values.yaml': 'replicas: 3\nprivileged: true\n' },
  resource: 'Deployment shop/cart',
  good: { 'envs/production/cart-values.yaml': 'replicas: 4\n' },
  fix: { 'base/web.yaml': goodDeployment },
};

const gitops: Sample = {
  name: 'a GitOps repository of Argo CD and Flux',
  tools: ['helm', 'kustomize'],
  files: {
    'clusters/production/cart.yaml': `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: cart, namespace: argocd }
spec:
  project: default
  destination: { name: production, namespace: shop }
  source: { repoURL: https://github.example/octo/shop, path: charts/cart, targetRevision: main, helm: { valuesObject: { replicas: 3 } } }
`,
    'clusters/production/apps.yaml': `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: apps, namespace: flux-system }
spec: { interval: 10m, prune: true, path: ./apps, sourceRef: { kind: GitRepository, name: flux-system } }
`,
    'charts/cart/Chart.yaml': 'apiVersion: v2\nname: cart\nversion: 1.0.0\n',
    'charts/cart/templates/cart.yaml': template,
    'charts/cart/values.yaml': 'replicas: 1\n',
    'apps/web.yaml': privilegedDeployment,
    'apps/kustomization.yaml': 'resources: [web.yaml]\n',
    'scripts/broken.yaml': broken,
  },
  bad: {
    'clusters/production/cart.yaml': `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: cart, namespace: argocd }
spec:
  project: default
  destination: { name: production, namespace: shop }
  source: { repoURL: https://github.example/octo/shop, path: charts/cart, targetRevision: main, helm: { valuesObject: { replicas: 3, privileged: true } } }
`,
  },
  resource: 'Deployment shop/cart',
  good: { 'charts/cart/values.yaml': 'replicas: 2\n' },
  fix: { 'apps/web.yaml': goodDeployment },
};

export const samples: readonly Sample[] = [application, monorepo, gitops];
