import { lineCase } from './labels.ts';

/*
 * What a label means: the line that a person would have to change. A scalar is where it is written last. A map or list item is where it was
 * last written whole, else where it first came to be. A field that is missing is at what deletes it, else at its nearest parent.
 */

/** A web shop's usual base: a Deployment, a Service and a ServiceAccount. */
const base = {
  'base/kustomization.yaml': `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
  - deployment.yaml
  - service.yaml
`,
  'base/deployment.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels:
    app: web # own label
spec:
  replicas: 1
  selector:
    matchLabels:
      app: web # selector
  template:
    metadata:
      labels:
        app: web # template label
    spec:
      serviceAccountName: web
      automountServiceAccountToken: true
      containers:
        - name: proxy
          image: ghcr.io/acme/proxy:3.1
          securityContext:
            privileged: true # proxy
        - name: web
          image: ghcr.io/acme/web:1.0
          args: ["--listen", ":8080"]
          env:
            - name: LOG_LEVEL
              value: debug
            - name: MODE
              value: development
          ports:
            - containerPort: 8080
              hostPort: 80
          resources:
            limits:
              cpu: "1"
              memory: 1Gi
          volumeMounts:
            - name: data
              mountPath: /data
            - name: sock
              mountPath: /var/run/docker.sock
      volumes:
        - name: data
          emptyDir: {}
        - name: sock
          hostPath:
            path: /var/run/docker.sock # host
`,
  'base/service.yaml': `apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  type: NodePort
  selector:
    app: web
  ports:
    - port: 80
      targetPort: 8080
`,
};
const pod = 'spec.template.spec';
const web = 'Deployment web';

export const kustomizeCases = [
  lineCase('a base alone', base, [
    [web, '', 'base/deployment.yaml', 'apiVersion: apps/v1'],
    [web, `${pod}.containers[0].securityContext.privileged`, 'base/deployment.yaml', 'privileged: true # proxy'],
    [web, `${pod}.containers[1].ports[0].hostPort`, 'base/deployment.yaml', 'hostPort: 80'],
    [web, `${pod}.containers[1].args[1]`, 'base/deployment.yaml', 'args:'],
    [web, `${pod}.volumes[1].hostPath.path`, 'base/deployment.yaml', '# host'],
    [web, `${pod}.containers[1].resources.requests.cpu`, 'base/deployment.yaml', 'resources:'],
    [web, `${pod}.securityContext.runAsNonRoot`, 'base/deployment.yaml', '    spec:'],
    [web, `${pod}.containers[1].securityContext`, 'base/deployment.yaml', '- name: web'],
    ['Service web', 'spec.type', 'base/service.yaml', 'NodePort'],
    ['Service web', 'spec.externalTrafficPolicy', 'base/service.yaml', 'spec:'],
  ]),

  lineCase(
    'images, replicas, a namespace, a prefix and labels',
    {
      ...base,
      'production/kustomization.yaml': `resources:
  - ../base
namespace: shop
namePrefix: live-
nameSuffix: -eu
commonAnnotations:
  team: checkout
labels:
  - pairs:
      tier: front
  - pairs:
      track: stable
    includeTemplates: true
  - pairs:
      cell: eu1
    includeSelectors: true
images:
  - name: ghcr.io/acme/other
    newTag: "9"
  - name: ghcr.io/acme/web
    newTag: latest
  - name: ghcr.io/acme/proxy
    newName: docker.io/library/proxy
replicas:
  - name: web
    count: 2
`,
    },
    [
      ['Deployment shop/live-web-eu', `${pod}.containers[1].image`, 'production/kustomization.yaml', 'newTag: latest'],
      ['Deployment shop/live-web-eu', `${pod}.containers[0].image`, 'production/kustomization.yaml', 'newName: docker.io'],
      ['Deployment shop/live-web-eu', 'spec.replicas', 'production/kustomization.yaml', 'count: 2'],
      ['Deployment shop/live-web-eu', 'metadata.namespace', 'production/kustomization.yaml', 'namespace: shop'],
      ['Service shop/live-web-eu', 'metadata.namespace', 'production/kustomization.yaml', 'namespace: shop'],
      ['Deployment shop/live-web-eu', 'metadata.labels.tier', 'production/kustomization.yaml', 'tier: front'],
      ['Deployment shop/live-web-eu', `spec.template.metadata.labels.track`, 'production/kustomization.yaml', 'track: stable'],
      ['Deployment shop/live-web-eu', `spec.selector.matchLabels.cell`, 'production/kustomization.yaml', 'cell: eu1'],
      ['Service shop/live-web-eu', `spec.selector.cell`, 'production/kustomization.yaml', 'cell: eu1'],
      ['Deployment shop/live-web-eu', 'metadata.annotations.team', 'production/kustomization.yaml', 'team: checkout'],
      ['Deployment shop/live-web-eu', 'metadata.labels.app', 'base/deployment.yaml', '# own label'],
      ['Deployment shop/live-web-eu', 'metadata.name', 'production/kustomization.yaml', 'nameSuffix: -eu'],
      ['Service shop/live-web-eu', 'spec.type', 'base/service.yaml', 'NodePort'],
      ['Deployment shop/live-web-eu', `${pod}.containers[1].resources.limits.memory`, 'base/deployment.yaml', 'memory: 1Gi'],
    ],
  ),

  lineCase(
    'operations on a target that a pattern and labels choose',
    {
      ...base,
      'staging/kustomization.yaml': `resources: [../base]
patches:
  - target:
      kind: Deployment
      name: w.*
    patch: |-
      - op: replace
        path: /spec/replicas
        value: 7
      - op: add
        path: /spec/template/spec/hostNetwork
        value: true
      - op: add
        path: /spec/template/spec/containers/1/securityContext
        value:
          runAsUser: 0 # inline
  - target:
      labelSelector: app=web
    path: dangerous.yaml
  - target:
      kind: Service
    path: service.json
  - target: {kind: Deployment, name: other}
    patch: |-
      - {op: replace, path: /spec/replicas, value: 8}
`,
      'staging/dangerous.yaml': `- op: add
  path: /spec/template/spec/containers/-
  value: # a container
    name: debug
    image: busybox:latest
    securityContext: {privileged: true}
- op: add
  path: /metadata/annotations
  value:
    debug: "on"
- op: remove
  path: /spec/template/spec/containers/1/resources/limits
- op: replace
  path: /spec/template/spec/containers/1/env/0/value
  value: trace
`,
      'staging/service.json': `[
  {"op": "replace", "path": "/spec/type", "value": "LoadBalancer"},
  {
    "op": "add",
    "path": "/spec/loadBalancerSourceRanges",
    "value": [
      "0.0.0.0/0"
    ]
  }
]
`,
    },
    [
      [web, 'spec.replicas', 'staging/kustomization.yaml', '        value: 7'],
      [web, `${pod}.hostNetwork`, 'staging/kustomization.yaml', '        value: true'],
      [web, `${pod}.containers[1].securityContext.runAsUser`, 'staging/kustomization.yaml', '# inline'],
      [web, `${pod}.containers[2].image`, 'staging/dangerous.yaml', 'image: busybox:latest'],
      [web, `${pod}.containers[2].securityContext.privileged`, 'staging/dangerous.yaml', 'privileged: true'],
      [web, `${pod}.containers[2]`, 'staging/dangerous.yaml', '# a container'],
      [web, `${pod}.containers[2].resources.limits`, 'staging/dangerous.yaml', '# a container'],
      [web, `${pod}.containers[1].resources.limits.cpu`, 'staging/dangerous.yaml', 'resources/limits'],
      [web, `${pod}.containers[1].env[0].value`, 'staging/dangerous.yaml', 'value: trace'],
      [web, 'metadata.annotations.debug', 'staging/dangerous.yaml', 'debug: "on"'],
      ['Service web', 'spec.type', 'staging/service.json', 'LoadBalancer"'],
      ['Service web', 'spec.loadBalancerSourceRanges[0]', 'staging/service.json', '0.0.0.0/0'],
      [web, `${pod}.containers[0].image`, 'base/deployment.yaml', 'proxy:3.1'],
    ],
  ),

  lineCase(
    'strategic merge patches: lists by key, several documents, deletions',
    {
      ...base,
      'production/kustomization.yaml': `resources: [../base]
patches:
  - path: patches.yaml
  - path: delete.yaml
patchesStrategicMerge:
  - |-
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
    spec:
      template:
        spec:
          hostIPC: true # old style
`,
      'production/patches.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  template:
    spec:
      containers:
        - name: web
          args: [--insecure]
          env:
            - name: MODE
              value: production
            - name: TOKEN
              value: s3cret
          volumeMounts:
            - name: data
              mountPath: /data
              readOnly: true
        - name: shipper
          image: fluent/fluent-bit
      tolerations:
        - operator: Exists
---
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  ports:
    - port: 443
      targetPort: 8443
      name: https
`,
      'production/delete.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  template:
    spec:
      automountServiceAccountToken: null
      containers:
        - name: proxy
          securityContext:
            $patch: delete
        - name: web
          resources:
            limits: null
`,
    },
    [
      [web, `${pod}.hostIPC`, 'production/kustomization.yaml', '# old style'],
      [web, `${pod}.automountServiceAccountToken`, 'production/delete.yaml', 'automountServiceAccountToken: null'],
      ['Service web', 'spec.ports[port=443].targetPort', 'production/patches.yaml', 'targetPort: 8443'],
      ['Service web', 'spec.ports[port=80].targetPort', 'base/service.yaml', 'targetPort: 8080'],
      [web, `${pod}.tolerations[0].operator`, 'production/patches.yaml', 'operator: Exists'],
      [web, `${pod}.containers[name=shipper].image`, 'production/patches.yaml', 'image: fluent/fluent-bit'],
      [web, `${pod}.containers[name=shipper].resources`, 'production/patches.yaml', '- name: shipper'],
      [web, `${pod}.containers[name=web].args[0]`, 'production/patches.yaml', '--insecure'],
      [web, `${pod}.containers[name=web].resources.limits.memory`, 'production/delete.yaml', 'limits: null'],
      [web, `${pod}.containers[name=proxy].securityContext`, 'production/delete.yaml', '$patch: delete'],
    ],
  ),

  lineCase(
    'a component behind an overlay behind an overlay',
    {
      ...base,
      'components/debug/kustomization.yaml': `apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
resources:
  - toolbox.yaml
patches:
  - target:
      kind: Deployment
    patch: |-
      apiVersion: apps/v1
      kind: Deployment
      metadata:
        name: any
      spec:
        template:
          spec:
            shareProcessNamespace: true
images:
  - name: ghcr.io/acme/proxy
    digest: sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
`,
      'components/debug/toolbox.yaml': `apiVersion: v1
kind: Pod
metadata:
  name: toolbox
spec:
  hostPID: true
  containers:
    - name: toolbox
      image: nicolaka/netshoot
`,
      'regions/eu/kustomization.yaml': `resources: [../../base]
namePrefix: eu-
replicas: [{name: web, count: 3}]
images:
  - {name: ghcr.io/acme/web, newTag: "1.1"}
`,
      'clusters/eu-1/kustomization.yaml': `resources:
  - ../../regions/eu
components:
  - ../../components/debug
namePrefix: one-
replicas:
  - name: web
    count: 9
patches:
  - path: host.yaml
`,
      'clusters/eu-1/host.yaml': `kind: Deployment
apiVersion: apps/v1
metadata: {name: eu-web}
spec:
  template:
    spec:
      hostNetwork: true
      containers:
        - name: web
          resources:
            limits:
              memory: 8Gi
`,
    },
    [
      ['Deployment one-eu-web', 'spec.replicas', 'clusters/eu-1/kustomization.yaml', 'count: 9'],
      ['Deployment one-eu-web', `${pod}.containers[name=web].image`, 'regions/eu/kustomization.yaml', 'newTag: "1.1"'],
      ['Deployment one-eu-web', `${pod}.containers[name=proxy].image`, 'components/debug/kustomization.yaml', 'digest: sha256'],
      ['Deployment one-eu-web', `${pod}.shareProcessNamespace`, 'components/debug/kustomization.yaml', 'shareProcessNamespace'],
      ['Deployment one-eu-web', `${pod}.hostNetwork`, 'clusters/eu-1/host.yaml', 'hostNetwork'],
      ['Deployment one-eu-web', `${pod}.containers[name=web].resources.limits.memory`, 'clusters/eu-1/host.yaml', '8Gi'],
      ['Deployment one-eu-web', `${pod}.containers[name=web].resources.limits.cpu`, 'base/deployment.yaml', 'cpu: "1"'],
      ['Deployment one-eu-web', 'metadata.name', 'clusters/eu-1/kustomization.yaml', 'namePrefix: one-'],
      ['Pod one-toolbox', 'spec.hostPID', 'components/debug/toolbox.yaml', 'hostPID'],
      ['Pod one-toolbox', 'spec.containers[0].image', 'components/debug/toolbox.yaml', 'netshoot'],
    ],
  ),

  lineCase(
    'one base under two overlays that one kustomization joins',
    {
      ...base,
      'a/kustomization.yaml': 'resources: [../base]\nnamePrefix: a-\nimages:\n  - name: ghcr.io/acme/web\n    newTag: "2"\n',
      'b/kustomization.yaml': 'resources: [../base]\nnamePrefix: b-\nreplicas:\n  - name: web\n    count: 4\n',
      'all/kustomization.yaml': 'resources: [../a, ../b]\nnamespace: both\n',
    },
    [
      ['Deployment both/a-web', `${pod}.containers[1].image`, 'a/kustomization.yaml', 'newTag: "2"'],
      ['Deployment both/b-web', `${pod}.containers[1].image`, 'base/deployment.yaml', 'web:1.0'],
      ['Deployment both/a-web', 'spec.replicas', 'base/deployment.yaml', 'replicas: 1'],
      ['Deployment both/b-web', 'spec.replicas', 'b/kustomization.yaml', 'count: 4'],
      ['Deployment both/b-web', 'metadata.namespace', 'all/kustomization.yaml', 'namespace: both'],
    ],
  ),

  lineCase(
    'generated ConfigMaps and Secrets, and what an overlay merges into them',
    {
      'base/kustomization.yaml': `resources: [pod.yaml]
generatorOptions:
  disableNameSuffixHash: true
  labels:
    made: here
configMapGenerator:
  - name: settings
    literals:
      - LEVEL=info
      - DEBUG=false
    envs: [settings.env]
    files:
      - nginx.conf
      - site=other.conf
secretGenerator:
  - name: keys
    type: Opaque
    literals:
      - password=hunter2
`,
      'base/settings.env': '# written by hand\nTIMEOUT=30\n\nREGION=eu\n',
      'base/nginx.conf': 'server {}\n',
      'base/other.conf': 'server { listen 80; }\n',
      'base/pod.yaml':
        'apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\nspec:\n  containers:\n    - name: c\n      image: c:1\n      envFrom:\n        - configMapRef:\n            name: settings\n',
      'live/kustomization.yaml': `resources: [../base]
configMapGenerator:
  - name: settings
    behavior: merge
    literals:
      - DEBUG=true
      - EXTRA=1
`,
    },
    [
      ['ConfigMap settings', 'data.LEVEL', 'base/kustomization.yaml', 'LEVEL=info'],
      ['ConfigMap settings', 'data.DEBUG', 'live/kustomization.yaml', 'DEBUG=true'],
      ['ConfigMap settings', 'data.EXTRA', 'live/kustomization.yaml', 'EXTRA=1'],
      ['ConfigMap settings', 'data.TIMEOUT', 'base/settings.env', 'TIMEOUT=30'],
      ['ConfigMap settings', 'data.REGION', 'base/settings.env', 'REGION=eu'],
      ['ConfigMap settings', 'data["nginx.conf"]', 'base/kustomization.yaml', '- nginx.conf'],
      ['ConfigMap settings', 'data.site', 'base/kustomization.yaml', 'site=other.conf'],
      ['ConfigMap settings', 'metadata.labels.made', 'base/kustomization.yaml', 'made: here'],
      ['ConfigMap settings', 'metadata.name', 'base/kustomization.yaml', '- name: settings'],
      ['Secret keys', 'data.password', 'base/kustomization.yaml', 'password=hunter2'],
      ['Secret keys', 'type', 'base/kustomization.yaml', 'type: Opaque'],
      ['Pod p', 'spec.containers[0].envFrom[0].configMapRef.name', 'base/pod.yaml', 'name: settings'],
    ],
  ),

  lineCase(
    'replacements, and a reference that gets a prefix',
    {
      'kustomization.yaml': `resources:
  - app.yaml
namePrefix: x-
replacements:
  - source:
      kind: ConfigMap
      name: versions
      fieldPath: data.tag
    targets:
      - select:
          kind: Deployment
          name: app
        fieldPaths:
          - spec.template.metadata.labels.version
          - spec.template.spec.containers.[name=app].env.[name=VERSION].value
  - path: replace-host.yaml
`,
      'replace-host.yaml': `source:
  kind: ConfigMap
  name: versions
  fieldPath: data.host
targets:
  - select:
      kind: Ingress
    fieldPaths:
      - spec.rules.0.host
`,
      'app.yaml': `apiVersion: v1
kind: ConfigMap
metadata:
  name: versions
data:
  tag: v7
  host: shop.example
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: app
spec:
  selector: {matchLabels: {app: app}}
  template:
    metadata:
      labels:
        app: app
        version: PLACEHOLDER
    spec:
      containers:
        - name: app
          image: app:1
          env:
            - name: VERSION
              value: none
            - name: FROM
              valueFrom:
                configMapKeyRef:
                  name: versions # reference
                  key: tag
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: app
spec: # ingress
  rules:
    - host: PLACEHOLDER.example
      http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: app, port: {number: 80}}}}]}
