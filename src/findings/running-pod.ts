import { objectAt, objectsAt, valueAt } from '../model/field-path.ts';
import type { ImageUse } from '../model/image.ts';
import { isObject, type JsonObject } from '../model/json.ts';
import { containerAt } from '../model/pod-paths.ts';
import type { Resource } from '../model/resource.ts';

/** The container that runs an image, in its pod. */
export interface RunningPod {
  readonly spec: JsonObject;
  readonly labels: JsonObject;
  readonly container: JsonObject;
}

/** Undefined if the image is not in a pod's container: how a custom resource uses it is unknown. */
export function podOf({ object }: Resource, { path }: ImageUse): RunningPod | undefined {
  const at = containerAt(path);
  if (at === undefined || at.length < 3) return undefined;
  const podSpec = at.slice(0, -2);
  const spec = valueAt(object, podSpec);
  const container = valueAt(object, at);
  if (!isObject(spec) || !isObject(container)) return undefined;
  return { spec, container, labels: objectAt(object, ...podSpec.slice(0, -1), 'metadata', 'labels') };
}

/** In the order of reports: access to the node first, then how the container runs. */
export function powersOf({ spec, container }: RunningPod): readonly string[] {
  const own = objectAt(container, 'securityContext');
  const user = own.runAsUser ?? valueAt(spec, ['securityContext', 'runAsUser']);
  return [
    ...(own.privileged === true ? ['runs privileged'] : []),
    ...(spec.hostNetwork === true ? ["shares the node's network"] : []),
    ...(spec.hostPID === true ? ["shares the node's processes"] : []),
    ...(spec.hostIPC === true ? ["shares the node's IPC"] : []),
    ...hostPaths(spec, container).map((path) => `mounts ${path} of the node`),
    ...(Number(user) === 0 && (typeof user === 'number' || typeof user === 'bigint') ? ['runs as root'] : []),
  ];
}

export function hostPortsOf({ container }: RunningPod): readonly string[] {
  const ports = objectsAt(container, 'ports').map((port) => port.hostPort);
  return ports.flatMap((port) => (typeof port === 'number' && port > 0 ? [`port ${port} of its node`] : []));
}

function hostPaths(spec: JsonObject, container: JsonObject): readonly string[] {
  const mounted = new Set(objectsAt(container, 'volumeMounts').map((mount) => mount.name));
  return objectsAt(spec, 'volumes')
    .filter((volume) => mounted.has(volume.name ?? null))
    .flatMap((volume) => {
      const path = valueAt(volume, ['hostPath', 'path']);
      return typeof path === 'string' ? [path] : [];
    });
}
