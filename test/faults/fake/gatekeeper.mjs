import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isPrivileged, objectsIn } from './manifests.mjs';

/** `gator test` with the planted Constraints, and one of the user that rejects privileged containers. */
export function gatekeeper(args) {
  const folders = args.filter((arg) => arg.startsWith('--filename=')).map((arg) => arg.slice('--filename='.length));
  const objects = folders.flatMap((folder) => [...objectsIn(folder).map(({ object }) => object), ...jsonIn(folder)]);
  const keys = objects.map(({ apiVersion, kind, metadata }) => [metadata.namespace, apiVersion, kind, metadata.name].join());
  const constraints = objects.filter(({ apiVersion }) => apiVersion.startsWith('constraints.gatekeeper.sh/'));
  const violations = objects.flatMap((object) =>
    constraints.flatMap((constraint) => judge(object, constraint, new Set(keys).size)),
  );
  return { code: 1, stdout: JSON.stringify(violations, undefined, 4) };
}

function jsonIn(folder) {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(path.join(folder, name), 'utf8')));
}

function judge(object, constraint, count) {
  const rejected = (msg) => [
    { target: 'admission.k8s.gatekeeper.sh', msg, constraint, enforcementAction: 'deny', violatingObject: object },
  ];
  if (constraint.kind.startsWith('K8sGate')) return object.kind === 'Canary' ? rejected(`planted among ${count}`) : [];
  return object.kind === 'Deployment' && isPrivileged(object) ? rejected('a container is privileged') : [];
}