`,
    },
    [
      ['Deployment x-app', 'spec.template.metadata.labels.version', 'kustomization.yaml', 'labels.version'],
      ['Deployment x-app', `${pod}.containers[0].env[0].value`, 'kustomization.yaml', '[name=VERSION]'],
      ['Ingress x-app', 'spec.rules[0].host', 'replace-host.yaml', 'spec.rules.0.host'],
      ['Deployment x-app', `${pod}.containers[0].env[1].valueFrom.configMapKeyRef.name`, 'app.yaml', '# reference'],
      ['ConfigMap x-versions', 'data.tag', 'app.yaml', 'tag: v7'],
      ['Ingress x-app', 'spec.tls', 'app.yaml', '# ingress'],
    ],
  ),

  lineCase(
    'transformers of their own files',
    {
      'k/kustomization.yaml': `resources: [crd.yaml]
transformers:
  - annotate.yaml
  - tenant.yaml
configurations:
  - fields.yaml
images:
  - name: acme/db
    newTag: "15"
`,
      'k/fields.yaml': 'images:\n  - path: spec/engine/reference\n    kind: Database\n',
      'k/annotate.yaml': `apiVersion: builtin
kind: AnnotationsTransformer
metadata:
  name: audit
annotations:
  audit: everything
fieldSpecs:
  - path: metadata/annotations
    create: true
