import { describe, expect, it } from 'vitest';
import { fieldOf, splitMessage } from './fields.ts';

const pod = { containers: [{ name: 'a' }, { name: 'b.c' }] };
const deployment = { spec: { replicas: 1, template: { spec: pod } } };
const cronJob = { spec: { jobTemplate: { spec: { template: { spec: pod } } } } };

describe('the field of a failure', () => {
  it('is the path at the start of the message, with items by index or by name', () => {
    const base = ['spec', 'template', 'spec', 'containers'];
    expect(fieldOf('spec.template.spec.containers[1].image: bad', undefined, deployment)).toEqual([...base, 1, 'image']);
    expect(fieldOf('spec.template.spec.containers[name=b.c].image: bad', 'spec', deployment)).toEqual([...base, 1, 'image']);
    expect(fieldOf('spec.template.spec.containers[name=gone].image: bad', undefined, deployment)).toEqual(base);
    expect(splitMessage('spec.containers[name=a]: no limit')).toEqual({ path: 'spec.containers[name=a]', text: 'no limit' });
  });

  it('is otherwise the one in the annotation, in the pod template if it is a field of a pod', () => {
    expect(fieldOf('refused', 'spec.replicas', deployment)).toEqual(['spec', 'replicas']);
    expect(fieldOf('refused', 'spec.hostNetwork', deployment)).toEqual(['spec', 'template', 'spec', 'hostNetwork']);
    expect(fieldOf('refused', 'spec.hostNetwork', cronJob)).toEqual([
      'spec',
      'jobTemplate',
      'spec',
      'template',
      'spec',
      'hostNetwork',
    ]);
    expect(fieldOf('refused', 'spec.hostNetwork', { spec: pod })).toEqual(['spec', 'hostNetwork']);
  });

  it('is otherwise the object, never a word of the message', () => {
    expect(fieldOf('refused', undefined, deployment)).toEqual([]);
    expect(fieldOf('note: this is prose', undefined, deployment)).toEqual([]);
  });
});
