import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resource } from '../../test/support/model.ts';
import { holds } from '../../test/support/property.ts';
import type { FieldPath } from '../model/field-path.ts';
import type { JsonObject, JsonValue } from '../model/json.ts';
import { aboutOf } from './about.ts';

const container = {
  name: 'web',
  image: 'shop/web:1',
  command: ['/web'],
  args: ['--port', '80'],
  securityContext: { privileged: true },
  volumeMounts: [{ name: 'host', mountPath: '/host' }],
  livenessProbe: { httpGet: { port: 80 } },
  env: [{ name: 'LEVEL', value: 'info' }],
};
const spec = {
  containers: [container, { name: 'log', image: 'shop/log:1' }],
  volumes: [
    { name: 'host', hostPath: { path: '/var/log' } },
    { name: 'other', hostPath: { path: '/tmp' } },
    { name: 'config', configMap: { name: 'web-5g2k7h9f4m' } },
  ],
  serviceAccountName: 'web',
};
const deployment = (part: JsonObject): JsonObject => ({ spec: { replicas: 2, template: { spec: { ...spec, ...part } } } });
const web = (part: JsonObject): JsonObject =>
  deployment({
    containers: [
      { ...container, ...part },
      { name: 'log', image: 'shop/log:1' },
    ],
  });

const inContainer: FieldPath = ['spec', 'template', 'spec', 'containers', 0, 'securityContext', 'privileged'];
const inPod: FieldPath = ['spec', 'template', 'spec', 'hostPID'];

/** The parts that differ between two objects, at a field. */
function touched(before: JsonObject, after: JsonObject, path: FieldPath): readonly string[] {
  const [old, now] = [before, after].map((object) => aboutOf(resource({ uid: 'obj-1', object }), path));
  return Object.keys({ ...old, ...now }).filter((part) => old?.[part] !== now?.[part]);
}