`,
      'k/tenant.yaml': `apiVersion: builtin
kind: PatchTransformer
metadata:
  name: tenant
target:
  kind: Database
patch: |-
  - op: add
    path: /spec/public
    value: true
`,
      'k/crd.yaml': `apiVersion: acme.example/v1
kind: Database
metadata:
  name: main
spec:
  backups: off
  engine:
    reference: acme/db:14
`,
    },
    [
      ['Database main', 'metadata.annotations.audit', 'k/annotate.yaml', 'audit: everything'],
      ['Database main', 'spec.public', 'k/tenant.yaml', 'value: true'],
      ['Database main', 'spec.backups', 'k/crd.yaml', 'backups'],
    ],
  ),

  lineCase(
    'positions that a later patch moves, and values that are set twice',
    {
      ...base,
      'mid/kustomization.yml': `resources:
- ../base/
patchesJson6902:
- target:
    group: apps
    version: v1
    kind: Deployment
    name: web
  path: ops.json
- target: {version: v1, kind: Service, name: web}
  patch: '[{"op": "replace", "path": "/spec/ports/0/port", "value": 8081}]'
`,
      'mid/ops.json': `[
  { "op": "replace", "path": "/spec/template/spec/containers/0/image", "value": "ghcr.io/acme/proxy:4" },
  { "op": "add", "path": "/spec/template/spec/containers/0/args", "value": ["-v", "--admin"] },
  { "op": "add", "path": "/spec/template/spec/containers/1/env/-", "value": {
    "name": "LATE", "value": "1"
  } }
]
`,
      'top/kustomization.yaml': `resources:
