import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type CelPolicy, evaluate, loadPack } from '../../src/engines/cel/evaluate.ts';
import type { JsonObject } from '../../src/model/json.ts';

const root = path.join(import.meta.dirname, '../../policies');
const files = [
  'pod-security-baseline/host-path-sensitive.yaml',
  'pod-security-baseline/host-path.yaml',
  'persistent-volumes/persistent-volume-host-path.yaml',
];
const policies = files.map((file) => {
  const [policy] = loadPack([{ path: file, text: readFileSync(path.join(root, file), 'utf8') }]);
  if (policy === undefined) throw new Error(`${file} has no policy`);
  return policy;
});

/** The worst severity of what is refused, over the two policies about volumes of pods, or the one about PersistentVolumes. */
function worst(object: JsonObject): string {
  const found = policies.flatMap((policy) => evaluate(policy, object).map((result) => severityOf(policy, result)));
  return ['error', 'critical', 'high', 'medium'].find((severity) => found.includes(severity)) ?? 'none';
}

function severityOf(policy: CelPolicy, { status, validation }: ReturnType<typeof evaluate>[number]): string {
  if (status === 'error' || status === 'indeterminate') return 'error';
  return status === 'fail' ? (policy.notes.severities?.[validation ?? 0] ?? 'error') : 'none';
}

const podOf = (spec: JsonObject): JsonObject => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec });
const pod = (hostPath: JsonObject, ...mounts: readonly (boolean | undefined)[]) => podOf(specOf(hostPath, mounts));

function specOf(hostPath: JsonObject, mounts: readonly (boolean | undefined)[]): JsonObject {
  return {
    containers: mounts.map((readOnly, index) => ({
      name: `c${index}`,
      image: 'a:1',
      volumeMounts: [
        { name: 'other', mountPath: '/other' },
        { name: 'v', mountPath: '/host', ...(readOnly !== undefined && { readOnly }) },
      ],
    })),
    volumes: [
      { name: 'other', emptyDir: {} },
      { name: 'v', hostPath },
    ],
  };
}

const written = (at: string) => worst(pod({ path: at }, undefined));
const read = (at: string) => worst(pod({ path: at }, true));

/** Give the node to whoever can write there. */
const control = [
  ...['/', '//', '/.', '/./', '/./.', '.', '', '///.//', '/a/..', '/a/../', '/var/log/../../etc', '../etc'],
  ...['/etc', '/etc/', '//etc', '/./etc/.', 'etc', '/etc/cron.d', '/etc/cron.daily/', '/etc/crontab', '/etc//cron.d/./job'],
  ...['/etc/kubernetes', '/etc/kubernetes/manifests', '/etc/kubernetes/pki/ca.key', '/etc/systemd/system', '/etc/ssh'],
  ...['/etc/ssh/sshd_config', '/etc/passwd', '/etc/shadow', '/etc/shadow-', '/etc/sudoers.d/x', '/etc/pam.d', '/etc/profile.d'],
  ...['/etc/ld.so.preload', '/etc/rc.local', '/etc/rc3.d', '/etc/init.d', '/etc/rancher/k3s', '/etc/cni/net.d', '/etc/docker'],
  ...['/etc/containerd/config.toml', '/etc/sysctl.d', '/etc/udev/rules.d', '/etc/default', '/etc/bash.bashrc'],
  ...['/root', '/root/', '/root/.ssh', '/root/.bashrc', '/root/.kube/config', '/home', '/home/ubuntu', '/home/ubuntu/.ssh'],
  ...['/bin', '/sbin', '/lib', '/lib/modules', '/lib64', '/usr', '/usr/', '/usr/bin', '/usr/local/bin', '/usr/lib/systemd'],
  ...['/usr/libexec/kubernetes/kubelet-plugins/volume/exec', '/boot', '/boot/grub', '/opt', '/opt/cni', '/opt/cni/bin'],
  ...['/proc', '/proc/', '/proc/1/root', '/proc/self/root', '/proc/1/root/data', '/proc/thread-self/root/etc', '/proc/sys'],
  ...['/proc/sys/kernel/core_pattern', '/proc/1/cwd', '/sys', '/sys/fs/cgroup', '/sys/kernel', '/sys/kernel/debug'],
  ...['/sys/module', '/dev', '/dev/', '/dev/sda', '/dev/mem', '/dev/nvme0n1', '/dev/disk/by-id', '/run', '/var/run', '/var'],
  ...['/var/lib', '/var/lib/kubelet', '/var/lib/./kubelet', '/var//lib/kubelet/', '/var/lib/kubelet/pki'],
  ...['/var/lib/kubelet/pods/../pki', '/var/lib/kubelet/config.yaml', '/var/lib/etcd', '/var/lib/etcd/member'],
  ...['/var/lib/docker', '/var/lib/docker/containers', '/var/lib/containerd', '/var/lib/containers/storage'],
  ...['/var/lib/rancher', '/var/lib/rancher/k3s/server', '/var/lib/rancher/rke2/server/tls', '/var/lib/rancher/k3s/storage'],
  ...['/var/lib/k0s/pki', '/var/lib/cloud/scripts', '/var/spool/cron', '/var/snap/microk8s/current/credentials', '/opt/rke'],
  ...['/run/systemd', '/run/systemd/system', '/run/systemd/private', '/run/dbus', '/run/udev', '/run/runc', '/sysroot'],
  ...['/run/containerd/io.containerd.runtime.v2.task', '/mnt/stateful_partition/etc'],
  ...['C:\\', 'c:\\', 'C:/', 'C:\\Windows\\System32', 'C:\\ProgramData\\docker', 'C:\\etc\\kubernetes', 'C:\\var\\lib\\kubelet'],
];
/** Give the node however they are mounted: who writes to a socket writes no file. */
const sockets = [
  ...['/var/run/docker.sock', '/run/docker.sock', '//var//run/./docker.sock', '/run/containerd/containerd.sock'],
  ...['/run/containerd/containerd.sock.ttrpc', '/run/crio/crio.sock', '/var/run/crio/crio.sock', '/run/cri-dockerd.sock'],
  ...['/var/run/dockershim.sock', '/run/podman/podman.sock', '/run/user/1000/podman/podman.sock', '/run/k0s/containerd.sock'],
  ...['/run/k3s/containerd/containerd.sock', '/var/snap/microk8s/common/run/containerd.sock', '/run/buildkit/buildkitd.sock'],
  ...[
    '/run/containerd',
    '/run/containerd/',
    '/var/run/containerd',
    '/run/crio',
    '/run/docker',
    '/run/k3s',
    '/run/k3s/containerd',
  ],
  ...['/run/podman', '/run/k0s', '\\\\.\\pipe\\docker_engine', '\\\\.\\pipe\\containerd-containerd'],
];
/** Paths of the node as any other. */
const others = [
  ...[
    '/var/log',
    '/var/log/pods',
    '/var/log/containers',
    '/data',
    '/mnt/data',
    '/mnt/disks/ssd1',
    '/srv',
    '/tmp',
    '/home/ubuntu/data',
  ],
  ...['/var/lib/kubelet/pods', '/var/lib/kubelet/plugins/ebs.csi.aws.com', '/var/lib/kubelet/plugins_registry'],
  ...['/var/lib/kubelet/device-plugins', '/var/lib/kubelet/pod-resources', '/var/lib/k0s/kubelet/plugins/x'],
  ...['/var/lib/rancher/k3s/storage/pvc-1', '/etc/localtime', '/etc/hosts', '/etc/machine-id', '/etc/ssl/certs', '/etc/rclone'],
  ...['/etc/grouper', '/etc/securityd', '/opt/app', '/opt/local-path-provisioner', '/usr/share/zoneinfo', '/usr/src', '/rooted'],
  ...['/libs', '/etcd', '/process', '/dev/fuse', '/dev/net/tun', '/dev/shm', '/sys/fs/bpf', '/sys/class/net', '/run/netns'],
  ...['/run/log/journal', '/run/xtables.lock', '/var/lib/mysql', '/var/lib/etcd-backup', '/root/data', '/app/dockersock'],
];

