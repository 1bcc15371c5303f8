import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runAction } from '../../src/action.ts';
import { readActionInputs } from '../../src/inputs/action-inputs.ts';
import { parseEvent } from '../../src/inputs/event.ts';
import { createSigstore, type FakeSigstore, identity, issuer } from '../support/fake-sigstore.ts';
import { type GitHubServer, readToken, startGitHub } from '../support/github-server/server.ts';
import { type OciRegistry, startOciRegistry } from '../support/oci-registry.ts';
import { pushPlain } from '../support/own-signatures.ts';
import { checkOut, pullRequestEvent } from '../support/pull-request.ts';
import { root } from '../support/root.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';

const predicateType = 'https://slsa.dev/provenance/v1';
let world: { readonly registry: OciRegistry; readonly sigstore: FakeSigstore; readonly github: GitHubServer } | undefined;
beforeAll(async () => {
  world = { registry: await startOciRegistry(), sigstore: await createSigstore(), github: await startGitHub() };
  const digest = pushPlain(world.registry, 'shop');
  const subject = [{ name: 'image', digest: { sha256: digest.slice('sha256:'.length) } }];
  const statement = { _type: 'https://in-toto.io/Statement/v1', subject, predicateType, predicate: {} };
  const bundle = JSON.parse(await world.sigstore.attest(JSON.stringify(statement)));
  for (const name of ['octo/shop', 'evil/app']) {
    const repository = world.github.state.repositories.get(name) ?? world.github.state.addRepository(name);
    if (name === 'octo/shop') repository.attestations.push({ digest, predicateType, bundle });
  }
});
afterAll(async () => {
  await world?.registry.stop();
  await world?.github.close();
  removeTempFolders();
});
const there = () => world ?? expect.fail('nothing was started');

const configuration = (githubAttestations: string): string => {
  const { host } = there().registry;
  const signer = { signedBy: [{ issuer, identity }], roots: 'root.json' };
  const rules = [{ images: `${host}/**`, ...signer, attestations: [{ predicateType }], githubAttestations }];
  return JSON.stringify({ version: 1, images: { privateRegistries: [host] }, engines: { signatures: { rules } } });
};
const pod = (name: string) =>
  `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name}, namespace: shop }\nspec: { containers: [{ name: app, image: "${there().registry.host}/shop:1" }] }\n`;

/** The action on a pull request of a fork, in this process; returns its verdict, its log and the requests for attestations. */
async function run(
  files: { readonly base: Readonly<Record<string, string>>; readonly head: Readonly<Record<string, string>> },
  mode = 'judge',
) {
  const checkout = await checkOut(files);
  const [temp, event] = [emptyFolder(), pullRequestEvent(checkout, 'stranger/shop')];
  const { github } = there();
  const env = {
    ...{ PATH: process.env.PATH, HOME: temp, GITHUB_WORKSPACE: checkout.folder, RUNNER_TEMP: temp },
    ...{ GITHUB_EVENT_NAME: event.name, GITHUB_SHA: event.sha, GITHUB_REF: event.ref, GITHUB_REPOSITORY: 'octo/shop' },
    ...{ GITHUB_SERVER_URL: 'https://github.example', GITHUB_API_URL: github.url, GITHUB_RUN_ID: '1', GITHUB_RUN_ATTEMPT: '1' },
  };
  const given: Readonly<Record<string, string>> = { token: readToken, engines: 'schema,signatures', mode, comment: 'never' };
  const inputs = readActionInputs((name) => given[name] ?? '', env);
  const [before, lines]: [number, string[]] = [github.requests.length, []];
  const note = (text: string): void => void lines.push(text);
  const outcome = await runAction(inputs, parseEvent({ ...env, payload: JSON.stringify(event.payload) }), {
    install: { root, version: '1.2.3', build: async () => undefined },
    log: { debug: note, info: note, warn: note, error: note },
    env,
    pid: 1,
    stdout: note,
    onSignal: () => {},
    setOutput: () => {},
  });
  const requests = github.requests.slice(before).filter(({ operation }) => operation.includes('attestations'));
  return { outcome, log: lines.join('\n'), requests };
}

describe('attestations that GitHub keeps, in the action', () => {
  const base = () => ({
    '.k8s-gate.yaml': configuration('octo/shop'),
    'root.json': there().sigstore.trustedRoot(),
    'deploy/old.yaml': pod('old'),
  });

  it.each(['judge', 'collect'])(
    'are read by the token of the job, which no log contains: mode %s',
    { timeout: 60_000 },
    async (mode) => {
      const { outcome, log, requests } = await run({ base: base(), head: { 'deploy/new.yaml': pod('new') } }, mode);
      expect(outcome).toBe('pass');
      expect(requests.map(({ url, headers }) => [url.replace(/sha256.*/, ''), headers.authorization])).toEqual([
        ['/repos/octo/shop/attestations/', `token ${readToken}`],
      ]);
      expect(log).not.toContain(readToken);
    },
  );

  it('are only read from the repository that the base names', { timeout: 60_000 }, async () => {
    const { outcome, requests } = await run({ base: base(), head: { '.k8s-gate.yaml': configuration('evil/app') } });
    expect(outcome).toBe('block');
    expect(requests.filter(({ url }) => url.includes('evil'))).toEqual([]);
  });
});
