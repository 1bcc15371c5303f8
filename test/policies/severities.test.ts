import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { evaluate, loadPack } from '../../src/engines/cel/evaluate.ts';
import type { JsonObject } from '../../src/model/json.ts';

const root = path.join(import.meta.dirname, '../../policies');
const pack = loadPack(
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.includes(path.sep) && file.endsWith('.yaml'))
    .map((file) => ({ path: file, text: readFileSync(path.join(root, file), 'utf8') })),
);

/** `severity rule: message` of each refusal of at least medium, unless rules are named: then of these. */
function said(object: JsonObject, ...rules: readonly string[]): readonly string[] {
  return pack
    .filter(({ name, notes }) => !notes.optIn && (rules.length === 0 || rules.includes(name)))
    .flatMap((policy) =>
      evaluate(policy, object)
        .filter(({ status }) => status !== 'pass' && status !== 'not-matched')
        .map(({ status, validation = 0, message }) =>
          status === 'fail' ? `${policy.notes.severities?.[validation]} ${policy.name}: ${message}` : `${status} ${message}`,
        ),
    );
}

const pod = (spec: JsonObject): JsonObject => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec });
const severities = (spec: JsonObject, rule: string) => said(pod(spec), rule).map((line) => line.split(' ')[0]);

describe('limits', () => {
  const limited = (limits: JsonObject) =>
    said(pod({ containers: [{ name: 'c', image: 'a:1', resources: { limits } }] }), 'require-limits');

  it('are one row a container, as bad as the worst that is missing', () => {
    expect(limited({})).toEqual([
      'medium require-limits: spec.containers[name=c].resources.limits.memory: container c has no cpu and memory limit',
    ]);
    expect(limited({ cpu: 1 })).toEqual([
      'medium require-limits: spec.containers[name=c].resources.limits.memory: container c has no memory limit',
    ]);
    expect(limited({ memory: '1Gi' })).toEqual([
      'low require-limits: spec.containers[name=c].resources.limits.cpu: container c has no cpu limit',
    ]);
    expect(limited({ cpu: 1, memory: '1Gi' })).toEqual([]);
  });

  it('of the pod count for its containers', () => {
    const containers = [{ name: 'c', image: 'a:1' }];
    expect(said(pod({ containers, resources: { limits: { cpu: 1 } } }), 'require-limits')).toEqual([
      'medium require-limits: spec.containers[name=c].resources.limits.memory: container c has no memory limit',
    ]);
  });
});

describe('what gives the node', () => {
  it.each([
    'ALL',
    'all',
    'All',
    'CAP_ALL',
    'SYS_ADMIN',
    'sys_admin',
    'CAP_SYS_ADMIN',
    'cap_sys_admin',
    'SYS_MODULE',
    'SYS_PTRACE',
  ])('is critical: capability %s', (capability) => {
    const container = { name: 'c', image: 'a:1', securityContext: { capabilities: { add: ['CHOWN', 'NET_ADMIN', capability] } } };
    for (const list of ['containers', 'initContainers', 'ephemeralContainers'])
      expect(severities({ [list]: [container] }, 'capabilities')).toEqual(['critical']);
    expect(said(pod({ containers: [container] }), 'capabilities')).toEqual([
      expect.stringMatching(new RegExp(`: capabilities that give control of the node: ${capability}$`)),
    ]);
  });

  it.each(['BPF', 'SYS_RAWIO', 'SYS_BOOT', 'DAC_READ_SEARCH', 'CAP_BPF'])('is critical: capability %s', (capability) => {
    const container = { name: 'c', image: 'a:1', securityContext: { capabilities: { add: [capability] } } };
    expect(severities({ containers: [container] }, 'capabilities')).toEqual(['critical']);
    const daemonSet = { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'd' } };
    const template = { spec: { containers: [container] } };
    expect(said({ ...daemonSet, spec: { template } }, 'daemonset-privileges')).toHaveLength(1);
  });

  it.each(['NET_ADMIN', 'NET_RAW', 'SYS_TIME', 'chown', 'SYSLOG', 'SYS_ADMINISTRATOR'])(
    'is not: capability %s, which is high',
    (capability) => {
      const container = { name: 'c', image: 'a:1', securityContext: { capabilities: { add: [capability] } } };
      expect(severities({ containers: [container] }, 'capabilities')).toEqual(['high']);
    },
  );

  it('is hostPID, not hostNetwork and hostIPC', () => {
    expect(severities({ containers: [], hostPID: true }, 'host-namespaces')).toEqual(['critical']);
    expect(severities({ containers: [], hostNetwork: true, hostIPC: true }, 'host-namespaces')).toEqual(['high', 'high']);
  });

  it('is not a tag', () => {
    expect(severities({ containers: [{ name: 'c', image: 'a' }] }, 'no-latest-tag')).toEqual(['medium']);
  });
});

describe('a container without a name', () => {
  const nameless = { image: 'a:latest', securityContext: { privileged: true, capabilities: { add: ['SYS_ADMIN'] } } };

  it('is named by its number, in sentences that name what is wrong', () => {
    const lines = said(pod({ containers: [{ name: 'c', image: 'a:1' }, nameless], volumes: [{ hostPath: { path: '/etc' } }] }));
    for (const line of [
      'critical privileged: spec.containers[1].securityContext.privileged: container (unnamed) is privileged',
      'critical host-path-sensitive: spec.volumes[0].hostPath.path: /etc gives control of the node',
    ])
      expect(lines).toContain(line);
  });

  it('is the first, too', () => {
    const lines = said(pod({ containers: [nameless] }));
    expect(lines).toContain(
      'medium run-as-non-root: spec.containers[0].securityContext.runAsNonRoot: container (unnamed) may run as root',
    );
    expect(lines).toContain(
      'medium require-limits: spec.containers[0].resources.limits.memory: container (unnamed) has no cpu and memory limit',
    );
  });

  it('has a statement of each policy that is not a requirement', () => {
    const lines = said(pod({ containers: [nameless], initContainers: [nameless], ephemeralContainers: [nameless] }));
    expect(lines.filter((line) => !/: (spec|metadata)[\w.[\]]*: \S/.test(line))).toEqual([]);
    expect(lines.length).toBeGreaterThan(20);
  });
});

describe('a workload without the parts that policies read', () => {
  const kinds = [
    'Pod',
    'Deployment',
    'StatefulSet',
    'DaemonSet',
    'ReplicaSet',
    'Job',
    'CronJob',
    'ReplicationController',
    'PersistentVolume',
  ];
  const groups: Readonly<Record<string, string>> = {
    Pod: 'v1',
    ReplicationController: 'v1',
    PersistentVolume: 'v1',
    Job: 'batch/v1',
    CronJob: 'batch/v1',
  };
  const specs: readonly JsonObject[] = [
    {},
    { spec: null },
    { spec: {} },
    { spec: { template: null } },
    { spec: { template: {} } },
    { spec: { template: { spec: {} } } },
    { spec: { jobTemplate: { spec: {} } } },
  ];

  it.each(kinds)('trips none: %s', (kind) => {
    for (const spec of specs)
      expect(said({ apiVersion: groups[kind] ?? 'apps/v1', kind, metadata: { name: 'x' }, ...spec })).toEqual([]);
  });
});