describe('a path of the node', () => {
  it.each(control)('%j is critical where it can be written, high read-only', (at) => {
    expect([written(at), read(at)]).toEqual(['critical', 'high']);
  });

  it.each(sockets)('%j is critical, also read-only', (at) => {
    expect([written(at), read(at)]).toEqual(['critical', 'critical']);
  });

  it.each(others)('%j is high', (at) => {
    expect([written(at), read(at)]).toEqual(['high', 'high']);
  });

  it('is read-only if each container mounts it read-only', () => {
    const severities = (...mounts: (boolean | undefined)[]) => worst(pod({ path: '/etc' }, ...mounts));
    expect([severities(true, true), severities(true, false), severities(undefined, true), severities()]).toEqual([
      'high',
      'critical',
      'critical',
      // Nothing mounts it yet: a container that is added later may.
      'critical',
    ]);
  });

  it.each(['initContainers', 'ephemeralContainers'])('is written where one of %s can', (list) => {
    const other = { name: 'x', image: 'a:1', volumeMounts: [{ name: 'v', mountPath: '/x' }] };
    expect(worst(podOf({ ...specOf({ path: '/etc' }, [true]), [list]: [other] }))).toBe('critical');
  });

  it('is the root where it is not named', () => {
    expect(worst(pod({}, undefined))).toBe('critical');
  });
});

describe('a PersistentVolume', () => {
  const volume = (source: JsonObject): JsonObject => ({
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: 'p' },
    spec: { capacity: { storage: '1Gi' }, ...source },
  });

  it.each([...control, ...sockets])('on %j is critical', (at) => {
    expect([worst(volume({ hostPath: { path: at } })), worst(volume({ local: { path: at } }))]).toEqual(['critical', 'critical']);
  });

  it.each(others)('on %j is high for hostPath, medium for local', (at) => {
    expect([worst(volume({ hostPath: { path: at } })), worst(volume({ local: { path: at } }))]).toEqual(['high', 'medium']);
  });

  it('looks for the same paths as the policy about volumes of pods', () => {
    const expressions = ['host-path-sensitive', 'persistent-volume-host-path'].map((name) => {
      const policy = policies.find((one) => one.name === name);
      return ['sockets', 'control', 'harmless'].map((variable) => policy?.variables.get(variable)?.program.expression);
    });
    expect(expressions[0]).toEqual(expressions[1]);
    expect(expressions[0]).not.toContain(undefined);
  });
});
