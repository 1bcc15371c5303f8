import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { nodePorts } from '../../test/support/node-ports.ts';
import { refusal } from '../../test/support/policy-bench.ts';
import { emptyFolder, removeTempFolders } from '../../test/support/temp-folders.ts';
import { parseYaml } from '../yaml/yaml.ts';
import type { CommandContext } from './command.ts';
import { trustCommand } from './trust.ts';

afterAll(removeTempFolders);

const rules = `version: 1
engines:
  signatures:
    rules:
      - images: ghcr.io/org/**
        signedBy:
          - issuer: https://token.actions.githubusercontent.com
            identity: https://github.com/org/*/.github/workflows/release.yaml@refs/tags/v1.*
        maxAge: 90d
      - images: [registry.example/base]
        keys: [{ file: cosign.pub }]
        provenance: { source: https://github.com/org/base }
        attestations: [{ predicateType: https://cyclonedx.org/bom }]
        transparencyLog: false
`;

async function run(args: readonly string[], config = rules): Promise<string> {
  const cwd = emptyFolder();
  writeFileSync(path.join(cwd, '.k8s-gate.yaml'), config);
  writeFileSync(path.join(cwd, 'cosign.pub'), '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n');
  let printed = '';
  const context: CommandContext = {
    ...{ cwd, env: {}, gateRoot: cwd, gateVersion: '1', cores: 1, terminal: { color: false, width: 100 } },
    ports: { ...nodePorts, git: nothing },
    stdout: (text) => {
      printed += text;
    },
    signal: new AbortController().signal,
    openResults: () => Promise.reject(new Error('not used')),
  };
  await trustCommand.run(args, context);
  return printed;
}
const unused = () => Promise.reject(new Error('not used'));
const nothing: CommandContext['ports']['git'] = {
  head: unused,
  remotes: unused,
  changes: unused,
  ignored: unused,
  submodules: unused,
  resolve: unused,
  fetchCommit: unused,
  exportCommit: unused,
  diff: unused,
};
const objects = (text: string) => parseYaml({ file: 'out.yaml', text }).map(({ value }) => value);

it('trust export prints one ClusterImagePolicy for each rule', async () => {
  const text = await run(['export']);
  expect(objects(text)).toMatchObject([
    {
      apiVersion: 'policy.sigstore.dev/v1beta1',
      kind: 'ClusterImagePolicy',
      spec: {
        images: [{ glob: 'ghcr.io/org/**' }],
        authorities: [
          {
            keyless: {
              identities: [
                {
                  issuer: 'https://token.actions.githubusercontent.com',
                  subjectRegExp: '^https://github\\.com/org/.*/\\.github/workflows/release\\.yaml@refs/tags/v1\\..*$',
                },
              ],
            },
            ctlog: { url: 'https://rekor.sigstore.dev' },
          },
        ],
      },
    },
    {
      spec: {
        images: [{ glob: 'registry.example/base**' }],
        authorities: [
          { attestations: [{ predicateType: 'https://slsa.dev/provenance/v1' }, { predicateType: 'https://cyclonedx.org/bom' }] },
        ],
      },
    },
  ]);
  expect(text.match(/^# Not expressed: .*$/gm)).toEqual([
    '# Not expressed: maxAge',
    '# Not expressed: provenance (source): only its presence and signer are required',
    '# Not expressed: SLSA provenance 0.2',
  ]);
});

it('trust export --format kyverno prints one ImageValidatingPolicy for each rule', async () => {
  const found = objects(await run(['export', '--format', 'kyverno']));
  expect(found).toMatchObject([
    {
      kind: 'ImageValidatingPolicy',
      spec: {
        matchImageReferences: [{ glob: 'ghcr.io/org/**' }],
        validations: [
          { expression: 'images.containers.map(image, verifyImageSignatures(image, [attestors.signer1])).all(count, count > 0)' },
          { expression: expect.stringContaining('images.initContainers') },
          { expression: expect.stringContaining('images.ephemeralContainers') },
        ],
      },
    },
    { spec: { attestors: [{ cosign: { key: {}, ctlog: { insecureIgnoreTlog: true } } }], attestations: [{}, {}] } },
  ]);
});

it.each(['policy-controller', 'kyverno'])('docs/trust.md shows what trust export prints for %s', async (format) => {
  const page = readFileSync(path.join(import.meta.dirname, '../../docs/trust.md'), 'utf8');
  const [, shown] = new RegExp(`<!-- export: ${format} -->\\n\`\`\`yaml\\n([^\`]*)\`\`\``).exec(page) ?? [];
  const pem = '-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE…\n-----END PUBLIC KEY-----\n';
  const part = { rules: [{ images: 'registry.example/base/**', keys: [{ pem }] }] };
  const config = JSON.stringify({ version: 1, engines: { signatures: part } });
  expect((await run(['export', '--format', format], config)).replace('---\n', '')).toBe(shown);
});

it.each([
  [['export', '--format', 'opa'], rules, 'INPUT_INVALID'],
  [['exprt'], rules, 'INPUT_INVALID'],
  [['export'], 'version: 1\n', 'NOTHING_TO_JUDGE'],
  [['export'], 'version: 1\nengines: {signatures: {rules: [{images: a}]}}\n', 'CONFIG_INVALID'],
])('trust %j is refused', async (args, config, code) => {
  expect((await refusal(run(args, config))).code).toBe(code);
});
