/** Charts with fields of what they render to, and the line that a person would change for each: labelled by hand, before any tool was asked. */
export interface HelmSample {
  readonly name: string;
  /** Path in the repository -> text. The chart is `c`. */
  readonly files: Readonly<Record<string, string>>;
  /** Values files of the release, relative to the chart. */
  readonly release?: readonly string[];
  readonly findings: readonly HelmLabel[];
}

export interface HelmLabel {
  /** `Kind name`. */
  readonly resource: string;
  /** As formatPath writes it. A field that does not exist is expected at its nearest parent. */
  readonly path: string;
  readonly file: string;
  readonly line: number;
}

const at = (resource: string, file: string, lines: Readonly<Record<string, number>>): readonly HelmLabel[] =>
  Object.entries(lines).map(([path, line]) => ({ resource, path, file, line }));

/** As `helm create` writes it. */
const starter: HelmSample = {
  name: 'helm create',
  files: {
    'c/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 0.1.0\nappVersion: "1.16.0"\n',
    'c/values.yaml': `replicaCount: 1
image:
  repository: nginx
  pullPolicy: IfNotPresent
  # the appVersion, where empty
  tag: ""
nameOverride: ""
fullnameOverride: ""
serviceAccount:
  create: true
  automount: true
podAnnotations:
  prometheus.io/scrape: "true"
podSecurityContext:
  fsGroup: 0
securityContext:
  runAsUser: 0
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: false
  capabilities:
    drop:
      - ALL
    add: [NET_RAW]
service:
  type: NodePort
  port: 80
resources:
  limits:
    memory: 128Mi
hostNetwork: true
shareProcessNamespace: false
nodeSelector: {}
`,
    'c/templates/_helpers.tpl': `{{- define "web.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (default .Chart.Name .Values.nameOverride) | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "web.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{ include "web.selectorLabels" . }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "web.selectorLabels" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}
`,
    'c/templates/deployment.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "web.fullname" . }}
  labels:
    {{- include "web.labels" . | nindent 4 }}
spec:
  replicas: {{ .Values.replicaCount }}
  selector:
    matchLabels:
      {{- include "web.selectorLabels" . | nindent 6 }}
  template:
    metadata:
      {{- with .Values.podAnnotations }}
      annotations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      labels:
        {{- include "web.labels" . | nindent 8 }}
    spec:
      hostNetwork: {{ .Values.hostNetwork }}
      hostPID: true
      shareProcessNamespace: {{ .Values.shareProcessNamespace }}
      {{- with .Values.podSecurityContext }}
      securityContext:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      containers:
        - name: {{ .Chart.Name }}
          {{- with .Values.securityContext }}
          securityContext:
            {{- toYaml . | nindent 12 }}
          {{- end }}
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"
          imagePullPolicy: {{ .Values.image.pullPolicy }}
          ports:
            - name: http
              containerPort: {{ .Values.service.port }}
              protocol: TCP
          resources:
            {{- toYaml .Values.resources | nindent 12 }}
      {{- with .Values.nodeSelector }}
      nodeSelector:
        {{- toYaml . | nindent 8 }}
      {{- end }}
---
apiVersion: v1
kind: Service
metadata:
  name: {{ include "web.fullname" . }}
spec:
  type: {{ .Values.service.type }}
  ports:
    - port: {{ .Values.service.port }}
      {{- if eq .Values.service.type "NodePort" }}
      nodePort: 30080
      {{- end }}
`,
    'c/values-prod.yaml': `# production
replicaCount: 2
image:
  tag: latest
securityContext:
  privileged: true
  capabilities:
    add: [SYS_ADMIN]
`,
  },
  release: ['values-prod.yaml'],
  findings: [
    ...at('Deployment web-web', 'c/values-prod.yaml', {
      'spec.replicas': 2,
      'spec.template.spec.containers[0].image': 4,
      'spec.template.spec.containers[0].securityContext': 5,
      'spec.template.spec.containers[0].securityContext.privileged': 6,
      'spec.template.spec.containers[0].securityContext.capabilities': 7,
      'spec.template.spec.containers[0].securityContext.capabilities.add[0]': 8,
      'spec.template.spec.containers[0].securityContext.runAsNonRoot': 5,
    }),
    ...at('Deployment web-web', 'c/values.yaml', {
      'spec.template.metadata.annotations["prometheus.io/scrape"]': 13,
      'spec.template.spec.securityContext.fsGroup': 15,
      'spec.template.spec.containers[0].securityContext.runAsUser': 17,
      'spec.template.spec.containers[0].securityContext.allowPrivilegeEscalation': 18,
      'spec.template.spec.containers[0].securityContext.readOnlyRootFilesystem': 19,
      'spec.template.spec.containers[0].securityContext.capabilities.drop[0]': 22,
      'spec.template.spec.containers[0].imagePullPolicy': 4,
      'spec.template.spec.containers[0].ports[0].containerPort': 26,
      'spec.template.spec.containers[0].resources.limits.memory': 29,
      'spec.template.spec.containers[0].resources.limits.cpu': 28,
      'spec.template.spec.hostNetwork': 30,
      'spec.template.spec.shareProcessNamespace': 31,
    }),
    ...at('Deployment web-web', 'c/templates/deployment.yaml', {
      kind: 2,
      'metadata.name': 4,
      'metadata.labels': 5,
      'metadata.namespace': 3,
      'spec.template.spec.hostPID': 22,
      'spec.template.spec.containers[0].name': 29,
      'spec.template.spec.containers[0].livenessProbe': 29,
      'spec.template.spec.containers[0].ports[0].name': 37,
      'spec.template.spec.automountServiceAccountToken': 20,
    }),
    ...at('Deployment web-web', 'c/templates/_helpers.tpl', {
      'metadata.labels["helm.sh/chart"]': 10,
      'metadata.labels["app.kubernetes.io/managed-by"]': 12,
      'spec.selector.matchLabels["app.kubernetes.io/name"]': 16,
      'spec.template.metadata.labels["app.kubernetes.io/instance"]': 17,
    }),
    ...at('Service web-web', 'c/values.yaml', { 'spec.type': 25, 'spec.ports[0].port': 26 }),
    ...at('Service web-web', 'c/templates/deployment.yaml', { 'spec.ports[0].nodePort': 56, 'metadata.name': 50 }),
  ],
};

/** A library chart of helpers, values that are templates, lists of variables, and a helper that composes an image. */
const common: HelmSample = {
  name: 'library chart with tplvalues',
  files: {
    'c/Chart.yaml':
      'apiVersion: v2\nname: app\nversion: 1.0.0\ndependencies:\n  - name: common\n    version: 2.x.x\n    repository: https://charts.example.com\n',
    'c/charts/common/Chart.yaml': 'apiVersion: v2\nname: common\ntype: library\nversion: 2.0.0\n',
    'c/charts/common/templates/_tplvalues.tpl': `{{/* Renders a value that contains a template. */}}
{{- define "common.tplvalues.render" -}}
{{- $value := typeIs "string" .value | ternary .value (.value | toYaml) }}
{{- if contains "{{" (toJson .value) }}
  {{- tpl $value .context }}
{{- else }}
    {{- $value }}
{{- end }}
{{- end -}}
`,
    'c/charts/common/templates/_images.tpl': `{{- define "common.images.image" -}}
{{- $registryName := default .imageRoot.registry ((.global).imageRegistry) -}}
{{- $repositoryName := .imageRoot.repository -}}
{{- $separator := ":" -}}
{{- $termination := .imageRoot.tag | toString -}}
{{- if .imageRoot.digest }}
    {{- $separator = "@" -}}
    {{- $termination = .imageRoot.digest | toString -}}
{{- end -}}
{{- if $registryName }}
    {{- printf "%s/%s%s%s" $registryName $repositoryName $separator $termination -}}
{{- else -}}
    {{- printf "%s%s%s"  $repositoryName $separator $termination -}}
{{- end -}}
{{- end -}}
`,
    'c/charts/common/templates/_labels.tpl': `{{- define "common.labels.standard" -}}
{{- if and (hasKey . "customLabels") (hasKey . "context") -}}
{{- $default := dict "app.kubernetes.io/name" .context.Chart.Name "app.kubernetes.io/instance" .context.Release.Name -}}
{{ template "common.tplvalues.merge" (dict "values" (list .customLabels $default)) }}
{{- else -}}
app.kubernetes.io/name: {{ .Chart.Name }}
helm.sh/chart: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}
{{- end -}}
{{- define "common.tplvalues.merge" -}}
{{- $dst := dict -}}
{{- range .values -}}
{{- $dst = . | merge $dst -}}
{{- end -}}
{{ $dst | toYaml }}
{{- end -}}
`,
    'c/values.yaml': `global:
  imageRegistry: ""
image:
  registry: docker.io
  repository: example/app
  tag: 1.2.3
  digest: ""
commonLabels:
  team: web
podLabels: {}
updateStrategy:
  type: RollingUpdate
containerSecurityContext:
  enabled: true
  runAsUser: 1001
  privileged: false
  capabilities:
    drop: ["ALL"]
extraEnvVars:
  - name: LOG_LEVEL
    value: debug
  - name: SELF
    value: "{{ .Release.Name }}-app"
extraVolumes: |
  - name: docker
    hostPath:
      path: /var/run/docker.sock
  - name: tmp
    emptyDir: {}
configuration: |
  listen = 0.0.0.0
  debug = true
extraDeploy:
  - apiVersion: v1
    kind: ConfigMap
    metadata:
      name: extra
    data:
      mode: unsafe
  - |
    apiVersion: v1
    kind: Secret
    metadata:
      name: {{ .Release.Name }}-token
    stringData:
      token: abc
password: hunter2
`,
    'c/templates/statefulset.yaml': `apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: {{ .Release.Name }}
  labels: {{- include "common.labels.standard" . | nindent 4 }}
spec:
  updateStrategy: {{- include "common.tplvalues.render" (dict "value" .Values.updateStrategy "context" $) | nindent 4 }}
  template:
    metadata:
      labels: {{- include "common.labels.standard" (dict "customLabels" .Values.commonLabels "context" $) | nindent 8 }}
      annotations:
        checksum/config: {{ include (print $.Template.BasePath "/configmap.yaml") . | sha256sum }}
    spec:
      containers:
        - name: app
          image: {{ include "common.images.image" (dict "imageRoot" .Values.image "global" .Values.global) }}
          {{- if .Values.containerSecurityContext.enabled }}
          securityContext: {{- omit .Values.containerSecurityContext "enabled" | toYaml | nindent 12 }}
          {{- end }}
          env:
            - name: APP_MODE
              value: {{ ternary "dev" "prod" (eq .Values.updateStrategy.type "OnDelete") | quote }}
            {{- if .Values.extraEnvVars }}
            {{- include "common.tplvalues.render" (dict "value" .Values.extraEnvVars "context" $) | nindent 12 }}
            {{- end }}
          args: ["--debug", "--config=/etc/app"]
      volumes:
        - name: config
          configMap: {name: "{{ .Release.Name }}"}
        {{- if .Values.extraVolumes }}
        {{- include "common.tplvalues.render" (dict "value" .Values.extraVolumes "context" $) | nindent 8 }}
        {{- end }}
`,
    'c/templates/configmap.yaml': `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
data:
  app.conf: |-
    {{- include "common.tplvalues.render" (dict "value" .Values.configuration "context" $) | nindent 4 }}
  start.sh: |
    #!/bin/sh
    exec app
---
apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}
data:
  password: {{ .Values.password | b64enc | quote }}
  salt: {{ randAlphaNum 8 | b64enc }}
