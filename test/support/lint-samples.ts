import { manifest } from './policy-bench.ts';

/** What the recorded and the live run of KubeLinter judge. */
export const bad = manifest(`
apiVersion: apps/v1
kind: Deployment
metadata: {name: bad, namespace: shop}
spec:
  replicas: 3
  selector: {matchLabels: {app: bad}}
  template:
    metadata: {labels: {app: bad}}
    spec:
      hostNetwork: true
      initContainers: [{name: prepare, image: "registry.example.com/p:1", securityContext: {privileged: true}}]
      containers: [{name: first, image: "registry.example.com/a:1"}, {name: web, image: "nginx:latest"}]
`);
export const good = manifest(`
apiVersion: apps/v1
kind: Deployment
metadata: {name: good, namespace: shop}
spec:
  replicas: 1
  selector: {matchLabels: {app: good}}
  template:
    metadata: {labels: {app: good}}
    spec:
      containers:
        - name: web
          image: "registry.example.com/a:1.2"
          resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {cpu: 100m, memory: 64Mi}}
          securityContext: {runAsNonRoot: true, readOnlyRootFilesystem: true, capabilities: {drop: [NET_RAW]}}
`);
export const service = manifest(
  '{apiVersion: v1, kind: Service, metadata: {name: lost, namespace: shop}, spec: {selector: {app: gone}, ports: [{port: 80}]}}',
);
export const widget = manifest('{apiVersion: example.com/v1, kind: Widget, metadata: {name: widget}, spec: {size: 1}}');
/** The API server would refuse it, and KubeLinter leaves it out. */
export const mistyped = manifest(
  '{apiVersion: apps/v1, kind: Deployment, metadata: {name: mistyped}, spec: {replicas: "three"}}',
);
