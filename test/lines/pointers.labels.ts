// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Flux are written like this.
import { lineCase } from './labels.ts';

/*
 * What a label means: the line that a person would have to change. What a pointer sets is at that line of the pointer (or of the ConfigMap or
 * values file that it names), anything else where it is without the pointer.
 */

const chart = {
  'charts/app/Chart.yaml': 'apiVersion: v2\nname: app\nversion: 1.0.0\n',
  'charts/app/values.yaml': `image:
  repository: ghcr.io/acme/app # own repository
  tag: "1.0" # own tag
privileged: false # own privileged
replicas: 1 # own replicas
hostNetwork: false # own network
labels: {}
env: []
resources: {}
`,
  'charts/app/values-prod.yaml': 'replicas: 3 # prod replicas\nprivileged: false\n',
  'charts/app/templates/deployment.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
  labels: {{ toYaml .Values.labels | nindent 4 }}
spec:
  replicas: {{ .Values.replicas }} # template replicas
  selector: {matchLabels: {app: {{ .Release.Name }}}}
  template:
    metadata: {labels: {app: {{ .Release.Name }}}}
    spec:
      hostPID: true # fixed
      hostNetwork: {{ .Values.hostNetwork }}
      containers:
        - name: app
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}" # template image
          env: {{ toYaml .Values.env | nindent 12 }}
          resources: {{ toYaml .Values.resources | nindent 12 }}
          securityContext:
            privileged: {{ .Values.privileged }} # template privileged
`,
} as const;
const privileged = 'spec.template.spec.containers[name=app].securityContext.privileged';
const image = 'spec.template.spec.containers[name=app].image';
const replicas = 'spec.replicas';
const network = 'spec.template.spec.hostNetwork';
const pid = 'spec.template.spec.hostPID';
const template = 'charts/app/templates/deployment.yaml';

const web = {
  'web/kustomization.yaml': 'resources: [deployment.yaml]\nimages:\n  - name: sidecar\n    newTag: "4" # own sidecar\n',
  'web/deployment.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web # own name
  labels:
    app: web # own label
spec:
  replicas: 1 # own replicas
  template:
    metadata:
      labels:
        app: web # own pod label
    spec:
      hostPID: true # own pid
      hostNetwork: false # own network
      containers:
        - name: web
          image: web:1 # own image
          securityContext:
            privileged: false # own privileged
        - name: sidecar
          image: sidecar:1
`,
} as const;
const webPrivileged = 'spec.template.spec.containers[name=web].securityContext.privileged';
const webImage = 'spec.template.spec.containers[name=web].image';

const application = (source: string) => `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: shop
  namespace: argocd
spec:
  project: default
  destination:
    namespace: shop # destination
  source:
    repoURL: https://git.example.com/org/repo
${source}`;