describe('what a finding is about', () => {
  it.each<[string, JsonObject, readonly string[]]>([
    ['another image', web({ image: 'evil/web:1' }), ['the image of container web']],
    ['another tag', web({ image: 'shop/web:2' }), ['the image of container web']],
    ['another command', web({ command: ['sh', '-c', 'nsenter -t 1 -a sh'] }), ['the command of container web']],
    ['other arguments', web({ args: [] }), ['the command of container web']],
    ['a hook', web({ lifecycle: { postStart: { exec: { command: ['sh'] } } } }), ['the command of container web']],
    ['the command of a probe', web({ livenessProbe: { exec: { command: ['sh'] } } }), ['the command of container web']],
    ['a variable that loads a library', web({ env: [{ name: 'LD_PRELOAD', value: '/x.so' }] }), ['the command of container web']],
    [
      'a variable that configures what is run',
      web({ env: [{ name: 'GIT_CONFIG_COUNT', value: '1' }] }),
      ['the command of container web'],
    ],
    [
      'another security context',
      web({ securityContext: { privileged: true, runAsUser: 0 } }),
      ['the security context of container web'],
    ],
    ['no security context', web({ securityContext: null }), ['the security context of container web']],
    [
      'a mount of the node',
      web({ volumeMounts: [{ name: 'other', mountPath: '/x' }] }),
      ['the mounts of container web', 'the volumes of the container'],
    ],
    ['a namespace of the node', deployment({ hostPID: true }), ['the host namespaces of the pod']],
    [
      'another path of the node',
      deployment({ volumes: [{ name: 'host', hostPath: { path: '/' } }] }),
      ['the volumes of the container'],
    ],
  ])('counts %s as touching a container', (_what, after, parts) => {
    expect(touched(deployment({}), after, inContainer)).toEqual(parts);
  });

  it.each<[string, JsonObject]>([
    ['its replicas', { ...deployment({}), metadata: { labels: { a: 'b' } } }],
    ['the order of keys', web(Object.fromEntries(Object.entries(container).toReversed()))],
    ['a variable', web({ env: [{ name: 'LEVEL', value: 'debug' }] })],
    ['a probe’s port', web({ livenessProbe: { httpGet: { port: 81 } } })],
    [
      'the hash of a ConfigMap’s name',
      deployment({ volumes: [...spec.volumes.slice(0, 2), { name: 'config', configMap: { name: 'web-2222222222' } }] }),
    ],
    ['another container', deployment({ containers: [container, { name: 'log', image: 'evil/log:1' }] })],
    ['a volume that it does not mount', deployment({ volumes: [spec.volumes[0] ?? {}] })],
    ['the service account', deployment({ serviceAccountName: 'other' })],
  ])('does not count %s as touching a container', (_what, after) => {
    expect(touched(deployment({}), after, inContainer)).toEqual([]);
  });

  it('includes the variables of a command that uses them', () => {
    const shell = { command: ['sh', '-c', '$(RUN)'] };
    const [before, after] = ['ls', 'nsenter'].map((value) => web({ ...shell, env: [{ name: 'RUN', value }] }));
    expect(touched(before ?? {}, after ?? {}, inContainer)).toEqual(['the command of container web']);
  });

  it('counts every container, and the service account, for what is about the pod', () => {
    const swapped = deployment({ containers: [container, { name: 'log', image: 'evil/log:1' }] });
    expect(touched(deployment({}), swapped, inPod)).toEqual(['the image of container log']);
    expect(touched(deployment({}), deployment({ serviceAccountName: 'admin' }), inPod)).toEqual([
      'the service account of the pod',
    ]);
    const init = deployment({ initContainers: [{ name: 'init', image: 'evil/init:1' }] });
    expect(touched(deployment({}), init, inPod)).toContain('the image of container init');
    expect(touched(deployment({}), swapped, [])).toEqual(['the image of container log']);
    expect(touched(deployment({}), swapped, ['spec', 'template', 'spec', 'containers'])).toEqual(['the image of container log']);
  });

  it('finds the pods of a custom resource by their shape', () => {
    const task = (image: string): JsonObject => ({ spec: { tasks: [{ podSpec: { containers: [{ name: 'a', image }] } }] } });
    expect(touched(task('a:1'), task('b:1'), [])).toEqual(['the image of container a']);
    expect(touched(task('a:1'), task('b:1'), ['spec', 'tasks', 0, 'podSpec', 'hostPID'])).toEqual(['the image of container a']);
  });

  it('tells two pods with containers of the same name apart', () => {
    const both = (first: string, second: string): JsonObject => ({
      a: { containers: [{ name: 'x', image: first }] },
      b: { containers: [{ name: 'x', image: second }] },
    });
    expect(touched(both('a:1', 'b:1'), both('evil:1', 'b:1'), [])).toEqual(['the image of container x']);
    expect(touched(both('a:1', 'b:1'), both('b:1', 'a:1'), [])).toEqual(['the image of container x']);
  });

  it('takes the whole of a resource that runs nothing, less its labels', () => {
    const volume = (path: string, labels: JsonObject = {}): JsonObject => ({
      metadata: { name: 'v', labels },
      spec: { hostPath: { path } },
    });
    expect(touched(volume('/data'), volume('/'), ['spec', 'hostPath', 'path'])).toEqual(['the content']);
    expect(touched(volume('/data'), volume('/data', { a: 'b' }), ['spec', 'hostPath', 'path'])).toEqual([]);
  });

  it('takes what is random for equal', () => {
    const random = (value: string) =>
      resource({ uid: 'obj-1', object: web({ args: [value] }), stableObject: web({ args: ['?????'] }) });
    expect(aboutOf(random('abcde'), inContainer)).toEqual(aboutOf(random('vwxyz'), inContainer));
  });

  it('never throws, whatever the shape', () => {
    const value = fc.jsonValue({ maxDepth: 5 }).map((json) => json as JsonValue);
    const shape = fc.record(
      { containers: value, volumes: value, initContainers: value, securityContext: value },
      { requiredKeys: [] },
    );
    const path = fc.array(fc.oneof(fc.constantFrom('spec', 'containers', 'volumes', '__proto__'), fc.nat(3)), { maxLength: 4 });
    holds(
      fc.property(shape, path, (spec, at) => {
        expect(() => aboutOf(resource({ uid: 'obj-1', object: { spec } }), at)).not.toThrow();
      }),
    );
  });
});