- ../mid
patches:
- path: first.yaml
- path: second.yaml
`,
      'top/first.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 6 # first
  template:
    spec:
      initContainers:
      - name: setup
        image: setup:1
      containers:
      - name: early
        image: early:1
      - name: web
        env:
        - {name: LOG_LEVEL, value: info}
`,
      'top/second.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 6 # second
  template:
    spec:
      containers:
      - name: proxy
        securityContext:
          privileged: true # again
          capabilities:
            add:
            - NET_ADMIN
            - SYS_ADMIN
`,
    },
    [
      [web, 'spec.replicas', 'top/second.yaml', '# second'],
      [web, `${pod}.containers[name=proxy].image`, 'mid/ops.json', 'proxy:4'],
      [web, `${pod}.containers[name=proxy].args[1]`, 'mid/ops.json', '--admin'],
      [web, `${pod}.containers[name=proxy].securityContext.privileged`, 'top/second.yaml', '# again'],
      [web, `${pod}.containers[name=proxy].securityContext.capabilities.add[1]`, 'top/second.yaml', 'SYS_ADMIN'],
      [web, `${pod}.containers[name=proxy].securityContext.capabilities.drop`, 'top/second.yaml', 'capabilities:'],
      [web, `${pod}.containers[name=proxy].securityContext.runAsNonRoot`, 'top/second.yaml', 'securityContext:'],
      [web, `${pod}.containers[name=early].image`, 'top/first.yaml', 'early:1'],
      [web, `${pod}.containers[name=early].securityContext`, 'top/first.yaml', 'name: early'],
      [web, `${pod}.initContainers[0].image`, 'top/first.yaml', 'setup:1'],
      ['Service web', 'spec.ports[0].port', 'mid/kustomization.yml', '"/spec/ports/0/port"'],
      ['Service web', 'spec.ports[0].targetPort', 'base/service.yaml', 'targetPort'],
    ],
  ),

  lineCase(
    'lists and JSON as resources, bindings, and a namespace object',
    {
      'kustomization.yaml': `namespace: team-a # theirs