const argoHelm = [
  lineCase(
    'values of an Application as text',
    {
      ...chart,
      'apps/shop.yaml': application(`    path: charts/app
    helm:
      releaseName: shop-a # release name
      values: |
        image:
          tag: "2.0" # values tag
        privileged: true # values privileged
        env:
          - name: DEBUG
            value: "yes" # values env
`),
    },
    [
      ['Deployment shop-a', privileged, 'apps/shop.yaml', '# values privileged'],
      ['Deployment shop-a', image, 'apps/shop.yaml', '# values tag'],
      ['Deployment shop-a', replicas, 'charts/app/values.yaml', '# own replicas'],
      ['Deployment shop-a', pid, template, '# fixed'],
      ['Deployment shop-a', 'spec.template.spec.containers[name=app].env[0].value', 'apps/shop.yaml', '# values env'],
    ],
  ),
  lineCase(
    'values of an Application as a map',
    {
      ...chart,
      'apps/shop.yaml': application(`    path: charts/app
    helm:
      valuesObject:
        hostNetwork: true # object network
        replicas: 5 # object replicas
        image: {repository: evil.example.com/app} # object repository
        labels:
          team: a # object label
`),
    },
    [
      ['Deployment shop', network, 'apps/shop.yaml', '# object network'],
      ['Deployment shop', replicas, 'apps/shop.yaml', '# object replicas'],
      ['Deployment shop', image, 'apps/shop.yaml', '# object repository'],
      ['Deployment shop', 'metadata.labels.team', 'apps/shop.yaml', '# object label'],
      ['Deployment shop', privileged, 'charts/app/values.yaml', '# own privileged'],
    ],
  ),
  lineCase(
    'parameters, values files and values of an Application',
    {
      ...chart,
      'apps/values.yaml': 'hostNetwork: true # file network\nreplicas: 9\n',
      'apps/shop.yaml': application(`    path: charts/app
    helm:
      valueFiles:
        - values-prod.yaml
        - ../../apps/values.yaml
      parameters:
        - name: privileged
          value: "true" # parameter privileged
        - name: image.tag
          value: "3" # parameter tag
          forceString: true
      valuesObject:
        replicas: 2 # object replicas
`),
    },
    [
      ['Deployment shop', privileged, 'apps/shop.yaml', '# parameter privileged'],
      ['Deployment shop', image, 'apps/shop.yaml', '# parameter tag'],
      ['Deployment shop', replicas, 'apps/shop.yaml', '# object replicas'],
      ['Deployment shop', network, 'apps/values.yaml', '# file network'],
    ],
  ),
  lineCase(
    'several sources with a reference',
    {
      ...chart,
      'env/prod.yaml': 'privileged: true # env privileged\n',
      'apps/shop.yaml': `apiVersion: v1
kind: Namespace
metadata: {name: first}
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: shop, namespace: argocd}
spec:
  destination: {namespace: shop}
  sources:
    - repoURL: https://git.example.com/org/repo
      ref: values
    - repoURL: https://git.example.com/org/repo
      path: charts/app
      helm:
        valueFiles: [$values/env/prod.yaml]
        parameters: [{name: hostNetwork, value: "true"}] # inline parameter
`,
    },
    [
      ['Deployment shop', privileged, 'env/prod.yaml', '# env privileged'],
      ['Deployment shop', network, 'apps/shop.yaml', '# inline parameter'],
      ['Deployment shop', replicas, 'charts/app/values.yaml', '# own replicas'],
    ],
  ),
  lineCase(
    'a source file of Argo CD',
    {
      ...chart,
      'charts/app/.argocd-source-shop.yaml': `helm:
  parameters:
    - name: image.tag
      value: "9" # source tag
    - name: privileged
      value: "true" # source privileged
`,
      'apps/shop.yaml': application('    path: charts/app\n'),
    },
    [
      ['Deployment shop', image, 'charts/app/.argocd-source-shop.yaml', '# source tag'],
      ['Deployment shop', privileged, 'charts/app/.argocd-source-shop.yaml', '# source privileged'],
      ['Deployment shop', replicas, 'charts/app/values.yaml', '# own replicas'],
    ],
  ),
];

const argoKustomize = [
  lineCase(
    'kustomize settings of an Application',
    {
      ...web,
      'apps/shop.yaml': application(`    path: web
    kustomize:
      namePrefix: eu- # prefix
      namespace: there # namespace
      images:
        - web=registry.example.com/web:2 # first image
        - sidecar:5 # second image
      replicas:
        - name: web
          count: 4 # count
      commonLabels:
        team: shop # common label
      commonAnnotations:
        owner: me # common annotation
      patches:
        - target: {kind: Deployment}
          patch: |-
            - op: replace
              path: /spec/template/spec/hostNetwork
              value: true # patch network
        - patch: |
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web}
            spec:
              template:
                spec:
                  containers:
                    - name: web
                      securityContext:
                        privileged: true # patch privileged
`),
    },
    [
      ['Deployment eu-web', 'metadata.name', 'apps/shop.yaml', '# prefix'],
      ['Deployment eu-web', 'metadata.namespace', 'apps/shop.yaml', '# namespace'],
      ['Deployment eu-web', webImage, 'apps/shop.yaml', '# first image'],
      ['Deployment eu-web', 'spec.template.spec.containers[name=sidecar].image', 'apps/shop.yaml', '# second image'],
      ['Deployment eu-web', replicas, 'apps/shop.yaml', 'count: 4'],
      ['Deployment eu-web', 'metadata.labels.team', 'apps/shop.yaml', '# common label'],
      ['Deployment eu-web', 'metadata.annotations.owner', 'apps/shop.yaml', '# common annotation'],
      ['Deployment eu-web', network, 'apps/shop.yaml', '# patch network'],
      ['Deployment eu-web', webPrivileged, 'apps/shop.yaml', '# patch privileged'],
      ['Deployment eu-web', pid, 'web/deployment.yaml', '# own pid'],
      ['Deployment eu-web', 'metadata.labels.app', 'web/deployment.yaml', '# own label'],
    ],
  ),
  lineCase(
    'a patch in one line, a patch that is a file, and a component',
    {
      ...web,
      'web/open.yaml': '- op: replace\n  path: /spec/template/spec/hostNetwork\n  value: true # file network\n',
      'parts/more/kustomization.yaml': `apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
patches:
  - target: {kind: Deployment}
    patch: |
      - {op: replace, path: /spec/replicas, value: 8} # component replicas
`,
      'apps/shop.yaml': application(`    path: web
    kustomize:
      nameSuffix: -eu # suffix
      components: [../parts/more] # component
      patches:
        - target: {kind: Deployment}
          path: open.yaml
        - target: {kind: Deployment}
          patch: '- {op: replace, path: /spec/template/spec/containers/0/securityContext/privileged, value: true}' # one line
`),
    },
    [
      ['Deployment web-eu', 'metadata.name', 'apps/shop.yaml', '# suffix'],
      ['Deployment web-eu', network, 'web/open.yaml', '# file network'],
      ['Deployment web-eu', webPrivileged, 'apps/shop.yaml', '# one line'],
      ['Deployment web-eu', replicas, 'parts/more/kustomization.yaml', '# component replicas'],
      ['Deployment web-eu', webImage, 'web/deployment.yaml', '# own image'],
    ],
  ),
  lineCase(
    'a source file of a kustomization',
    {
      ...web,
      'web/.argocd-source.yaml': 'kustomize:\n  namePrefix: s- # source prefix\n  images:\n    - web:7 # source image\n',
      'apps/shop.yaml': application('    path: web\n'),
    },
    [
      ['Deployment s-web', webImage, 'web/.argocd-source.yaml', '# source image'],
      ['Deployment s-web', 'metadata.name', 'web/.argocd-source.yaml', '# source prefix'],
      ['Deployment s-web', replicas, 'web/deployment.yaml', '# own replicas'],
    ],
  ),
];

