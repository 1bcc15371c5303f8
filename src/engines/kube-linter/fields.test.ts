import { describe, expect, it } from 'vitest';
import { formatPath } from '../../model/field-path.ts';
import { fieldOf } from './fields.ts';

const spec = {
  containers: [{ name: 'a' }, { name: 'web' }],
  initContainers: [{ name: 'init' }],
};
const pod = { kind: 'Pod', spec };
const cronJob = { kind: 'CronJob', spec: { jobTemplate: { spec: { template: { spec } } } } };

describe('fieldOf', () => {
  it.each([
    [pod, 'latest-tag', 'The container "web" is using an invalid container image', 'spec.containers[1].image'],
    [pod, 'writable-host-mount', 'container web mounts path /x on the host as writable', 'spec.containers[1].volumeMounts'],
    [pod, 'a-check-of-tomorrow', 'container "init" is odd', 'spec.initContainers[0]'],
    [pod, 'latest-tag', 'container "gone" has it', 'spec.containers'],
    [pod, 'host-pid', "object shares the host's process namespace", 'spec.hostPID'],
    [pod, 'a-check-of-tomorrow', 'something', ''],
    [
      cronJob,
      'run-as-non-root',
      'container "a" is not set',
      'spec.jobTemplate.spec.template.spec.containers[0].securityContext.runAsNonRoot',
    ],
    [{ kind: 'Service', spec: {} }, 'dangling-service', 'no pods found', 'spec.selector'],
    [{ kind: 'Widget', spec: { containers: 'none' } }, 'latest-tag', 'container "web" x', ''],
  ])('%#: %s', (object, check, message, path) => {
    expect(formatPath(fieldOf(object, check, message))).toBe(path);
  });
});