resources:
- all.yaml
- role.json
- sts.yaml
patches:
- target:
    kind: StatefulSet|Deployment
    name: (db|cache)
  patch: |

    # comes after an empty line
    - op: replace
      path: /spec/replicas
      value: 5 # both
labels:
- pairs: {owner: team-a}
  fields:
  - path: spec/volumeClaimTemplates/metadata/labels
    kind: StatefulSet
    create: true
`,
      'all.yaml': `apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: ServiceAccount
  metadata:
    name: app
- apiVersion: rbac.authorization.k8s.io/v1
  kind: RoleBinding
  metadata:
    name: app
  roleRef:
    apiGroup: rbac.authorization.k8s.io
    kind: ClusterRole
    name: cluster-admin
  subjects:
  - kind: ServiceAccount
    name: app
`,
      'role.json': `{
  "apiVersion": "rbac.authorization.k8s.io/v1",
  "kind": "ClusterRole",
  "metadata": { "name": "all" },
  "rules": [
    {
      "apiGroups": ["*"],
      "resources": ["*"],
      "verbs": ["get", "*"]
    }
  ]
}
`,
      'sts.yaml': `apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: db
spec:
  replicas: 1
  serviceName: db
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      containers:
      - &main
        name: db
        image: db:1 # main
        securityContext: &context
          allowPrivilegeEscalation: true
      - <<: *main
        name: backup
  volumeClaimTemplates:
  - metadata:
      name: data
    spec:
      accessModes: [ReadWriteMany]