`,
    'c/templates/extra.yaml': `{{- range .Values.extraDeploy }}
---
{{ include "common.tplvalues.render" (dict "value" . "context" $) }}
{{- end }}
`,
  },
  findings: [
    ...at('StatefulSet web', 'c/values.yaml', {
      'spec.updateStrategy.type': 12,
      'spec.template.metadata.labels.team': 9,
      'spec.template.spec.containers[0].image': 6,
      'spec.template.spec.containers[0].securityContext.runAsUser': 15,
      'spec.template.spec.containers[0].securityContext.privileged': 16,
      'spec.template.spec.containers[0].securityContext.capabilities.drop[0]': 18,
      'spec.template.spec.containers[0].securityContext.readOnlyRootFilesystem': 13,
      'spec.template.spec.containers[0].env[1].value': 21,
      'spec.template.spec.containers[0].env[2]': 22,
      'spec.template.spec.containers[0].env[2].value': 23,
      'spec.template.spec.volumes[1].hostPath': 26,
      'spec.template.spec.volumes[1].hostPath.path': 27,
      'spec.template.spec.volumes[2].emptyDir.sizeLimit': 29,
    }),
    ...at('StatefulSet web', 'c/templates/statefulset.yaml', {
      'spec.template.spec.containers[0].env[0].value': 22,
      'spec.template.spec.containers[0].args[0]': 26,
      'spec.template.spec.containers[0].resources': 15,
      'spec.template.spec.volumes[0].configMap.name': 29,
      'spec.template.metadata.annotations["checksum/config"]': 12,
    }),
    ...at('StatefulSet web', 'c/charts/common/templates/_labels.tpl', { 'metadata.labels["helm.sh/chart"]': 7 }),
    ...at('ConfigMap web', 'c/values.yaml', { 'data["app.conf"]': 30 }),
    ...at('ConfigMap web', 'c/templates/configmap.yaml', { 'data["start.sh"]': 8 }),
    ...at('Secret web', 'c/values.yaml', { 'data.password': 47 }),
    ...at('Secret web', 'c/templates/configmap.yaml', { 'data.salt': 18, 'metadata.name': 15 }),
    ...at('ConfigMap extra', 'c/values.yaml', { 'data.mode': 39, 'metadata.name': 37 }),
    ...at('Secret web-token', 'c/values.yaml', { 'stringData.token': 46, kind: 42 }),
  ],
};

/** A library chart that writes whole objects and merges them: comments are lost on the way. */
const merged: HelmSample = {
  name: 'library chart that merges objects',
  files: {
    'c/Chart.yaml': 'apiVersion: v2\nname: api\nversion: 1.0.0\n',
    'c/charts/lib/Chart.yaml': 'apiVersion: v2\nname: lib\ntype: library\nversion: 1.0.0\n',
    'c/charts/lib/templates/_util.yaml': `{{- define "lib.util.merge" -}}
{{- $top := first . -}}
{{- $overrides := fromYaml (include (index . 1) $top) | default (dict ) -}}
{{- $tpl := fromYaml (include (index . 2) $top) | default (dict ) -}}
{{- toYaml (merge $overrides $tpl) -}}
{{- end -}}
`,
    'c/charts/lib/templates/_deployment.yaml': `{{- define "lib.deployment.tpl" -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  replicas: {{ .Values.replicas }}
  template:
    spec:
      hostIPC: true
      terminationGracePeriodSeconds: 30
      securityContext:
        runAsNonRoot: false
      serviceAccountName: {{ .Release.Name }}
{{- end -}}
{{- define "lib.deployment" -}}
{{- include "lib.util.merge" (append . "lib.deployment.tpl") -}}
{{- end -}}
`,
    'c/values.yaml': 'replicas: 3\n',
    'c/templates/deployment.yaml': `{{- include "lib.deployment" (list . "api.deployment") -}}
{{- define "api.deployment" -}}
metadata:
  annotations:
    owner: api
spec:
  template:
    spec:
      hostNetwork: true
      terminationGracePeriodSeconds: 60
{{- end -}}
`,
  },
  findings: [
    ...at('Deployment web', 'c/values.yaml', { 'spec.replicas': 1 }),
    ...at('Deployment web', 'c/charts/lib/templates/_deployment.yaml', {
      'spec.template.spec.hostIPC': 10,
      'spec.template.spec.securityContext.runAsNonRoot': 13,
      'spec.template.spec.securityContext': 12,
      'spec.template.spec.serviceAccountName': 14,
    }),
    ...at('Deployment web', 'c/templates/deployment.yaml', {
      'spec.template.spec.hostNetwork': 9,
      'spec.template.spec.terminationGracePeriodSeconds': 10,
      'metadata.annotations.owner': 5,
    }),
  ],
};

/** Subcharts under an alias, behind a condition, with global values and values of their parent. */
const subcharts: HelmSample = {
  name: 'subcharts with alias, condition and globals',
  files: {
    'c/Chart.yaml': `apiVersion: v2
name: shop
version: 1.0.0
dependencies:
  - name: redis
    alias: cache
    version: 1.0.0
    repository: https://charts.example.com
    condition: cache.enabled
  - name: redis
    alias: sessions
    version: 1.0.0
    repository: https://charts.example.com
  - name: metrics
    version: 1.0.0
    repository: https://charts.example.com
    condition: metrics.enabled
`,
    'c/values.yaml': `global:
  registry: registry.example.com
cache:
  enabled: true
  auth: false
sessions:
  tag: "7.2"
metrics:
  enabled: false
`,
    'c/prod.yaml': `cache:
  port: 6380
global:
  storageClass: fast
`,
    'c/charts/redis/Chart.yaml': 'apiVersion: v2\nname: redis\nversion: 1.0.0\n',
    'c/charts/redis/values.yaml': `tag: latest
port: 6379
auth: true
nodes:
  main:
    size: 1Gi
    privileged: true
  replica:
    size: 2Gi
    privileged: false
`,
    'c/charts/redis/templates/pods.yaml': `{{- range $name, $node := .Values.nodes }}
---
apiVersion: v1
kind: Pod
metadata:
  name: {{ $.Release.Name }}-{{ $.Chart.Name }}-{{ $name }}
spec:
  containers:
    - name: redis
      image: "{{ $.Values.global.registry }}/redis:{{ $.Values.tag }}"
      args:
        - --port={{ $.Values.port }}
        {{- if $.Values.auth }}
        - --protected
        {{- end }}
      securityContext:
        privileged: {{ $node.privileged }}
      env:
        - name: SIZE
          value: {{ $node.size | quote }}
        - name: AUTH
          value: {{ $.Values.auth | quote }}
  {{- with $.Values.global.storageClass }}
  runtimeClassName: {{ . }}
  {{- end }}
{{- end }}
`,
    'c/charts/metrics/Chart.yaml': 'apiVersion: v2\nname: metrics\nversion: 1.0.0\n',
    'c/charts/metrics/templates/m.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: metrics\n',
    'c/templates/role.yaml': `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: {{ .Release.Name }}
rules:
  - apiGroups: ["*"]
    resources: ["*"]
    verbs:
      - get
      - "*"
`,
  },
  release: ['prod.yaml'],
  findings: [
    ...at('Pod web-cache-main', 'c/charts/redis/values.yaml', {
      'spec.containers[0].image': 1,
      'spec.containers[0].securityContext.privileged': 7,
      'spec.containers[0].env[0].value': 6,
    }),
    ...at('Pod web-cache-main', 'c/prod.yaml', { 'spec.containers[0].args[0]': 2, 'spec.runtimeClassName': 4 }),
    ...at('Pod web-cache-main', 'c/values.yaml', { 'spec.containers[0].env[1].value': 5 }),
    ...at('Pod web-cache-main', 'c/charts/redis/templates/pods.yaml', {
      'metadata.name': 6,
      'spec.containers[0].name': 9,
      'spec.containers[0].securityContext': 16,
      'spec.containers[0].securityContext.runAsNonRoot': 16,
      'spec.containers[0].env[0].name': 19,
      'spec.hostNetwork': 7,
    }),
    ...at('Pod web-sessions-replica', 'c/values.yaml', { 'spec.containers[0].image': 7 }),
    ...at('Pod web-sessions-replica', 'c/charts/redis/values.yaml', {
      'spec.containers[0].args[0]': 2,
      'spec.containers[0].securityContext.privileged': 10,
      'spec.containers[0].env[1].value': 3,
    }),
    ...at('Pod web-sessions-replica', 'c/charts/redis/templates/pods.yaml', { 'spec.containers[0].args[1]': 14 }),
    ...at('ClusterRole web', 'c/templates/role.yaml', {
      'rules[0]': 6,
      'rules[0].apiGroups[0]': 6,
      'rules[0].resources': 7,
      'rules[0].verbs[1]': 10,
    }),
  ],
};

/** Checks of values, enumerations, flags made from maps, and text of several lines. */
const controller: HelmSample = {
  name: 'controller with checked values',
  files: {
    'c/Chart.yaml': 'apiVersion: v2\nname: ctl\nversion: 4.0.0\nappVersion: 1.11.0\n',
    'c/values.schema.json':
      '{"type":"object","properties":{"controller":{"type":"object","properties":{"kind":{"enum":["Deployment","DaemonSet"]},"hostPort":{"type":"boolean"},"port":{"type":"integer","maximum":65535}}}}}\n',
    'c/values.yaml': `controller:
  kind: Deployment
  name: controller
  image:
    image: ingress/controller
    tag: "v1.11.0"
    allowPrivilegeEscalation: true
    runAsUser: 101
  port: 8443
  hostPort: true
  minAvailable: 1
  replicas: 2
  dnsPolicy: ClusterFirst
  extraArgs:
    enable-ssl-passthrough: "true"
    v: 3
  config:
    allow-snippet-annotations: "true"
    server-tokens: "false"
  resources:
    requests:
      cpu: 100m
      memory: 90Mi
  tolerations:
    - key: dedicated
      operator: Exists
      effect: NoSchedule
  service:
    externalTrafficPolicy: Local
    loadBalancerSourceRanges:
      - 0.0.0.0/0
`,
    'c/templates/_params.tpl': `{{- define "ctl.params" -}}
- /controller
- --election-id={{ .Release.Name }}-leader
- --class={{ .Values.controller.name }}
{{- range $key, $value := .Values.controller.extraArgs }}
{{- if $value }}
- --{{ $key }}={{ $value }}
{{- else }}
- --{{ $key }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "ctl.securityContext" -}}
runAsNonRoot: {{ ne (int .Values.controller.image.runAsUser) 0 }}
runAsUser: {{ .Values.controller.image.runAsUser }}
allowPrivilegeEscalation: {{ or .Values.controller.image.allowPrivilegeEscalation false }}
readOnlyRootFilesystem: false
{{- end -}}
`,
    'c/templates/deployment.yaml': `{{- if and (ne .Values.controller.kind "Deployment") (ne .Values.controller.kind "DaemonSet") }}
{{- fail "kind must be Deployment or DaemonSet" }}
{{- end }}
{{- if eq .Values.controller.kind "Deployment" -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}-{{ .Values.controller.name }}
spec:
  {{- if gt (int .Values.controller.replicas) 1 }}
  replicas: {{ int .Values.controller.replicas }}
  {{- end }}
  template:
    spec:
      dnsPolicy: {{ required "a policy" .Values.controller.dnsPolicy }}
      containers:
      - name: {{ .Values.controller.name }}
        {{- with .Values.controller.image }}
        image: {{ if .repository }}{{ .repository }}{{ else }}registry.example.com/{{ .image }}{{ end }}:{{ .tag }}
        {{- end }}
        args:
          {{- include "ctl.params" . | nindent 10 }}
        securityContext: {{ include "ctl.securityContext" . | nindent 10 }}
        ports:
        - containerPort: {{ .Values.controller.port }}
          {{- if .Values.controller.hostPort }}
          hostPort: {{ .Values.controller.port }}
          {{- end }}
        resources: {{ toYaml .Values.controller.resources | nindent 10 }}
      {{- if .Values.controller.tolerations }}
      tolerations: {{ toYaml .Values.controller.tolerations | nindent 8 }}
      {{- end }}
{{- end }}
`,
    'c/templates/configmap.yaml': `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
data:
{{- range $key, $value := .Values.controller.config }}
  {{ $key }}: {{ $value | quote }}
{{- end }}
---
apiVersion: v1
kind: Service
metadata: {name: "{{ .Release.Name }}"}
spec:
  type: LoadBalancer
  externalTrafficPolicy: {{ .Values.controller.service.externalTrafficPolicy }}
  loadBalancerSourceRanges: {{ toYaml .Values.controller.service.loadBalancerSourceRanges | nindent 4 }}
`,
  },
  findings: [
    ...at('Deployment web-controller', 'c/values.yaml', {
      'spec.replicas': 12,
      'spec.template.spec.dnsPolicy': 13,
      'spec.template.spec.containers[0].name': 3,
      'spec.template.spec.containers[0].image': 6,
      'spec.template.spec.containers[0].args[3]': 15,
      'spec.template.spec.containers[0].args[4]': 16,
      'spec.template.spec.containers[0].args[2]': 3,
      'spec.template.spec.containers[0].securityContext.runAsUser': 8,
      'spec.template.spec.containers[0].securityContext.allowPrivilegeEscalation': 7,
      'spec.template.spec.containers[0].ports[0].containerPort': 9,
      'spec.template.spec.containers[0].ports[0].hostPort': 9,
      'spec.template.spec.containers[0].resources.requests.cpu': 22,
      'spec.template.spec.containers[0].resources.limits': 20,
      'spec.template.spec.tolerations[0]': 25,
      'spec.template.spec.tolerations[0].operator': 26,
    }),
    ...at('Deployment web-controller', 'c/templates/_params.tpl', {
      'spec.template.spec.containers[0].args[1]': 3,
      'spec.template.spec.containers[0].securityContext.readOnlyRootFilesystem': 18,
      'spec.template.spec.containers[0].securityContext.runAsNonRoot': 15,
    }),
    ...at('Deployment web-controller', 'c/templates/deployment.yaml', {
      'spec.template.spec.containers[0].securityContext.capabilities': 23,
      'spec.template.spec.containers[0].livenessProbe': 17,
      'spec.template.spec.hostNetwork': 14,
    }),
    ...at('ConfigMap web', 'c/values.yaml', { 'data["allow-snippet-annotations"]': 18, 'data["server-tokens"]': 19 }),
    ...at('Service web', 'c/values.yaml', { 'spec.externalTrafficPolicy': 29, 'spec.loadBalancerSourceRanges[0]': 31 }),
    ...at('Service web', 'c/templates/configmap.yaml', { 'spec.type': 14, 'metadata.name': 12 }),
  ],
};

/** What is hard on marks: joined lines, blocks of text, flow style, lists of objects, CRDs, a subchart in a subchart. */
const shapes: HelmSample = {
  name: 'joined lines, blocks of text, lists, CRDs, nested subcharts',
  files: {
    'c/Chart.yaml': 'apiVersion: v2\nname: odd\nversion: 1.0.0\n',
    'c/values.yaml': `a: &default
  cpu: 10m
b: *default
mode: strict
labels: {tier: front, zone: "eu"}
hosts:
  - name: one.example.com
    tls: false
  - name: two.example.com
    tls: true
script: |
  set -e
  run
quoted: 'it''s'
debug: false
zero: 0
ratio: 0.5
`,
    'c/one.yaml': 'mode: loose\nhosts:\n  - name: three.example.com\n    tls: false\n',
    'c/two.yaml': '---\n# last\nmode: off-by-one\nb:\n  cpu: 20m\n',
    'c/crds/thing.yaml': `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: things.example.com
spec:
  scope: Cluster
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: others.example.com
spec:
  scope: Namespaced
`,
    'c/templates/_h.tpl': `{{/*
Comment with {{ braces }} in it.
*/}}
{{- define "odd.name" -}}
odd
{{- end -}}
{{- define "odd.pod" -}}
hostNetwork: true
{{ if .debug -}}
hostPID: true
{{ end -}}
containers:
  - name: {{ include "odd.name" . }}
    image: {{ .image | default "example.com/base:1" }}
    command: ["sh", "-c", {{ .script | quote }}]
    securityContext: { privileged: true, runAsUser: 0 }
    env:
    {{- range $name, $value := .env }}
    - { name: {{ $name }}, value: {{ $value | quote }} }
    {{- end }}
{{- end -}}
`,
    'c/templates/list.yaml': `apiVersion: v1
kind: List
items:
{{- range $index, $host := .Values.hosts }}
- apiVersion: v1
  kind: Pod
  metadata:
    name: pod-{{ $index }}
    annotations: {host: {{ $host.name }}, tls: "{{ $host.tls }}"}
  spec:
    {{- include "odd.pod" (dict "script" $.Values.script "debug" $.Values.debug "env" (dict "MODE" $.Values.mode)) | nindent 4 }}
    dnsPolicy:
      {{- if $host.tls }} Default
      {{- else }} ClusterFirst
      {{- end }}
{{- end }}
`,
    'c/templates/job.yaml': `{{- if not .Values.debug -}}
apiVersion: batch/v1
kind: Job
metadata:
  name: "{{ .Release.Name }}-job"
  annotations:
    "helm.sh/hook": pre-install
  labels:
{{ toYaml .Values.labels | indent 4 }}
spec:
  backoffLimit: {{ .Values.zero }}
  template:
    spec:
      restartPolicy: >-
        Never
      containers:
      - name: one
        image: busybox
        args:
        - |
          name: not-a-field
          image: {{ .Values.mode }}
        - {{ .Values.quoted | quote }}
        - "{{ .Values.ratio }}"
        resources:
          limits:
            {{- range $key, $value := .Values.a }}
            {{ $key }}: {{ $value }}
            {{- end }}
          requests: {{ .Values.b | toJson }}
      - name: two
        {{- /* a comment */}}
        image: "busybox:{{ .Values.mode }}"
        tty: {{ not .Values.debug }}
        stdin: {{ .Values.debug }}
      hostIPC: true
{{- end }}
`,
    'c/templates/cm.json': `{
  "apiVersion": "v1",
  "kind": "ConfigMap",
  "metadata": { "name": "json" },
  "data": {
    "mode": {{ .Values.mode | quote }},
    "fixed": "yes"
  }
}
`,
    'c/charts/mid/Chart.yaml': 'apiVersion: v2\nname: mid\nversion: 1.0.0\n',
    'c/charts/mid/values.yaml': 'leaf:\n  level: high\n',
    'c/charts/mid/charts/leaf/Chart.yaml': 'apiVersion: v2\nname: leaf\nversion: 1.0.0\n',
    'c/charts/mid/charts/leaf/values.yaml': 'level: low\nkeep: same\n',
    'c/charts/mid/charts/leaf/templates/cm.yaml':
      'apiVersion: v1\r\nkind: ConfigMap\r\nmetadata:\r\n  name: leaf\r\ndata:\r\n  level: {{ .Values.level }}\r\n  keep: {{ .Values.keep }}\r\n  fixed: a\r\n',
  },
  release: ['one.yaml', 'two.yaml'],
  findings: [
    ...at('Pod pod-0', 'c/templates/_h.tpl', {
      'spec.hostNetwork': 8,
      'spec.containers[0].name': 13,
      'spec.containers[0].image': 14,
      'spec.containers[0].securityContext': 16,
      'spec.containers[0].securityContext.privileged': 16,
      'spec.containers[0].env[0].name': 19,
      'spec.containers[0].resources': 13,
    }),
    ...at('Pod pod-0', 'c/values.yaml', { 'spec.containers[0].command[2]': 11 }),
    ...at('Pod pod-0', 'c/two.yaml', { 'spec.containers[0].env[0].value': 3 }),
    ...at('Pod pod-0', 'c/one.yaml', { 'metadata.annotations.host': 3, 'metadata.annotations.tls': 4 }),
    ...at('Pod pod-0', 'c/templates/list.yaml', { 'metadata.name': 8, 'spec.dnsPolicy': 12, 'spec.hostPID': 10, kind: 6 }),
    ...at('Job web-job', 'c/templates/job.yaml', {
      'metadata.name': 5,
      'metadata.annotations["helm.sh/hook"]': 7,
      'spec.template.spec.restartPolicy': 14,
      'spec.template.spec.containers[0].image': 18,
      'spec.template.spec.containers[0].securityContext': 17,
      'spec.template.spec.containers[1].name': 31,
      'spec.template.spec.containers[1].tty': 34,
      'spec.template.spec.hostIPC': 36,
    }),
    ...at('Job web-job', 'c/values.yaml', {
      'metadata.labels.tier': 5,
      'spec.backoffLimit': 16,
      'spec.template.spec.containers[0].args[1]': 14,
      'spec.template.spec.containers[0].args[2]': 17,
      'spec.template.spec.containers[0].resources.limits': 1,
      'spec.template.spec.containers[0].resources.limits.cpu': 2,
      'spec.template.spec.containers[1].stdin': 15,
    }),
    ...at('Job web-job', 'c/two.yaml', {
      'spec.template.spec.containers[0].args[0]': 3,
      'spec.template.spec.containers[0].resources.requests.cpu': 5,
      'spec.template.spec.containers[1].image': 3,
    }),
    ...at('ConfigMap json', 'c/two.yaml', { 'data.mode': 3 }),
    ...at('ConfigMap json', 'c/templates/cm.json', { 'data.fixed': 7, 'metadata.name': 4 }),
    ...at('CustomResourceDefinition others.example.com', 'c/crds/thing.yaml', { 'spec.scope': 13, 'metadata.name': 11 }),
    ...at('ConfigMap leaf', 'c/charts/mid/values.yaml', { 'data.level': 2 }),
    ...at('ConfigMap leaf', 'c/charts/mid/charts/leaf/values.yaml', { 'data.keep': 2 }),
    ...at('ConfigMap leaf', 'c/charts/mid/charts/leaf/templates/cm.yaml', { 'data.fixed': 8, 'metadata.name': 4 }),
  ],
};

/** A monitoring chart: configuration as YAML in values, server and sidecar from maps, rules with templates of another language. */
const monitoring: HelmSample = {
  name: 'monitoring chart with configuration in values',
  files: {
    'c/Chart.yaml': 'apiVersion: v2\nname: prom\nversion: 25.0.0\nappVersion: v2.50.0\n',
    'c/values.yaml': `server:
  name: server
  image:
    repository: quay.io/prometheus/prometheus
    tag: ""
    digest: ""
  defaultFlagsOverride: []
  extraFlags:
    - web.enable-lifecycle
  global:
    scrape_interval: 1m
  env: []
  extraHostPathMounts:
    - name: certs
      mountPath: /etc/certs
      hostPath: /etc/kubernetes/certs
      readOnly: true
  persistentVolume:
    enabled: true
    size: 8Gi
    accessModes: [ReadWriteOnce]
  probes:
    readiness: {path: /-/ready, delay: 30}
  securityContext:
    runAsUser: 65534
    runAsNonRoot: true
sidecars:
  reload:
    image: example.com/reload:latest
    securityContext:
      privileged: true
serverFiles:
  alerts.yml:
    groups:
      - name: up
        rules:
          - alert: Down
            expr: up == 0
            annotations:
              text: "{{ $labels.instance }} is down"
  prometheus.yml:
    scrape_configs:
      - job_name: self
        static_configs: [{targets: ["localhost:9090"]}]
rbac:
  create: true
  wildcard: true
`,
    'c/dev.yaml': 'server:\n  image:\n    repository: localhost/prometheus\n  extraHostPathMounts: []\n',
    'c/templates/_helpers.tpl': `{{- define "prom.labels" -}}
app: {{ .Chart.Name }}
{{- with .extra }}
{{ toYaml . }}
{{- end }}
component: {{ .Values.server.name | quote }}
{{- end }}
{{- define "prom.image" -}}
{{- if .digest -}}
{{ .repository }}@{{ .digest }}
{{- else -}}
{{ .repository }}:{{ .tag | default "v2.50.0" }}
{{- end -}}
{{- end }}
`,
    'c/templates/deploy.yaml': `{{- if .Values.rbac.create }}
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  labels:
    {{- include "prom.labels" . | nindent 4 }}
  name: {{ .Release.Name }}
rules:
  {{- if .Values.rbac.wildcard }}
  - apiGroups: ["*"]
    resources: ["*"]
    verbs: ["*"]
  {{- end }}
  - apiGroups:
      - ""
    resources:
      - pods
    verbs: [get]
{{- end }}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  labels: {{ include "prom.labels" . | nindent 4 }}
  name: {{ .Release.Name }}
spec:
  template:
    spec:
      containers:
        - name: prom-{{ .Values.server.name }}
          image: {{ include "prom.image" .Values.server.image | quote }}
          args:
            {{- range .Values.server.extraFlags }}
            - --{{ . }}
            {{- end }}
          readinessProbe:
            httpGet:
              path: {{ .Values.server.probes.readiness.path }}
              port: 9090
            initialDelaySeconds: {{ .Values.server.probes.readiness.delay }}
          volumeMounts:
            {{- range .Values.server.extraHostPathMounts }}
            - name: {{ .name }}
              mountPath: {{ .mountPath }}
              readOnly: {{ .readOnly }}
            {{- end }}
          {{- with .Values.server.securityContext }}
          securityContext:
{{ toYaml . | indent 12 }}
          {{- end }}
        {{- range $name, $spec := .Values.sidecars }}
        - name: {{ $name }}
          {{- toYaml $spec | nindent 10 }}
        {{- end }}
      volumes:
        {{- range .Values.server.extraHostPathMounts }}
        - name: {{ .name }}
          hostPath:
            path: {{ .hostPath }}
        {{- end }}
`,
    'c/templates/cm.yaml': `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
data:
{{- range $key, $value := .Values.serverFiles }}
  {{ $key }}: |
{{- if eq $key "prometheus.yml" }}
    global:
{{ $.Values.server.global | toYaml | trimSuffix "\\n" | indent 6 }}
{{- end }}
{{ toYaml $value | default "{}" | indent 4 }}
{{- end }}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: {{ .Release.Name }}
spec:
  accessModes:
{{ toYaml .Values.server.persistentVolume.accessModes | indent 4 }}
  resources:
    requests:
      storage: "{{ .Values.server.persistentVolume.size }}"
`,
  },
  findings: [
    ...at('Role web', 'c/templates/deploy.yaml', {
      'rules[0].verbs[0]': 12,
      'rules[0]': 10,
      'rules[1].apiGroups[0]': 15,
      'rules[1].resources[0]': 17,
      'metadata.name': 7,
    }),
    ...at('Role web', 'c/templates/_helpers.tpl', { 'metadata.labels.app': 2 }),
    ...at('Role web', 'c/values.yaml', { 'metadata.labels.component': 2 }),
    ...at('Deployment web', 'c/values.yaml', {
      'spec.template.spec.containers[0].image': 4,
      'spec.template.spec.containers[0].args[0]': 9,
      'spec.template.spec.containers[0].readinessProbe.httpGet.path': 23,
      'spec.template.spec.containers[0].readinessProbe.initialDelaySeconds': 23,
      'spec.template.spec.containers[0].volumeMounts[0].mountPath': 15,
      'spec.template.spec.containers[0].volumeMounts[0].readOnly': 17,
      'spec.template.spec.containers[0].securityContext.runAsUser': 25,
      'spec.template.spec.containers[0].securityContext.runAsNonRoot': 26,
      'spec.template.spec.containers[0].securityContext.capabilities': 24,
      'spec.template.spec.containers[1].image': 29,
      'spec.template.spec.containers[1].securityContext.privileged': 31,
      'spec.template.spec.volumes[0].hostPath.path': 16,
    }),
    ...at('Deployment web', 'c/templates/deploy.yaml', {
      'spec.template.spec.containers[0].readinessProbe.httpGet.port': 39,
      'spec.template.spec.containers[0].livenessProbe': 30,
      'spec.template.spec.containers[1].name': 52,
      'spec.template.spec.volumes[0].hostPath': 58,
      'spec.template.spec.hostNetwork': 28,
    }),
    ...at('ConfigMap web', 'c/templates/cm.yaml', { 'metadata.name': 4 }),
    ...at('PersistentVolumeClaim web', 'c/values.yaml', { 'spec.accessModes[0]': 21, 'spec.resources.requests.storage': 20 }),
  ],
};

/** The same chart with other values on top: a list that is emptied, an image from elsewhere. */
const monitoringDev: HelmSample = {
  ...monitoring,
  name: 'monitoring chart with values of an environment',
  release: ['dev.yaml'],
  findings: [
    ...at('Deployment web', 'c/dev.yaml', { 'spec.template.spec.containers[0].image': 3 }),
    ...at('Deployment web', 'c/values.yaml', { 'spec.template.spec.containers[1].image': 29 }),
    ...at('Deployment web', 'c/templates/deploy.yaml', {
      'spec.template.spec.containers[0].volumeMounts': 41,
      'spec.template.spec.volumes': 55,
    }),
  ],
};

export const samples: readonly HelmSample[] = [starter, common, merged, subcharts, controller, shapes, monitoring, monitoringDev];
