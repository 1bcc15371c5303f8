import { describe, expect, it } from 'vitest';
import { engineFinding, manifestSet, resource } from '../../test/support/model.ts';
import { manifest } from '../../test/support/policy-bench.ts';
import { contentOf } from '../engines/reuse.ts';
import type { Coverage, EngineRun } from '../model/engine-run.ts';
import type { EngineFinding } from '../model/finding.ts';
import { GateError } from '../model/gate-error.ts';
import { resourceLabel } from '../model/resource.ts';
import { resourceIdentity } from '../shards/share.ts';
import { standIns } from './stand-ins.ts';

const rollout = manifest(
  '{apiVersion: argoproj.io/v1alpha1, kind: Rollout, metadata: {name: web, namespace: shop, labels: {own: x}}, spec: {replicas: 2, template: {metadata: {labels: {app: web}, annotations: {a: b}}, spec: {hostPID: true, containers: [{name: web, image: a}]}}}}',
  { uid: 'obj-1', environments: ['production'] },
);
const unknown = manifest(
  '{apiVersion: example.com/v1, kind: Widget, metadata: {name: w}, spec: {pods: [{containers: [{name: a, image: a}]}, {containers: [{name: b, image: b}]}]}}',
  { uid: 'obj-2' },
);
const set = manifestSet({ resources: [rollout, unknown, resource({ uid: 'obj-3' })] });
const pods = standIns(set);

const evaluated = (uid: string): Coverage => ({ target: { kind: 'resource', resource: uid }, status: 'evaluated' });
const idle = (uid: string): Coverage => ({
  target: { kind: 'resource', resource: uid },
  status: 'not-applicable',
  reason: 'none',
});
const failed = (uid: string): Coverage => ({
  target: { kind: 'resource', resource: uid },
  status: 'failed',
  error: new GateError('ENGINE_COVERAGE', { message: 'no pod' }),
});
function answered(coverage: readonly Coverage[], findings: readonly EngineFinding[] = []) {
  const run: EngineRun = { status: 'completed', engine: 'cel', version: '1', findings, coverage, notes: [], durationMs: 1 };
  const [answer] = pods.toOwners([run]);
  if (answer?.status !== 'completed') throw new Error('not completed');
  return answer;
}
const statuses = (coverage: readonly Coverage[]) =>
  answered(coverage).coverage.map(({ target, status }) => `${target.kind === 'resource' ? target.resource : ''} ${status}`);

describe('stand-ins', () => {
  it('come right after their owners, each with an id of its own', () => {
    expect(pods.set.resources.map(({ uid, kind }) => `${uid} ${kind}`)).toEqual([
      'obj-1 Rollout',
      'obj-1-pod-0001 Pod',
      'obj-2 Widget',
      'obj-2-pod-0001 Pod',
      'obj-2-pod-0002 Pod',
      'obj-3 Deployment',
    ]);
  });

  it('are pods with the template’s labels, in the place of their owner', () => {
    const [, pod] = pods.set.resources;
    expect(pod?.object).toEqual({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'web', namespace: 'shop', labels: { own: 'x', app: 'web' }, annotations: { a: 'b' } },
      spec: { hostPID: true, containers: [{ name: 'web', image: 'a' }] },
    });
    expect([pod?.namespace, pod?.environments, pod && resourceLabel(pod)]).toEqual(['shop', ['production'], 'Rollout shop/web']);
    // The fixture's origin answers with the number of steps.
    expect(pod?.origin.locate(['spec', 'hostPID']).line).toBe(1 + ['spec', 'template', 'spec', 'hostPID'].length);
  });

  it('are judged in the shard of their owner, and not taken for another owner’s from an earlier run', () => {
    const [owner = rollout, pod = rollout] = pods.set.resources;
    expect(resourceIdentity(pod)).toBe(resourceIdentity(owner));
    const { standsFor: _owner, ...written } = pod;
    expect(contentOf({ ...pod })).toBe(contentOf(pod));
    expect(contentOf(written)).not.toBe(contentOf(pod));
  });

  it('leave a set without custom resources as it is', () => {
    const plain = manifestSet({ resources: [resource({ uid: 'obj-1' })] });
    expect(standIns(plain).set).toBe(plain);
  });
});