`,
    },
    [
      ['RoleBinding team-a/app', 'roleRef.name', 'all.yaml', 'cluster-admin'],
      ['RoleBinding team-a/app', 'subjects[0].kind', 'all.yaml', '  - kind: ServiceAccount'],
      ['RoleBinding team-a/app', 'subjects[0].namespace', 'kustomization.yaml', '# theirs'],
      ['RoleBinding team-a/app', 'metadata.namespace', 'kustomization.yaml', '# theirs'],
      ['ServiceAccount team-a/app', 'automountServiceAccountToken', 'all.yaml', '- apiVersion: v1'],
      ['ClusterRole all', 'rules[0].verbs[1]', 'role.json', '"verbs"'],
      ['ClusterRole all', 'rules[0].resources[0]', 'role.json', '"resources"'],
      ['StatefulSet team-a/db', 'spec.replicas', 'kustomization.yaml', '# both'],
      ['StatefulSet team-a/db', `${pod}.containers[name=backup].image`, 'sts.yaml', '# main'],
      ['StatefulSet team-a/db', `${pod}.containers[name=backup].name`, 'sts.yaml', 'name: backup'],
      [
        'StatefulSet team-a/db',
        `${pod}.containers[name=backup].securityContext.allowPrivilegeEscalation`,
        'sts.yaml',
        'allowPriv',
      ],
      ['StatefulSet team-a/db', 'spec.volumeClaimTemplates[0].spec.accessModes[0]', 'sts.yaml', 'ReadWriteMany'],
      ['StatefulSet team-a/db', 'spec.volumeClaimTemplates[0].metadata.labels.owner', 'kustomization.yaml', 'owner: team-a'],
      ['StatefulSet team-a/db', 'metadata.labels.owner', 'kustomization.yaml', 'owner: team-a'],
    ],
  ),

  lineCase(
    'custom resources, variables, renames and other odd ways',
    {
      'k/kustomization.yaml': `resources: [app.yaml]