const set = (generators: string, template: string, more = '  goTemplate: true\n') => `apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: all, namespace: argocd}
spec:
${more}  generators:
${generators}  template:
    metadata:
      name: '{{ .name }}'
    spec:
      destination: {namespace: shop}
      source:
        repoURL: https://git.example.com/org/repo
${template}`;

const applicationSets = [
  lineCase(
    'a list of an ApplicationSet',
    {
      ...chart,
      'apps/all.yaml': set(
        `    - list:
        elements:
          - {name: eu, open: "true"}
          - {name: us, open: "false"}
`,
        `        path: charts/app
        helm:
          valuesObject:
            replicas: 3 # set replicas
          parameters:
            - name: privileged
              value: '{{ .open }}' # set privileged
`,
      ),
    },
    [
      ['Deployment eu', replicas, 'apps/all.yaml', '# set replicas'],
      ['Deployment eu', privileged, 'apps/all.yaml', '# set privileged'],
      ['Deployment us', privileged, 'apps/all.yaml', '# set privileged'],
      ['Deployment us', pid, template, '# fixed'],
    ],
  ),
  lineCase(
    'files of an ApplicationSet, with a values file for each',
    {
      ...chart,
      'clusters/eu.yaml': 'name: eu\nvalues: env/eu.yaml\n',
      'env/eu.yaml': 'hostNetwork: true # eu network\n',
      'apps/all.yaml': set(
        `    - git:
        repoURL: https://git.example.com/org/repo
        files: [{path: clusters/*.yaml}]
`,
        `        path: charts/app
        helm:
          valueFiles: ['../../{{ .values }}']
          values: |
            privileged: true # set privileged
            image: {tag: "{{ .name }}"} # set tag
`,
      ),
    },
    [
      ['Deployment eu', network, 'env/eu.yaml', '# eu network'],
      ['Deployment eu', privileged, 'apps/all.yaml', '# set privileged'],
      ['Deployment eu', image, 'apps/all.yaml', '# set tag'],
    ],
  ),
  lineCase(
    'a patch of the template, and a template of a generator',
    {
      ...web,
      ...chart,
      'apps/all.yaml': set(
        `    - list:
        elements: [{name: eu}]
        template:
          metadata: {}
          spec:
            destination: {}
            source:
              repoURL: https://git.example.com/org/repo
              path: charts/app
              helm:
                valuesObject:
                  hostNetwork: true # generator network
`,
        '        path: charts/app\n',
        `  goTemplate: true
  templatePatch: |
    spec:
      source:
        helm:
          parameters:
            - name: privileged
              value: "true" # patched privileged
`,
      ),
    },
    [
      ['Deployment eu', privileged, 'apps/all.yaml', '# patched privileged'],
      ['Deployment eu', network, 'apps/all.yaml', '# generator network'],
      ['Deployment eu', replicas, 'charts/app/values.yaml', '# own replicas'],
    ],
  ),
];

