import { lineCase } from './labels.ts';

const pod = 'spec.template.spec';

export const plainCases = [
  lineCase(
    'a deployment as most are written',
    {
      'web.yaml': `# The shop's front end.
---
apiVersion: apps/v1
kind: Deployment
metadata: # of web
  name: web
  annotations:
    # why it may
    example.com/reason: "because: it must"
    "example.com/quoted": 'yes'
spec: # none
  replicas: 2

  template:
    metadata: {labels: {app: web}}
    spec:
      hostNetwork: yes
      securityContext: # of the pod
        runAsUser: 0
      containers:
        - name: web
          image: nginx:latest # TODO pin

          args:
            - --first
            - "--second"
          command: ["sh", "-c"]
          env:
            - name: A
              value: |
                first
                second
            - {name: B, value: "2"}
            - name: C
          resources:
        - image: side:1
          name: side
          securityContext: {privileged: true, capabilities: {add: [SYS_ADMIN]}}
      volumes: []
`,
    },
    [
      ['Deployment web', '', 'web.yaml', 'apiVersion: apps/v1'],
      ['Deployment web', 'metadata.annotations["example.com/reason"]', 'web.yaml', 'because: it must'],
      ['Deployment web', 'metadata.annotations["example.com/quoted"]', 'web.yaml', '"example.com/quoted"'],
      ['Deployment web', 'metadata.namespace', 'web.yaml', '# of web'],
      ['Deployment web', 'spec.template.metadata.labels.app', 'web.yaml', '{labels: {app: web}}'],
      ['Deployment web', `${pod}.hostNetwork`, 'web.yaml', 'hostNetwork'],
      ['Deployment web', `${pod}.securityContext.runAsUser`, 'web.yaml', 'runAsUser'],
      ['Deployment web', `${pod}.securityContext.runAsNonRoot`, 'web.yaml', '# of the pod'],
      ['Deployment web', `${pod}.containers`, 'web.yaml', 'containers:'],
      ['Deployment web', `${pod}.containers[0]`, 'web.yaml', '- name: web'],
      ['Deployment web', `${pod}.containers[0].image`, 'web.yaml', 'nginx:latest'],
      ['Deployment web', `${pod}.containers[0].args`, 'web.yaml', 'args:'],
      ['Deployment web', `${pod}.containers[0].args[0]`, 'web.yaml', '--first'],
      ['Deployment web', `${pod}.containers[0].args[1]`, 'web.yaml', '--second'],
      ['Deployment web', `${pod}.containers[0].args[2]`, 'web.yaml', 'args:'],
      ['Deployment web', `${pod}.containers[0].command[1]`, 'web.yaml', 'command:'],
      ['Deployment web', `${pod}.containers[0].env[0].value`, 'web.yaml', 'value: |'],
      ['Deployment web', `${pod}.containers[0].env[1].value`, 'web.yaml', 'value: "2"'],
      ['Deployment web', `${pod}.containers[0].env[2].value`, 'web.yaml', '- name: C'],
      ['Deployment web', `${pod}.containers[0].resources.limits.cpu`, 'web.yaml', 'resources:'],
      ['Deployment web', `${pod}.containers[0].securityContext.privileged`, 'web.yaml', '- name: web'],
      ['Deployment web', `${pod}.containers[1]`, 'web.yaml', '- image: side:1'],
      ['Deployment web', `${pod}.containers[1].name`, 'web.yaml', '          name: side'],
      ['Deployment web', `${pod}.containers[1].securityContext.capabilities.add[0]`, 'web.yaml', 'SYS_ADMIN'],
      ['Deployment web', `${pod}.volumes[0]`, 'web.yaml', 'volumes: []'],
      ['Deployment web', 'spec.strategy.type', 'web.yaml', 'spec: # none'],
    ],
  ),

  lineCase(
    'anchors, aliases and merge keys',
    {
      'shared.yaml': `apiVersion: v1
kind: Pod
metadata:
  name: shared
  labels: &labels
    app: shared
    tier: back
  annotations:
    <<: *labels
    extra: "1"
spec:
  containers:
    - &base
      name: one
      image: one:1
      securityContext: &insecure
        privileged: true
        runAsUser: 0 # root
      resources: {limits: {cpu: 100m}}
    - <<: *base
      name: two
    - <<: [{imagePullPolicy: Never}, *base]
      name: three
      image: three:3
    - name: four
      image: four:4
      securityContext: # merged
        <<: *insecure
        readOnlyRootFilesystem: true
    - name: five
      image: five:5
      securityContext: *insecure
`,
    },
    [
      ['Pod shared', 'metadata.annotations.tier', 'shared.yaml', 'tier: back'],
      ['Pod shared', 'metadata.annotations.extra', 'shared.yaml', 'extra:'],
      ['Pod shared', 'spec.containers[0].image', 'shared.yaml', 'one:1'],
      ['Pod shared', 'spec.containers[1]', 'shared.yaml', '- <<: *base'],
      ['Pod shared', 'spec.containers[1].name', 'shared.yaml', 'name: two'],
      ['Pod shared', 'spec.containers[1].image', 'shared.yaml', 'one:1'],
      ['Pod shared', 'spec.containers[1].securityContext.privileged', 'shared.yaml', 'privileged'],
      ['Pod shared', 'spec.containers[1].resources.limits.cpu', 'shared.yaml', 'cpu: 100m'],
      ['Pod shared', 'spec.containers[1].livenessProbe', 'shared.yaml', '- <<: *base'],
      ['Pod shared', 'spec.containers[2].imagePullPolicy', 'shared.yaml', 'imagePullPolicy'],
      ['Pod shared', 'spec.containers[2].image', 'shared.yaml', 'three:3'],
      ['Pod shared', 'spec.containers[2].securityContext.runAsUser', 'shared.yaml', '# root'],
      ['Pod shared', 'spec.containers[3].securityContext.runAsUser', 'shared.yaml', '# root'],
      ['Pod shared', 'spec.containers[3].securityContext.readOnlyRootFilesystem', 'shared.yaml', 'readOnly'],
      ['Pod shared', 'spec.containers[3].securityContext.runAsNonRoot', 'shared.yaml', '# merged'],
      ['Pod shared', 'spec.containers[4].securityContext', 'shared.yaml', 'securityContext: *insecure'],
      ['Pod shared', 'spec.containers[4].securityContext.privileged', 'shared.yaml', 'privileged'],
    ],
  ),

  lineCase(
    'many documents in a file, with odd separators',
    {
      'all.yml': `---
# nothing here
---
apiVersion: v1
kind: Service
metadata: {name: first}
spec:
  type: NodePort
...
---

apiVersion: v1 # second starts
kind: Service
metadata:
  name: second
spec: &spec
  ports:
  - port: 80
  -
    port: 81
    nodePort: 30000
  externalIPs:

    # a comment between
    - 203.0.113.7
--- # third
"apiVersion": "v1"
'kind': "Service"
? metadata
: name: third
spec:
    type:
      ExternalName
    externalName: "evil.\\
      example"
`,
    },
    [
      ['Service first', 'spec.type', 'all.yml', 'NodePort'],
      ['Service first', 'metadata.name', 'all.yml', 'name: first'],
      ['Service second', '', 'all.yml', '# second starts'],
      ['Service second', 'spec.ports[0]', 'all.yml', '- port: 80'],
      ['Service second', 'spec.ports[1].port', 'all.yml', '    port: 81'],
      ['Service second', 'spec.ports[1].nodePort', 'all.yml', 'nodePort'],
      ['Service second', 'spec.externalIPs[0]', 'all.yml', '203.0.113.7'],
      ['Service second', 'spec.externalIPs', 'all.yml', 'externalIPs'],
      ['Service second', 'spec.type', 'all.yml', 'spec: &spec'],
      ['Service third', '', 'all.yml', '"apiVersion"'],
      ['Service third', 'metadata.name', 'all.yml', 'name: third'],
      ['Service third', 'metadata', 'all.yml', '? metadata'],
      ['Service third', 'spec.type', 'all.yml', '    type:'],
      ['Service third', 'spec.externalName', 'all.yml', 'externalName:'],
    ],
  ),

  lineCase(
    'lists of objects',
    {
      'list.yaml': `apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: ConfigMap
    metadata:
      name: a
    data:
      password: hunter2
      script: |
        #!/bin/sh
        echo
      folded: >-
        one
        two
      last: x
  - kind: DeploymentList
    apiVersion: apps/v1
    items:
      - metadata: {name: inner}
        spec: # inner spec
          template:
            spec:
              containers:
                - {name: c, image: c}
`,
      'typed.json': `{"apiVersion": "v1", "kind": "PodList", "items": [
  {"metadata": {"name": "p"},
   "spec": {"hostPID": true,
            "containers": [{"name": "x",
                            "image": "x:1"}]}}
]}
`,
    },
    [
      ['ConfigMap a', 'data.password', 'list.yaml', 'hunter2'],
      ['ConfigMap a', 'data.script', 'list.yaml', 'script: |'],
      ['ConfigMap a', 'data.folded', 'list.yaml', 'folded: >-'],
      ['ConfigMap a', 'data.last', 'list.yaml', 'last: x'],
      ['ConfigMap a', 'immutable', 'list.yaml', '  - apiVersion: v1'],
      ['Deployment inner', `${pod}.containers[0].image`, 'list.yaml', 'image: c}'],
      ['Deployment inner', `${pod}.containers[0].securityContext`, 'list.yaml', 'image: c}'],
      ['Deployment inner', 'spec.replicas', 'list.yaml', '# inner spec'],
      ['Deployment inner', '', 'list.yaml', 'name: inner'],
      ['Pod p', 'spec.hostPID', 'typed.json', 'hostPID'],
      ['Pod p', 'spec.containers[0].image', 'typed.json', 'x:1'],
      ['Pod p', 'spec.containers[0].name', 'typed.json', '"name": "x"'],
      ['Pod p', 'spec.hostNetwork', 'typed.json', '"spec"'],
      ['Pod p', 'metadata.labels', 'typed.json', '"metadata"'],
    ],
  ),

  lineCase(
    'flow style over lines, Windows line ends, a byte order mark, tabs after values and keys of other types',
    {
      'flow.yaml': `{ # flow
  apiVersion: v1,
  kind: Pod,
  metadata: {
    name: flow,
    labels: { "a/b": c,
      d: e }
  },
  spec: {
    containers: [
      { name: one, image: one },
      {
        name: two,
        ports: [ { containerPort: 80 },
                 { containerPort: 81, hostPort: 81 } ] }
    ]
  }
}
`,
      'windows.yaml':
        'apiVersion: v1\r\nkind: Secret\r\nmetadata:\r\n  name: win\r\ntype: Opaque\r\nstringData:\r\n  token: abc\t\r\n  pem: |-\r\n    line\r\n\r\n    line\r\n  after: z\r\n',
      'bom.yaml':
        '\uFEFFapiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: bom\ndata:\n  1: one\n  yes: two\n  "3": three\n  key with spaces: four\n  long: "a\n    b"\n  end: five\n',
      'pretty.json': `{
  "apiVersion": "rbac.authorization.k8s.io/v1",
  "kind": "ClusterRole",
  "metadata": {
    "name": "everything"
  },
  "rules": [
    {
      "apiGroups": [
        ""
      ],
      "resources": [
        "pods",
        "secrets"
      ],
      "verbs": [ "*" ]
    },
    { "nonResourceURLs": ["*"],
      "verbs": ["get"] }
  ]
}
`,
    },
    [
      ['Pod flow', '', 'flow.yaml', '# flow'],
      ['Pod flow', 'metadata.labels["a/b"]', 'flow.yaml', '"a/b"'],
      ['Pod flow', 'metadata.labels.d', 'flow.yaml', 'd: e'],
      ['Pod flow', 'spec.containers[0].image', 'flow.yaml', 'image: one'],
      ['Pod flow', 'spec.containers[1].name', 'flow.yaml', 'name: two'],
      ['Pod flow', 'spec.containers[1].ports[1].hostPort', 'flow.yaml', 'hostPort'],
      ['Pod flow', 'spec.containers[1].ports[0].hostPort', 'flow.yaml', 'containerPort: 80'],
      ['Pod flow', 'spec.volumes', 'flow.yaml', '  spec: {'],
      ['Secret win', 'stringData.token', 'windows.yaml', 'token'],
      ['Secret win', 'stringData.pem', 'windows.yaml', 'pem'],
      ['Secret win', 'stringData.after', 'windows.yaml', 'after'],
      ['Secret win', 'data.token', 'windows.yaml', '^'],
      ['ConfigMap bom', 'data["1"]', 'bom.yaml', '1: one'],
      ['ConfigMap bom', 'data["true"]', 'bom.yaml', 'yes: two'],
      ['ConfigMap bom', 'data["key with spaces"]', 'bom.yaml', 'key with'],
      ['ConfigMap bom', 'data.end', 'bom.yaml', 'end: five'],
      ['ConfigMap bom', 'data.long', 'bom.yaml', 'long:'],
      ['ClusterRole everything', 'rules[0].verbs[0]', 'pretty.json', '"verbs": [ "*" ]'],
      ['ClusterRole everything', 'rules[0].resources[1]', 'pretty.json', '"secrets"'],
      ['ClusterRole everything', 'rules[0].resources', 'pretty.json', '"resources"'],
      ['ClusterRole everything', 'rules[1].nonResourceURLs[0]', 'pretty.json', 'nonResourceURLs'],
      ['ClusterRole everything', 'rules[1].verbs[0]', 'pretty.json', '"get"'],
      ['ClusterRole everything', 'aggregationRule', 'pretty.json', '^'],
    ],
  ),
];