vars:
- name: HOST
  objref: {kind: Service, name: api, apiVersion: v1}
  fieldref: {fieldpath: metadata.name}
commonLabels:
  app.kubernetes.io/part-of: shop
components: [../c1, ../c2]
patches:
- options: {allowNameChange: true}
  target: {kind: CronJob, name: nightly}
  patch: |-
    apiVersion: batch/v1
    kind: CronJob
    metadata:
      name: hourly
    spec:
      schedule: "0 * * * *"
- target: {kind: Gateway}
  patch: "- {op: add, path: /spec/open, value: true}"
- target: {kind: Gateway}
  patch: >-
    [{"op": "add", "path": "/spec/wide", "value": true}]
- path: gateway.yaml
replacements:
- source: {kind: Service, name: api, fieldPath: spec.type}
  targets:
  - select: {kind: Gateway}
    reject: [{name: none}]
    fieldPaths: [spec.service]
    options: {create: true}
`,
      'k/gateway.yaml': `apiVersion: acme.example/v1
kind: Gateway
metadata:
  name: edge
spec:
  listeners:
  - name: http
    port: 80
`,
      'k/app.yaml': `apiVersion: v1
kind: Service
metadata: {name: api}
spec: {type: LoadBalancer, selector: {app: api}}
---
# a comment before the document
apiVersion: batch/v1
kind: CronJob
metadata:
  name: nightly