const helmRelease = (spec: string) => `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: app, namespace: shop}
spec:
  chart:
    spec:
      chart: ./charts/app
      sourceRef: {kind: GitRepository, name: flux-system}
${spec}`;
const kustomization = (spec: string) => `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: web, namespace: flux-system}
spec:
  sourceRef: {kind: GitRepository, name: flux-system}
  path: ./web
${spec}`;

const flux = [
  lineCase(
    'values of a HelmRelease',
    {
      ...chart,
      'apps/values.yaml': `apiVersion: v1
kind: ConfigMap
metadata: {name: app-values, namespace: shop}
data:
  values.yaml: |
    privileged: true # map privileged
    replicas: 6
  tag: "7" # map tag
`,
      'apps/app.yaml': helmRelease(`  releaseName: flux-app
  valuesFrom:
    - kind: ConfigMap
      name: app-values
    - {kind: ConfigMap, name: app-values, valuesKey: tag, targetPath: image.tag}
  values:
    hostNetwork: true # release network
    replicas: 4 # release replicas
`),
    },
    [
      ['Deployment flux-app', network, 'apps/app.yaml', '# release network'],
      ['Deployment flux-app', replicas, 'apps/app.yaml', '# release replicas'],
      ['Deployment flux-app', privileged, 'apps/values.yaml', '# map privileged'],
      ['Deployment flux-app', image, 'apps/values.yaml', '# map tag'],
      ['Deployment flux-app', pid, template, '# fixed'],
    ],
  ),
  lineCase(
    'post-renderers and common metadata of a HelmRelease',
    {
      ...chart,
      'apps/app.yaml': helmRelease(`  commonMetadata:
    labels:
      team: shop # common label
  postRenderers:
    - kustomize:
        images:
          - name: ghcr.io/acme/app
            newName: mirror.example.com/app
            newTag: "8" # post tag
        patches:
          - target: {kind: Deployment}
            patch: |
              - op: replace
                path: /spec/template/spec/containers/0/securityContext/privileged
                value: true # post privileged
    - kustomize:
        patches:
          - patch: |
              apiVersion: apps/v1
              kind: Deployment
              metadata: {name: app}
              spec:
                replicas: 9 # post replicas
`),
    },
    [
      ['Deployment app', image, 'apps/app.yaml', '# post tag'],
      ['Deployment app', privileged, 'apps/app.yaml', '# post privileged'],
      ['Deployment app', replicas, 'apps/app.yaml', '# post replicas'],
      ['Deployment app', 'metadata.labels.team', 'apps/app.yaml', '# common label'],
      ['Deployment app', network, 'charts/app/values.yaml', '# own network'],
    ],
  ),
  lineCase(
    'a Flux Kustomization',
    {
      ...web,
      'flux.yaml': kustomization(`  namePrefix: f- # prefix
  targetNamespace: shop # namespace
  images:
    - name: web
      newTag: "5" # flux tag
  commonMetadata:
    annotations:
      owner: me # flux annotation
  patches:
    - target: {kind: Deployment}
      patch: |
        - op: replace
          path: /spec/template/spec/hostNetwork
          value: true # flux network
        - op: add
          path: /spec/minReadySeconds
          value: 5 # flux seconds
`),
    },
    [
      ['Deployment f-web', 'metadata.name', 'flux.yaml', '# prefix'],
      ['Deployment f-web', 'metadata.namespace', 'flux.yaml', '# namespace'],
      ['Deployment f-web', webImage, 'flux.yaml', '# flux tag'],
      ['Deployment f-web', 'metadata.annotations.owner', 'flux.yaml', '# flux annotation'],
      ['Deployment f-web', network, 'flux.yaml', '# flux network'],
      ['Deployment f-web', 'spec.minReadySeconds', 'flux.yaml', '# flux seconds'],
      ['Deployment f-web', webPrivileged, 'web/deployment.yaml', '# own privileged'],
      ['Deployment f-web', 'spec.template.spec.containers[name=sidecar].image', 'web/kustomization.yaml', '# own sidecar'],
    ],
  ),
  lineCase(
    'variables of a Flux Kustomization',
    {
      'web/kustomization.yaml': 'resources: [pod.yaml]\n',
      'web/pod.yaml': `apiVersion: v1
kind: Pod
metadata: {name: "web-\${CLUSTER}"}
spec:
  hostNetwork: \${OPEN}
  hostPID: \${PID:=true} # default
  containers:
    - name: web
      image: web:\${TAG}
      securityContext: {privileged: false} # fixed
`,
      'settings.yaml': `apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: flux-system}
data:
  TAG: "11" # map tag
  OPEN: "false"
`,
      'flux.yaml': kustomization(`  postBuild:
    substitute:
      CLUSTER: eu # cluster
      OPEN: "true" # open
    substituteFrom:
      - kind: ConfigMap
        name: settings
`),
    },
    [
      ['Pod web-eu', 'spec.hostNetwork', 'flux.yaml', '# open'],
      ['Pod web-eu', 'metadata.name', 'flux.yaml', '# cluster'],
      ['Pod web-eu', 'spec.containers[name=web].image', 'settings.yaml', '# map tag'],
      ['Pod web-eu', 'spec.hostPID', 'web/pod.yaml', '# default'],
      ['Pod web-eu', 'spec.containers[name=web].securityContext.privileged', 'web/pod.yaml', '# fixed'],
    ],
  ),
  lineCase(
    'a folder without a kustomization',
    {
      'web/deployment.yaml': web['web/deployment.yaml'],
      'flux.yaml': kustomization('  nameSuffix: -x # suffix\n  images: [{name: web, newTag: "5"}] # flux tag\n'),
    },
    [
      ['Deployment web-x', 'metadata.name', 'flux.yaml', '# suffix'],
      ['Deployment web-x', webImage, 'flux.yaml', '# flux tag'],
      ['Deployment web-x', webPrivileged, 'web/deployment.yaml', '# own privileged'],
      ['Deployment web-x', replicas, 'web/deployment.yaml', '# own replicas'],
    ],
  ),
];

