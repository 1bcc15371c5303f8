import { describe, expect, it } from 'vitest';
import { hostsIn } from './named-hosts.ts';

describe('hosts that a file names', () => {
  it.each([
    ['spec: {url: https://charts.example.com/stable}', ['charts.example.com']],
    ['  url: "oci://GHCR.io/org/charts"', ['ghcr.io']],
    ['    repoURL: registry.example:5000/charts # Argo CD', ['registry.example:5000']],
    ['    repository: https://charts.example.com:8443/', ['charts.example.com:8443']],
    ['{"spec": {"repo": "https://a.example", "chart": "oci://b.example/x"}}', ['a.example', 'b.example']],
    ['          repoURL: https://a.example/{{ .Values.path }}', ['a.example']],
    ['  url: ssh://git@git.example.com:22/org/repo.git', ['git.example.com:22']],
    ['  url: git@git.example.com:org/repo.git', ['git.example.com']],
    ['  - https://github.com/org/repo//base?ref=v1', ['github.com']],
    ['  - github.com/org/repo//base?ref=v1', ['github.com']],
    ['  - ../base', []],
    ['# url: https://evil.example', []],
    ['description: see https://evil.example', []],
    ['  url: {{ .Values.url }}', []],
    ['  chart: podinfo', []],
  ])('%s', (text, hosts) => {
    expect(hostsIn(text)).toEqual(hosts);
  });
});
