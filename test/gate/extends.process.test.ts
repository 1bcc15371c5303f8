import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createResults } from '../../src/engines/results.ts';
import { runGate } from '../../src/gate.ts';
import type { RawInputs } from '../../src/inputs/raw-inputs.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import { createNodePorts } from '../../src/ports/node-ports.ts';
import { sha256 } from '../support/chart-archive.ts';
import { commit, git as gitIn, repository } from '../support/git-repository.ts';
import { serveGit } from '../support/git-server.ts';
import { type LoopbackServer, serve, stopServers } from '../support/loopback.ts';
import { checkOut } from '../support/pull-request.ts';
import { root } from '../support/root.ts';
import { tar } from '../support/tar.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';

type Files = Readonly<Record<string, string>>;
const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const policy = (message: string) => `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: { name: org-team }
spec:
  matchConstraints: { resourceRules: [{ apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [configmaps] }] }
  validations: [{ expression: "has(object.metadata.labels)", message: ${message} }]
`;
const settings = (text: string) => `version: 1\npolicies: [policies]\n${text}`;
const configMap = (labels = '') => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a, namespace: shop${labels} }\n`;

const commits: string[] = [];
let git: LoopbackServer;
let registry: LoopbackServer;
let artifact = '';
beforeAll(async () => {
  const origin = repository();
  const rules = { 'gate/policies/team.yaml': policy('a team is missing') };
  commits.push(
    commit(origin, { ...rules, 'gate/.k8s-gate.yaml': settings('severity: { high: block }\nfinal: [severity, policies]\n') }),
  );
  commits.push(commit(origin, { 'gate/.k8s-gate.yaml': settings('severity: { high: warn }\n') }));
  commits.push(commit(origin, { 'gate/policies/team.yaml': policy('nobody owns it') }));
  commits.push(
    commit(origin, { 'gate/.k8s-gate.yaml': settings('severity: { high: warn }\nwaivers: { never: [cel/org-team] }\n') }),
  );
  git = await serveGit(origin);
  const archive = gzipSync(
    tar([
      { path: '.k8s-gate.yaml', content: settings('') },
      { path: 'policies/team.yaml', content: policy('from a registry') },
    ]),
  );
  const layer = `sha256:${sha256(archive)}`;
  const mediaType = 'application/vnd.oci.image.layer.v1.tar+gzip';
  const manifest = JSON.stringify({ schemaVersion: 2, layers: [{ mediaType, digest: layer, size: archive.length }] });
  artifact = `sha256:${sha256(manifest)}`;
  registry = await serve((request, response) => {
    if (request.url === `/v2/org/gate/manifests/${artifact}`) response.end(manifest);
    else if (request.url === `/v2/org/gate/blobs/${layer}`) response.end(archive);
    else response.writeHead(404).end();
  });
});
afterAll(() => {
  stopServers();
  removeTempFolders();
});

const at = (index: number) => `https://github.com/octo/shop//gate?ref=${commits[index]}`;
const mirrors = () => `sources: { mirrors: { github.com: "${git.url}", ghcr.io: "${registry.url}" } }\n`;
const config = (address: string, more = '') => `version: 1\nextends: ${address}\n${mirrors()}${more}`;

async function judge(base: Files, head: Files, part: Partial<RawInputs> = {}, remote = ''): Promise<Verdict> {
  const { folder, baseSha } = await checkOut({ base, head });
  if (remote !== '') gitIn(folder, 'remote', 'add', 'origin', remote);
  const none = () => Promise.reject(new Error('there is nothing to render here'));
  const { verdict } = await runGate(
    { workspace: folder, paths: [], exclude: [], engines: 'cel', cores: 2, outputs: [], publish: [], ...part },
    {
      ...{ ports: createNodePorts({ log, env: { PATH: process.env.PATH } }), engineTools: none, rendererTools: none },
      ...{ gateRoot: root, cacheDir: emptyFolder(), results: createResults(), tempDir: emptyFolder() },
      ...{ signal: new AbortController().signal, stdout: () => {}, terminal: { color: false, width: 120 } },
      ...{ gateVersion: '0.0.0', baseSha },
    },
  );
  return verdict;
}
const findings = ({ findings: found }: Verdict) =>
  found.map(({ finding, action }) => `${action} ${finding.engine}/${finding.rule}: ${finding.title}`);
const own = (verdict: Verdict) => findings(verdict).filter((text) => / gate\/(?!not-evaluated)/.test(text));