/** Pointers that are themselves rendered: by a kustomization, a chart, or another pointer. */
const rendered = [
  lineCase(
    'a HelmRelease that a kustomization patches',
    {
      ...chart,
      'base/kustomization.yaml': 'resources: [app.yaml]\n',
      'base/app.yaml': helmRelease('  values:\n    replicas: 2 # base replicas\n    hostNetwork: false\n'),
      'prod/kustomization.yaml': `resources: [../base]
patches:
  - patch: |
      apiVersion: helm.toolkit.fluxcd.io/v2
      kind: HelmRelease
      metadata: {name: app, namespace: shop}
      spec:
        values:
          hostNetwork: true # patched network
`,
    },
    [
      ['Deployment app', network, 'prod/kustomization.yaml', '# patched network'],
      ['Deployment app', replicas, 'base/app.yaml', '# base replicas'],
      ['Deployment app', privileged, 'charts/app/values.yaml', '# own privileged'],
    ],
  ),
  lineCase(
    'an Application that a chart renders',
    {
      ...chart,
      'charts/apps/Chart.yaml': 'apiVersion: v2\nname: apps\nversion: 1.0.0\n',
      'charts/apps/values.yaml': 'open: true # apps open\n',
      'charts/apps/templates/app.yaml': `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: inner, namespace: argocd}
spec:
  destination: {namespace: shop}
  source:
    repoURL: https://git.example.com/org/repo
    path: charts/app
    helm:
      valuesObject:
        replicas: 7 # inner replicas
        privileged: {{ .Values.open }}
`,
    },
    [
      ['Deployment inner', replicas, 'charts/apps/templates/app.yaml', '# inner replicas'],
      ['Deployment inner', privileged, 'charts/apps/values.yaml', '# apps open'],
      ['Deployment inner', pid, template, '# fixed'],
    ],
  ),
  lineCase(
    'an Application in a List',
    {
      ...chart,
      'apps/list.yaml': `apiVersion: v1
kind: List
items:
  - apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: listed, namespace: argocd}
    spec:
      destination: {namespace: shop}
      source:
        repoURL: https://git.example.com/org/repo
        path: charts/app
        helm:
          values: |
            privileged: true # listed privileged
            replicas: 4 # listed replicas
          parameters:
            - name: hostNetwork
              value: "true" # listed network
`,
    },
    [
      ['Deployment listed', privileged, 'apps/list.yaml', '# listed privileged'],
      ['Deployment listed', replicas, 'apps/list.yaml', '# listed replicas'],
      ['Deployment listed', network, 'apps/list.yaml', '# listed network'],
    ],
  ),
];

export const pointerCases = [...argoHelm, ...argoKustomize, ...applicationSets, ...flux, ...rendered];
