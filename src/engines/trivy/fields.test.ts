import { describe, expect, it } from 'vitest';
import type { FieldPath } from '../../model/field-path.ts';
import type { JsonObject } from '../../model/json.ts';
import { fieldOf, sharpen } from './fields.ts';
import type { TrivyMisconfiguration } from './output.ts';

const pod: JsonObject = { spec: { containers: [] } };
const deployment: JsonObject = { spec: { template: { spec: { containers: [] } } } };
const cronJob: JsonObject = { spec: { jobTemplate: { spec: { template: { spec: { containers: [] } } } } } };
const container: FieldPath = ['spec', 'template', 'spec', 'initContainers', 1];

function at(id: string, start: number | undefined, end: number | undefined, lines: readonly FieldPath[]): FieldPath {
  const cause = { ...(start && { StartLine: start }), ...(end && { EndLine: end }) };
  const found: TrivyMisconfiguration = { ID: id, Title: 't', Severity: 'LOW', Status: 'FAIL', CauseMetadata: cause };
  const canonical = { files: new Map<string, string>(), fieldAt: (_: string, line: number) => lines[line - 1] };
  return fieldOf(found, canonical, { uid: 'obj-1', object: deployment });
}

describe('the field of a misconfiguration', () => {
  it('is what its lines have in common', () => {
    expect(at('KSV-9999', 2, 3, [['metadata'], [...container, 'name'], [...container, 'image']])).toEqual(container);
  });

  it('is the line itself where there is one', () => {
    expect(at('KSV-9999', 1, undefined, [['spec', 'replicas']])).toEqual(['spec', 'replicas']);
  });

  it('is the resource where Trivy names no line', () => {
    expect(at('KSV-9999', undefined, undefined, [['spec']])).toEqual([]);
  });

  it('is sharpened below the container', () => {
    expect(sharpen('KSV-0017', [...container, 'name'], deployment)).toEqual([...container, 'securityContext', 'privileged']);
  });

  it.each([
    ['Pod', pod, ['spec', 'hostPID']],
    ['Deployment', deployment, ['spec', 'template', 'spec', 'hostPID']],
    ['CronJob', cronJob, ['spec', 'jobTemplate', 'spec', 'template', 'spec', 'hostPID']],
  ])('is sharpened below the pod spec of a %s', (_, object, expected) => {
    expect(sharpen('KSV-0010', ['spec'], object)).toEqual(expected);
  });

  it('stays the field reported by Trivy if the check needs a container and there is none', () => {
    expect(sharpen('KSV-0017', ['spec'], pod)).toEqual(['spec']);
  });
});