describe('answers about stand-ins', () => {
  it('are answers about their owners: failed before evaluated before not applicable', () => {
    expect(statuses([idle('obj-1'), evaluated('obj-1-pod-0001')])).toEqual(['obj-1 evaluated']);
    expect(statuses([evaluated('obj-1'), failed('obj-1-pod-0001')])).toEqual(['obj-1 failed']);
    expect(statuses([idle('obj-2'), idle('obj-2-pod-0001'), evaluated('obj-2-pod-0002')])).toEqual(['obj-2 evaluated']);
    expect(statuses([idle('obj-1'), idle('obj-1-pod-0001'), evaluated('obj-3')])).toEqual([
      'obj-1 not-applicable',
      'obj-3 evaluated',
    ]);
  });

  it('that failed on what only looks like a pod are findings, not faults', () => {
    const { coverage, findings } = answered([idle('obj-2'), failed('obj-2-pod-0001'), evaluated('obj-2-pod-0002')]);
    expect(coverage.map(({ status }) => status)).toEqual(['evaluated']);
    expect(findings.map(({ engine, rule, severity, subject }) => [engine, rule, severity, subject])).toEqual([
      ['gate', 'not-evaluated', 'unknown', { kind: 'resource', resource: 'obj-2', path: ['spec', 'pods', 0] }],
    ]);
  });

  it('name the owner’s field', () => {
    const subject = { kind: 'resource', resource: 'obj-1-pod-0001', path: ['spec', 'containers', 0, 'image'] } as const;
    const other = { kind: 'resource', resource: 'obj-3', path: ['spec'] } as const;
    const { findings } = answered([], [engineFinding({ subject }), engineFinding({ subject: other })]);
    expect(findings.map((finding) => finding.subject)).toEqual([
      { kind: 'resource', resource: 'obj-1', path: ['spec', 'template', 'spec', 'containers', 0, 'image'] },
      other,
    ]);
  });

  it('call the owner by its kind', () => {
    const subject = { kind: 'resource', resource: 'obj-1-pod-0001', path: [] } as const;
    const titles = ["of Pod 'web' is", 'Pod shop/web: x', 'Pod/web', 'Pod web-2 is', 'PodX web', 'a Pod is web'];
    expect(
      answered(
        [],
        titles.map((title) => engineFinding({ subject, title })),
      ).findings.map(({ title }) => title),
    ).toEqual(["of Rollout 'web' is", 'Rollout shop/web: x', 'Rollout/web', 'Pod web-2 is', 'PodX web', 'a Pod is web']);
  });

  it('are not reported in addition to the same of an engine that knows the owner as well', () => {
    const at = (resource: string, path: readonly (string | number)[], title: string) =>
      engineFinding({ subject: { kind: 'resource', resource, path }, title });
    const { findings } = answered(
      [],
      [
        at('obj-2', ['spec', 'pods', 0, 'containers', 0, 'image'], 'of the owner'),
        at('obj-2-pod-0001', ['spec', 'containers', 0, 'image'], 'of the pod'),
        at('obj-2', ['spec', 'size'], 'of the owner alone'),
      ],
    );
    expect(findings.map(({ title }) => title)).toEqual(['of the pod', 'of the owner alone']);
  });

  it('have patches of the owner, or none', () => {
    const fixed = (uid: string, path: string) =>
      answered(
        [],
        [
          engineFinding({
            subject: { kind: 'resource', resource: uid, path: ['spec'] },
            fix: { text: 'Do it.', patch: [{ op: 'add', path, value: false }] },
          }),
        ],
      ).findings[0]?.fix;
    expect(fixed('obj-1-pod-0001', '/spec/containers/0/securityContext')).toEqual({
      text: 'Do it.',
      patch: [{ op: 'add', path: '/spec/template/spec/containers/0/securityContext', value: false }],
    });
    expect(fixed('obj-1-pod-0001', '/spec/hostUsers')?.patch).toEqual([
      { op: 'add', path: '/spec/template/spec/hostUsers', value: false },
    ]);
    // Nobody knows whether a Widget has such a field.
    expect(fixed('obj-2-pod-0001', '/spec/hostUsers')).toEqual({ text: 'Do it.' });
  });
});
