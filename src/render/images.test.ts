import { describe, expect, it } from 'vitest';
import { resource } from '../../test/support/model.ts';
import type { JsonObject } from '../model/json.ts';
import { collectImages } from './images.ts';

const none = { images: { paths: [], sources: {} } };
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
    const { images } = collect('Task', 'tekton.dev/v1', object, { images: { paths, sources: {} } });
    expect(images.map((image) => [image.reference, image.uses[0]?.path])).toEqual([
      ['a', ['spec', 'steps', 0, 'image']],
      ['b', ['spec', 'steps', 2, 'image']],
      ['c', ['spec', 'main', 'image']],
    ]);
    expect(collect('Deployment', 'example.com/v1', { spec: { template: { spec: podSpec('a') } } }).images).toEqual([]);
  });

  it('takes the bits from where the configuration says', () => {
    const sources = { 'a:1': { archive: 'a.tar' }, 'b:1': { ociLayout: 'b' } };
    const spec = { containers: ['a:1', 'b:1', 'c:1'].map((image) => ({ name: 'x', image })) };
    const { images } = collect('Pod', 'v1', { spec }, { images: { paths: [], sources } });
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
    expect(collect('Pod', 'v1', { spec: podSpec(reference) }).failures).toEqual([]);
  });

  it.each(['', 'Nginx', 'a b', 'https://a/b', 'a:', 'a@sha256:12', '-x', '{{ .Values.image }}', 'a//b', 'a:b:c', 'nginx\n'])(
    'refuses %j at its place',
    (reference) => {
      const { images, failures } = collect('Pod', 'v1', { spec: podSpec(reference) });
      expect(images).toEqual([]);
      expect(failures.map(({ code, details }) => [code, details.file, details.line])).toEqual([
        ['IMAGE_INVALID', 'deploy/app.yaml', 5],
      ]);
    },
  );

  it('refuses what is no string', () => {
    expect(collect('Pod', 'v1', { spec: { containers: [{ name: 'x', image: 5 }] } }).failures[0]?.code).toBe('IMAGE_INVALID');
  });
});
