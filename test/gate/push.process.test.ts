import { afterAll, describe, expect, it } from 'vitest';
import { parseEvent } from '../../src/inputs/event.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import { judge } from '../shards/run.ts';
import { commit, git, repository } from '../support/git-repository.ts';
import { goodDeployment, privilegedDeployment } from '../support/manifests.ts';
import { removeTempFolders } from '../support/temp-folders.ts';

afterAll(removeTempFolders);

type Tree = Readonly<Record<string, string>>;

const onlyNew: Tree = { '.k8s-gate.yaml': 'version: 1\nonlyNew: true\n' };
const old: Tree = { 'web.yaml': privilegedDeployment };
const more: Tree = { 'api.yaml': privilegedDeployment.replaceAll('web', 'api') };
const policy = `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: { name: no-web, annotations: { k8s-gate.io/severity: critical } }
spec:
  matchConstraints:
    resourceRules: [{ apiGroups: [apps], apiVersions: [v1], operations: [CREATE], resources: [deployments] }]
  validations: [{ expression: 'object.metadata.name != "web"', message: no web }]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: { name: no-web }
spec: { policyName: no-web, validationActions: [Deny] }
`;

interface Push {
  readonly event?: string;
  readonly ref?: string;
  readonly before?: string;
}

/** The event of a push to main as the runner has it by default, with the gate in this process. */
async function pushed(
  folder: string,
  { event = 'push', ref = 'refs/heads/main', before = git(folder, 'rev-parse', 'HEAD~1') }: Push = {},
) {
  const after = git(folder, 'rev-parse', 'HEAD');
  const change = parseEvent({
    GITHUB_EVENT_NAME: event,
    GITHUB_SHA: after,
    GITHUB_REF: ref,
    GITHUB_REPOSITORY: 'octo/shop',
    GITHUB_SERVER_URL: 'https://github.example',
    GITHUB_RUN_ID: '1',
    GITHUB_RUN_ATTEMPT: '1',
    payload: JSON.stringify({ before, after, repository: { default_branch: 'main' } }),
  });
  return (await judge({ workspace: folder, engines: 'cel', context: { change } })).verdict;
}

function history(...trees: readonly Tree[]): string {
  const folder = repository();
  for (const tree of trees) commit(folder, tree);
  return folder;
}

const blocked = ({ findings }: Verdict) =>
  findings.filter(({ action }) => action === 'block').map(({ finding }) => finding.resources.join());

describe('a push to the default branch with onlyNew', () => {
  it('passes with what the branch had before', async () => {
    const verdict = await pushed(history({ ...onlyNew, ...old }, { 'readme.md': 'a' }));
    expect(verdict.outcome).toBe('pass');
    expect(verdict.comparison).toMatchObject({ status: 'compared', new: 0 });
  });

  it('blocks on what it adds', async () => {
    const verdict = await pushed(history({ ...onlyNew, ...old }, more));
    expect(blocked(verdict)).toEqual(['Deployment shop/api']);
  });

  it('is configured by the push: what was reviewed and merged does not loosen anything', async () => {
    const verdict = await pushed(history(old, onlyNew));
    expect(verdict.outcome).toBe('pass');
    expect(verdict.findings.map(({ finding: { rule } }) => rule)).not.toContain('config-loosened');
  });

  it('compares by the policies of the push, so that a new policy does not block what the branch had', async () => {
    const before = { ...onlyNew, 'web.yaml': goodDeployment };
    const verdict = await pushed(history(before, { '.k8s-gate/policies/no-web.yaml': policy }));
    expect(verdict.findings.filter(({ finding: { rule } }) => rule === 'no-web')).toMatchObject([{ decidedBy: 'only-new' }]);
    expect(verdict.outcome).toBe('pass');
  });

  it('compares a push by force with what it replaced', async () => {
    const folder = history({ ...onlyNew, ...old }, { 'a.md': 'a' });
    const before = git(folder, 'rev-parse', 'HEAD');
    git(folder, 'reset', '--quiet', '--hard', 'HEAD~1');
    commit(folder, more);
    expect(blocked(await pushed(folder, { before }))).toEqual(['Deployment shop/api']);
  });

  it('names the commit that it cannot read, and everything is new', async () => {
    const verdict = await pushed(history({ ...onlyNew, ...old }, { 'a.md': 'a' }), { before: 'b'.repeat(40) });
    expect(blocked(verdict)).toEqual(['Deployment shop/web']);
    expect(verdict.comparison).toMatchObject({ status: 'unavailable', reason: expect.stringContaining('cannot be read') });
  });

  it('compares nothing without onlyNew', async () => {
    const verdict = await pushed(history(old, { 'a.md': 'a' }));
    expect(verdict.comparison).toBeUndefined();
    expect(verdict.outcome).toBe('block');
  });
});

describe('onlyNew', () => {
  it('makes nothing old on a branch whose commit before the push was the pusher’s', async () => {
    const folder = history(onlyNew, more, { 'a.md': 'a' });
    const verdict = await pushed(folder, { ref: 'refs/heads/change' });
    expect(blocked(verdict)).toEqual(['Deployment shop/api']);
    expect(verdict.comparison).toMatchObject({ reason: expect.stringContaining('is not the default branch, main') });
  });

  it('makes nothing old on a schedule, and the report names what does', async () => {
    const verdict = await pushed(history({ ...onlyNew, ...old }, { 'a.md': 'a' }), { event: 'schedule' });
    expect(verdict.outcome).toBe('block');
    expect(verdict.comparison).toMatchObject({ reason: expect.stringContaining('k8s-gate baseline') });
  });
});
