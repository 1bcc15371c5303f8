import { describe, expect, it } from 'vitest';
import { resource } from '../../test/support/model.ts';
import { formatPath } from '../model/field-path.ts';
import type { JsonObject } from '../model/json.ts';
import { collectImages } from './images.ts';

const none = { images: { paths: [], sources: {}, privateRegistries: [] } };
const podSpec = (image: string): JsonObject => ({ containers: [{ name: 'web', image }] });
const collect = (kind: string, apiVersion: string, object: JsonObject, config: Parameters<typeof collectImages>[1] = none) =>
  collectImages([resource({ uid: 'obj-1', kind, apiVersion, object })], config);

describe('collectImages', () => {
  it.each([
    ['Pod', 'v1', { spec: podSpec('a:1') }],
    ['Deployment', 'apps/v1', { spec: { template: { spec: podSpec('a:1') } } }],
    ['StatefulSet', 'apps/v1', { spec: { template: { spec: podSpec('a:1') } } }],
    ['DaemonSet', 'apps/v1', { spec: { template: { spec: podSpec('a:1') } } }],
    ['ReplicaSet', 'apps/v1', { spec: { template: { spec: podSpec('a:1') } } }],
    ['ReplicationController', 'v1', { spec: { template: { spec: podSpec('a:1') } } }],
    ['Job', 'batch/v1', { spec: { template: { spec: podSpec('a:1') } } }],
    ['CronJob', 'batch/v1', { spec: { jobTemplate: { spec: { template: { spec: podSpec('a:1') } } } } }],
    ['PodTemplate', 'v1', { template: { spec: podSpec('a:1') } }],
  ])('finds the image of a %s', (kind, apiVersion, object) => {
    expect(collect(kind, apiVersion, object).images.map((image) => image.reference)).toEqual(['a:1']);
  });

  it('tells containers, init containers, sidecars and ephemeral ones apart, one image once', () => {
    const spec = {
      containers: [{ name: 'web', image: 'a' }],
      initContainers: [
        { name: 'setup', image: 'a' },
        { name: 'mesh', image: 'b', restartPolicy: 'Always' },
      ],
      ephemeralContainers: [{ name: 'debug', image: 'a' }],
    };
    const { images } = collect('Pod', 'v1', { spec });
    expect(images.map(({ reference, uses }) => [reference, uses.map((use) => `${use.containerKind} ${use.container}`)])).toEqual([
      ['a', ['container web', 'init setup', 'ephemeral debug']],
      ['b', ['sidecar mesh']],
    ]);
    expect(images[1]?.uses[0]?.path).toEqual(['spec', 'initContainers', 1, 'image']);
  });

  it('follows the paths configured for custom resources, by group and kind', () => {
    const object = { spec: { steps: [{ image: 'a' }, { script: 'x' }, { image: 'b' }], main: { image: 'c' } } };
    const at = (apiVersion: string, path: string) => ({ apiVersion, kind: 'Task', path });
    const paths = [
      at('tekton.dev/*', 'spec.steps[*].image'),
      at('tekton.dev/v1', 'spec.main.image'),
      at('other/v1', 'spec.main.image'),
    ];
    const { images } = collect('Task', 'tekton.dev/v1', object, { images: { paths, sources: {}, privateRegistries: [] } });
    expect(images.map((image) => [image.reference, image.uses[0]?.path])).toEqual([
      ['a', ['spec', 'steps', 0, 'image']],
      ['b', ['spec', 'steps', 2, 'image']],
      ['c', ['spec', 'main', 'image']],
    ]);
  });

  it.each<[string, string, JsonObject, readonly string[]]>([
    [
      'Rollout',
      'argoproj.io/v1alpha1',
      { spec: { template: { spec: podSpec('a:1') } } },
      ['spec.template.spec.containers[0].image'],
    ],
    ['Widget', 'example.com/v1', { spec: { template: { spec: podSpec('a:1') } } }, ['spec.template.spec.containers[0].image']],
    [
      'Prometheus',
      'monitoring.coreos.com/v1',
      { spec: { image: 'a:1', thanos: { image: 'a:1' } } },
      ['spec.image', 'spec.thanos.image'],
    ],
    ['Cluster', 'postgresql.cnpg.io/v1', { spec: { imageName: 'a:1' } }, ['spec.imageName']],
    ['Cluster', 'cluster.x-k8s.io/v1', { spec: { imageName: 'a:1' } }, []],
    [
      'Task',
      'tekton.dev/v1',
      { spec: { steps: [{ name: 'x', image: 'a:1' }], sidecars: [{ image: 'a:1' }] } },
      ['spec.sidecars[0].image', 'spec.steps[0].image'],
    ],
    [
      'VirtualMachine',
      'kubevirt.io/v1',
      { spec: { template: { spec: { volumes: [{ name: 'x' }, { containerDisk: { image: 'a:1' } }] } } } },
      ['spec.template.spec.volumes[1].containerDisk.image'],
    ],
  ])('finds the images of a %s of %s without configuration', (kind, apiVersion, object, paths) => {
    const { images } = collect(kind, apiVersion, object);
    expect(images.map(({ reference }) => reference)).toEqual(paths.length === 0 ? [] : ['a:1']);
    expect((images[0]?.uses ?? []).map(({ path }) => formatPath(path)).toSorted()).toEqual(paths);
  });

  it('takes a mounted image for one, in a workload and in a template', () => {
    const spec = {
      ...podSpec('a:1'),
      volumes: [
        { name: 'x', emptyDir: {} },
        { name: 'm', image: { reference: 'models:1' } },
      ],
    };
    const found = [collect('Pod', 'v1', { spec }), collect('Rollout', 'argoproj.io/v1alpha1', { spec: { template: { spec } } })];
    expect(found.map(({ images }) => images.map(({ reference, uses }) => [reference, uses[0]?.containerKind]))).toEqual([
      [
        ['a:1', 'container'],
        ['models:1', 'volume'],
      ],
      [
        ['a:1', 'container'],
        ['models:1', 'volume'],
      ],
    ]);
    expect(found[1]?.images[1]?.uses[0]?.path.join('.')).toBe('spec.template.spec.volumes.1.image.reference');
  });

  it('lists an image once for each field, whatever finds the field', () => {
    const paths = [{ apiVersion: 'argoproj.io/*', kind: 'Rollout', path: 'spec.template.spec.containers[*].image' }];
    const object = { spec: { template: { spec: podSpec('a:1') } } };
    expect(
      collect('Rollout', 'argoproj.io/v1alpha1', object, { images: { paths, sources: {}, privateRegistries: [] } }).images[0]
        ?.uses,
    ).toHaveLength(1);
  });

  it('takes the bits from where the configuration specifies', () => {
    const sources = { 'a:1': { archive: 'a.tar' }, 'b:1': { ociLayout: 'b' } };
    const spec = { containers: ['a:1', 'b:1', 'c:1'].map((image) => ({ name: 'x', image })) };
    const { images } = collect('Pod', 'v1', { spec }, { images: { paths: [], sources, privateRegistries: [] } });
    expect(images.map((image) => image.source)).toEqual([
      { kind: 'archive', path: 'a.tar' },
      { kind: 'oci-layout', path: 'b' },
      { kind: 'registry' },
    ]);
  });

  it.each([
    'nginx',
    'nginx:1.25',
    'localhost:5000/a/b',
    `ghcr.io/a/b_c:v1@sha256:${'a'.repeat(64)}`,
    `a@sha256:${'0'.repeat(64)}`,
    'host:80/x',
    '[::1]:5000/x',
  ])('accepts %s', (reference) => {
    expect(collect('Pod', 'v1', { spec: podSpec(reference) }).images[0]?.unresolved).toBeUndefined();
  });

  it.each([
    ['', 'empty'],
    ['Nginx', 'no image reference'],
    ['a b', 'no image reference'],
    ['https://a/b', 'no image reference'],
    ['a:', 'no image reference'],
    ['a@sha256:12', 'no image reference'],
    ['-x', 'no image reference'],
    ['a//b', 'no image reference'],
    ['a:b:c', 'no image reference'],
    ['nginx\n', 'no image reference'],
    ['{{ .Values.image }}', 'a template that was not rendered'],
    ['ko://github.com/example/app', 'a placeholder that ko replaces (https://ko.build)'],
    ['gcr.io/PROJECT_ID/app:v1', 'a placeholder, or a repository in capital letters, which no registry has'],
    ['<image>', 'a placeholder'],
    ['{IMAGE}', 'a placeholder'],
    [`registry.example.com/app:$\{TAG}`, 'a variable that envsubst or Flux replaces'],
    ['$IMAGE', 'a variable that envsubst or Flux replaces'],
  ])('keeps %j apart from images that can be scanned, with its place', (reference, what) => {
    const { images, failures } = collect('Pod', 'v1', { spec: podSpec(reference) });
    expect(failures).toEqual([]);
    expect(images.map(({ unresolved }) => [unresolved?.what, unresolved?.atRunTime])).toEqual([[what, false]]);
    const error = images[0]?.unresolved?.error;
    expect([error?.code, error?.details.file, error?.details.line]).toEqual(['IMAGE_INVALID', 'deploy/app.yaml', 5]);
  });

  it('distinguishes what is not a string from a reference with the same text', () => {
    const { images } = collect('Pod', 'v1', {
      spec: {
        containers: [
          { name: 'x', image: 5 },
          { name: 'y', image: '5' },
        ],
      },
    });
    expect(images.map(({ reference, unresolved }) => [reference, unresolved?.what])).toEqual([
      ['not a string: 5', 'no string'],
      ['5', undefined],
    ]);
  });

  it('leaves a parameter to the cluster only where a custom resource has it', () => {
    const spec = podSpec('$(params.image)');
    const atRunTime = (kind: string, apiVersion: string, object: JsonObject) =>
      collect(kind, apiVersion, object).images.map(({ unresolved }) => unresolved?.atRunTime);
    expect(atRunTime('Task', 'tekton.dev/v1', { spec: { steps: spec.containers ?? null } })).toEqual([true]);
    expect(atRunTime('Pod', 'v1', { spec })).toEqual([false]);
    const both = collectImages(
      [
        resource({
          uid: 'obj-1',
          kind: 'Task',
          apiVersion: 'tekton.dev/v1',
          object: { spec: { steps: spec.containers ?? null } },
        }),
        resource({ uid: 'obj-2', kind: 'Pod', apiVersion: 'v1', object: { spec } }),
      ],
      none,
    );
    expect(both.images.map(({ unresolved }) => unresolved?.atRunTime)).toEqual([false]);
  });

  it('fails on a resource that is nested too deep to be searched', () => {
    let object: JsonObject = { containers: [{ image: 'a' }] };
    for (let depth = 0; depth < 80; depth++) object = { nested: object };
    expect(collect('Widget', 'example.com/v1', { spec: object }).failures.map(({ code }) => code)).toEqual(['MANIFEST_INVALID']);
    expect(collect('HelmRelease', 'helm.toolkit.fluxcd.io/v2', { spec: object }).failures).toEqual([]);
  });
});