spec:
  schedule: "0 0 * * *"
  jobTemplate:
    spec: # of the job
      template:
        spec:
          restartPolicy: Never
          containers:
          - name: job
            image: job:1
            command:
            - curl
            - http://$(HOST)/run
---
apiVersion: acme.example/v1
kind: Gateway
metadata:
  name: edge
spec:
  class: public
  listeners:
  - name: https
    port: 443
  - name: http
    port: 8080
`,
      'c1/kustomization.yaml': `apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
components: [../c1/inner]
patches:
- target: {kind: CronJob}
  patch: |-
    - op: add
      path: /spec/suspend
      value: false # outer
`,
      'c1/inner/kustomization.yaml': `apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
patches:
- target: {kind: CronJob}
  patch: |-
    - op: add
      path: /spec/suspend
      value: true # inner
    - op: add
      path: /spec/concurrencyPolicy
      value: Allow
`,
      'c2/kustomization.yaml': `apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
images:
- name: job
  newName: registry.example/job
  newTag: v2
`,
    },
    [
      ['CronJob hourly', 'metadata.name', 'k/kustomization.yaml', 'name: hourly'],
      ['CronJob hourly', 'spec.schedule', 'k/kustomization.yaml', '0 * * * *'],
      ['CronJob hourly', 'spec.suspend', 'c1/kustomization.yaml', '# outer'],
      ['CronJob hourly', 'spec.concurrencyPolicy', 'c1/inner/kustomization.yaml', 'value: Allow'],
      ['CronJob hourly', 'spec.jobTemplate.spec.template.spec.containers[0].image', 'c2/kustomization.yaml', 'newTag: v2'],
      ['CronJob hourly', 'spec.jobTemplate.spec.template.spec.containers[0].command[1]', 'k/app.yaml', '$(HOST)'],
      ['CronJob hourly', 'spec.jobTemplate.spec.template.spec.restartPolicy', 'k/app.yaml', 'restartPolicy'],
      ['CronJob hourly', 'spec.jobTemplate.spec.backoffLimit', 'k/app.yaml', '# of the job'],
      ['Gateway edge', 'spec.open', 'k/kustomization.yaml', '/spec/open'],
      ['Gateway edge', 'spec.service', 'k/kustomization.yaml', 'fieldPaths: [spec.service]'],
      ['Gateway edge', 'spec.class', 'k/app.yaml', 'class: public'],
      ['Gateway edge', 'spec.listeners[0].port', 'k/gateway.yaml', 'port: 80'],
      ['Gateway edge', 'metadata.labels["app.kubernetes.io/part-of"]', 'k/kustomization.yaml', 'part-of'],
      ['Service api', 'spec.selector["app.kubernetes.io/part-of"]', 'k/kustomization.yaml', 'part-of'],
      ['Service api', 'spec.type', 'k/app.yaml', 'LoadBalancer'],
    ],
  ),

  lineCase(
    'a rule that is appended to others much like it',
    {
      'kustomization.yaml': `resources: [role.yaml]
patches:
- target: {kind: ClusterRole}
  patch: |-
    - op: add
      path: /rules/-
      value:
        apiGroups: [""] # added
        resources: [secrets]
        verbs: ["*"]
`,
      'role.yaml': `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: reader
rules:
- apiGroups: [""]
  resources: [secrets] # own
  verbs: [get]
`,
    },
    [
      ['ClusterRole reader', 'rules[1].apiGroups[0]', 'kustomization.yaml', '# added'],
      ['ClusterRole reader', 'rules[1].resources[0]', 'kustomization.yaml', 'resources: [secrets]'],
      ['ClusterRole reader', 'rules[1].verbs[0]', 'kustomization.yaml', 'verbs:'],
      ['ClusterRole reader', 'rules[0].resources[0]', 'role.yaml', '# own'],
      ['ClusterRole reader', 'rules[0].verbs[0]', 'role.yaml', 'verbs'],
    ],
  ),
];