describe('an organization’s settings', () => {
  it.each([
    ['a git commit', () => at(0), 'a team is missing', 'block'],
    ['a registry', () => `oci://ghcr.io/org/gate@${artifact}`, 'from a registry', 'warn'],
  ])('are in force from %s: its policies are evaluated', async (_where, address, message, action) => {
    const verdict = await judge(
      { '.k8s-gate.yaml': config(address()), 'a.yaml': configMap() },
      { 'a.yaml': `${configMap()}data: {}\n` },
    );
    expect(findings(verdict).filter((text) => text.includes('cel/org-team'))).toEqual([`${action} cel/org-team: ${message}`]);
    expect(verdict.errors).toEqual([]);
  });

  it('cannot be loosened where they are final: the change that does is blocked, and once merged it is an error', async () => {
    const looser = { '.k8s-gate.yaml': config(at(0), 'severity:\n  high: warn\n') };
    const verdict = await judge({ '.k8s-gate.yaml': config(at(0)), 'a.yaml': configMap() }, looser);
    expect(own(verdict)).toEqual([
      expect.stringMatching(
        /^block gate\/config-broken: .*`severity\.high: warn` is looser than block, and `severity` is final for the organization \(github\.com\/octo\/shop-[0-9a-f]{12}\/gate\/\.k8s-gate\.yaml:3\)/,
      ),
    ]);
    const error = { code: 'CONFIG_INVALID', details: { file: '.k8s-gate.yaml', line: 5 } };
    await expect(judge({ ...looser, 'a.yaml': configMap() }, {})).rejects.toMatchObject(error);
  });

  it('with final policies need the engine of each of them', async () => {
    const verdict = await judge(
      { '.k8s-gate.yaml': config(at(0), 'engines: { cel: false }\n'), 'a.yaml': configMap() },
      {},
      { engines: 'schema' },
    );
    expect(verdict.errors.map(({ message }) => message).join('\n')).toContain(
      'the engine cel is off, and policies of the organization',
    );
  });

  it('that are replaced by an older or another commit are a finding that warns, and more where something is loosened', async () => {
    const base = { '.k8s-gate.yaml': config(at(1)), 'a.yaml': configMap() };
    expect(own(await judge(base, { '.k8s-gate.yaml': config(at(0)) }))).toEqual([
      `warn gate/extends-changed: \`extends\` goes from ${at(1)} to ${at(0)}`,
    ]);
    const loosened = await judge({ ...base, '.k8s-gate.yaml': config(at(0)) }, { '.k8s-gate.yaml': config(at(2)) });
    expect(own(loosened).toSorted()).toEqual([
      'block gate/config-loosened: severity: high goes from block to warn',
      `block gate/extends-changed: \`extends\` goes from ${at(0)} to ${at(2)}`,
      expect.stringMatching(
        /^block gate\/policy-changed: the policy github\.com\/octo\/shop-\w+\/gate\/policies\/team\.yaml of the organization changes$/,
      ),
    ]);
    const removed = await judge(base, { '.k8s-gate.yaml': `version: 1\n${mirrors()}` });
    expect(own(removed).toSorted()).toEqual([
      `block gate/config-loosened: the settings of ${at(1)} are no longer extended`,
      expect.stringContaining('block gate/policy-removed: the policy github.com/octo/shop-'),
    ]);
  });

  it('that are not available are an error with a next step, never left out', async () => {
    const missing = `https://github.com/octo/shop//gate?ref=${'b'.repeat(40)}`;
    await expect(judge({ '.k8s-gate.yaml': config(missing), 'a.yaml': configMap() }, {})).rejects.toMatchObject({
      code: 'SOURCE_UNREADABLE',
      details: { file: '.k8s-gate.yaml', line: 2, next: expect.stringContaining('Let the runner reach it') },
    });
  });

  it('of a host that only the change names are not requested, by no mirror of the change either', async () => {
    const before = git.seen.length;
    const verdict = await judge({ 'a.yaml': configMap(), '.k8s-gate.yaml': 'version: 1\n' }, { '.k8s-gate.yaml': config(at(0)) });
    expect(own(verdict)).toEqual([
      expect.stringContaining(
        'block gate/config-broken: once merged, the configuration would be invalid: .k8s-gate.yaml:2: `extends`: the base commit does not name',
      ),
    ]);
    expect(git.seen).toHaveLength(before);
  });

  it('of the host that the repository itself is on can be introduced by a change', async () => {
    const base = { 'a.yaml': configMap(), '.k8s-gate.yaml': `version: 1\n${mirrors()}` };
    const verdict = await judge(base, { '.k8s-gate.yaml': config(at(0)) }, {}, 'https://github.com/octo/shop.git');
    expect(own(verdict)).toEqual([]);
    expect(findings(verdict).filter((text) => text.includes('org-team'))).toEqual([]);
  });

  it('decide which waivers are in force', async () => {
    const expires = new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10);
    const waivers = `version: 1\nwaivers:\n  - { rule: cel/org-team, target: "ConfigMap *", reason: it is only an example, owner: dev, expires: ${expires} }\n`;
    const files = { 'a.yaml': configMap(), '.k8s-gate/waivers.yaml': waivers };
    const waived = await judge({ ...files, '.k8s-gate.yaml': config(at(2)) }, {});
    expect(findings(waived)).toContain('allow cel/org-team: nobody owns it');
    const refused = await judge({ ...files, '.k8s-gate.yaml': config(at(3)) }, {});
    expect(findings(refused).some((text) => /^(?:warn|block) cel\/org-team/.test(text))).toBe(true);
    expect(own(refused)).toEqual([
      expect.stringContaining('the waiver of cel/org-team waives nothing: the organization allows no waiver of cel/org-team'),
    ]);
  });
});
