import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type ActionRun, runAction } from '../support/gate-process.ts';
import { type GitHubServer, readToken, startGitHub, writeToken } from '../support/github-server/server.ts';
import type { Repository } from '../support/github-server/state.ts';
import { goodDeployment, privilegedDeployment } from '../support/manifests.ts';
import {
  branchEvent,
  type Checkout,
  checkOut,
  mergeGroupEvent,
  openPull,
  pullRequestEvent,
  type RunnerEvent,
  workflowRunEvent,
} from '../support/pull-request.ts';
import { root } from '../support/root.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';

afterAll(removeTempFolders);

const fork = 'stranger/shop';
const change = { base: { 'deploy/web.yaml': goodDeployment }, head: { 'deploy/web.yaml': privilegedDeployment } };

interface Seen {
  readonly run: ActionRun;
  readonly shop: Repository;
}

/** Runs the action's own dist for an event, against a GitHub on this machine whose requests are checked. */
async function deliver(
  event: (checkout: Checkout) => RunnerEvent,
  inputs: Readonly<Record<string, string>>,
  options: {
    readonly headRepository?: string;
    readonly trees?: Parameters<typeof checkOut>[0];
    readonly enterprise?: boolean;
  } = {},
): Promise<Seen & { readonly checkout: Checkout; readonly server: GitHubServer }> {
  const server = await startGitHub(options.enterprise === undefined ? {} : { enterprise: options.enterprise });
  try {
    const checkout = await checkOut(options.trees ?? change);
    openPull(server, checkout, options.headRepository);
    const shop = server.state.repositories.get('octo/shop');
    if (shop === undefined) throw new Error('the server has no octo/shop');
    const run = await runAction({ engines: 'cel', ...inputs }, checkout.folder, { event: event(checkout), apiUrl: server.url });
    expect(server.violations).toEqual([]);
    return { run, shop, checkout, server };
  } finally {
    await server.close();
  }
}

type Cell = 'yes' | 'no' | 'degraded';

function cells({ run, shop }: Seen): Readonly<Record<string, string>> {
  const cell = (report: string, there: boolean): Cell =>
    run.stderr.includes(`The ${report} report could not be delivered`) ? 'degraded' : there ? 'yes' : 'no';
  const verdict = run.outputs.verdict ?? '';
  return {
    comment: cell('pull-request-comment', shop.comments.length > 0),
    'check run': cell(
      'check-run',
      shop.checkRuns.some((check) => check.status === 'completed' && check.annotations.length > 0),
    ),
    suggestions: cell('suggestions', shop.reviewComments.length > 0),
    'code scanning': cell('code-scanning', shop.sarifs.length > 0),
    'annotations by log': /^::error [^\n]*file=deploy\/web\.yaml,line=23\b/m.test(run.stdout) ? 'yes' : 'no',
    summary: run.summary.includes('container web is privileged') ? 'yes' : 'no',
    job:
      verdict === 'block' && run.code === 1
        ? 'verdict'
        : verdict === '' && run.code === 0
          ? 'delivery'
          : verdict === 'error'
            ? 'refused'
            : `code ${run.code}`,
  };
}

/** A report as `mode: collect` of a fork's pull request leaves it. */
async function collected(): Promise<{ readonly checkout: Checkout; readonly report: string; readonly run: ActionRun }> {
  const checkout = await checkOut(change);
  const report = path.join(emptyFolder(), 'report.json');
  const inputs = { engines: 'cel', mode: 'collect', 'report-json': report };
  const run = await runAction(inputs, checkout.folder, { event: pullRequestEvent(checkout, fork) });
  return { checkout, report, run };
}

async function publish(part: {
  readonly forge?: (report: string) => string;
  readonly event?: string;
  readonly headRepository?: string;
}): Promise<Seen & { readonly checkout: Checkout }> {
  const { checkout, report } = await collected();
  const file = path.join(emptyFolder(), 'artifact', 'report.json');
  await mkdir(path.dirname(file));
  await writeFile(file, (part.forge ?? String)(readFileSync(report, 'utf8')));
  const server = await startGitHub();
  try {
    openPull(server, checkout, part.headRepository ?? fork);
    const shop = server.state.repositories.get('octo/shop');
    if (shop === undefined) throw new Error('the server has no octo/shop');
    const inputs = { mode: 'publish', report: file, token: writeToken, 'upload-sarif': 'true' };
    const run = await runAction(inputs, emptyFolder(), {
      event: workflowRunEvent(checkout, fork, part.event),
      apiUrl: server.url,
    });
    expect(server.violations).toEqual([]);
    return { run, shop, checkout };
  } finally {
    await server.close();
  }
}

const all = { 'upload-sarif': 'true' };
const branch = (name: string) => (checkout: Checkout) => branchEvent(name, checkout.mergeSha);
const rows: Readonly<Record<string, () => Promise<Seen>>> = {
  'pull_request | write': () => deliver(pullRequestEvent, { ...all, token: writeToken }),
  'pull_request | read-only (Dependabot, a missing permission)': () => deliver(pullRequestEvent, { ...all, token: readToken }),
  'pull_request | read-only (fork)': () =>
    deliver((checkout) => pullRequestEvent(checkout, fork), { ...all, token: readToken }, { headRepository: fork }),
  'pull_request | none': () => deliver(pullRequestEvent, all),
  'pull_request, `mode: collect` | none': () => deliver(pullRequestEvent, { ...all, mode: 'collect', token: writeToken }),
  'merge_group | write': () => deliver(mergeGroupEvent, { ...all, token: writeToken }),
  'merge_group | read-only': () => deliver(mergeGroupEvent, { ...all, token: readToken }),
  'push | write': () => deliver(branch('push'), { ...all, token: writeToken }),
  'schedule | write': () => deliver(branch('schedule'), { ...all, token: writeToken }),
  'workflow_dispatch | write': () => deliver(branch('workflow_dispatch'), { ...all, token: writeToken }),
  'workflow_run, `mode: publish` | write': () => publish({}),
  'pull_request_target | write': () =>
    deliver((checkout) => pullRequestEvent(checkout, fork, 'pull_request_target'), { ...all, token: writeToken }),
  'workflow_run | write': () => deliver((checkout) => workflowRunEvent(checkout, fork), { ...all, token: writeToken }),
  'issue_comment | write': () => deliver(branch('issue_comment'), { ...all, token: writeToken }),
};

/** The table of docs/github.md: what it promises, by row. */
function documented(): ReadonlyMap<string, Readonly<Record<string, string>>> {
  const text = readFileSync(path.join(root, 'docs', 'github.md'), 'utf8');
  const lines = (text.split('\n\n').find((block) => block.startsWith('|')) ?? '').trimEnd().split('\n');
  const split = (line: string) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
  const [head = [], , ...body] = lines.map(split);
  return new Map(
    body.map(([event = '', token = '', ...values]) => [
      `${event} | ${token}`,
      Object.fromEntries(values.map((value, index) => [head[index + 2] ?? '', value])),
    ]),
  );
}

describe.concurrent('the table of docs/github.md', { timeout: 120_000 }, () => {
  it('has a run for each of its rows, and no other', () => {
    expect([...documented().keys()].toSorted()).toEqual(Object.keys(rows).toSorted());
  });

  it.each(Object.entries(rows))('%s', async (name, run) => {
    expect(cells(await run())).toEqual(documented().get(name));
  });
});

describe.concurrent('a pull request', { timeout: 120_000 }, () => {
  it('is commented on at the lines of its head, not of the merge commit', async () => {
    const base = { 'deploy/web.yaml': `# one\n# two\n${goodDeployment}` };
    const head = { 'deploy/web.yaml': `# one\n# two\n${privilegedDeployment}` };
    const meanwhile = { 'deploy/web.yaml': `# one\n# and\n# a half\n# two\n${goodDeployment}` };
    const { shop, checkout } = await deliver(pullRequestEvent, { token: writeToken }, { trees: { base, head, meanwhile } });
    expect(shop.comments[0]?.body).toContain(`${checkout.headSha}/deploy/web.yaml#L25`);
    expect(shop.checkRuns[0]).toMatchObject({ headSha: checkout.headSha, annotations: [{ start_line: 25 }, { start_line: 24 }] });
    expect(shop.reviewComments).toMatchObject([{ line: 25 }]);
  });

  it('tells new findings from old and counts fixed ones', async () => {
    const other = privilegedDeployment.replaceAll('web', 'api');
    const trees = { base: { ...change.base, 'deploy/api.yaml': other }, head: { ...change.head, 'deploy/api.yaml': other } };
    const { run, shop } = await deliver(pullRequestEvent, { token: writeToken }, { trees });
    expect(run.outputs).toMatchObject({ verdict: 'block', blocked: '2', new: '2', fixed: '0' });
    expect(shop.comments[0]?.body).toContain('**2 new**, 2 unchanged');
  });

  it('passes with only-new where it makes nothing worse', async () => {
    const moved = { base: change.head, head: { 'deploy/web.yaml': `# moved by a comment\n${privilegedDeployment}` } };
    const { run } = await deliver(pullRequestEvent, { 'only-new': 'true' }, { trees: moved });
    expect(run.outputs).toMatchObject({ verdict: 'pass', new: '0' });
    expect(run.code).toBe(0);
  });

  it('is answered by a GitHub Enterprise Server, too', async () => {
    const { shop } = await deliver(pullRequestEvent, { token: writeToken }, { enterprise: true });
    expect(shop.comments).toHaveLength(1);
  });
});

describe.concurrent('a change of the gate’s own settings', { timeout: 120_000 }, () => {
  const loose = 'version: 1\nseverity:\n  critical: allow\n';

  it('does not judge the change that brings it', async () => {
    const trees = { base: change.base, head: { ...change.head, '.k8s-gate.yaml': loose } };
    const { run } = await deliver(pullRequestEvent, {}, { trees });
    expect(run.outputs.verdict).toBe('block');
    expect(run.stdout).toContain('gate/config-loosened');
  });

  it('is in force once merged', async () => {
    const trees = { base: { ...change.base, '.k8s-gate.yaml': loose }, head: change.head };
    const { run } = await deliver(pullRequestEvent, {}, { trees });
    expect(run.outputs.verdict).toBe('pass');
  });

  const waivers = (owner: string) => `version: 1
waivers:
  - rule: cel/privileged
    target: Deployment shop/web
    reason: The node agent needs it until the driver is replaced.
    owner: ${owner}
    expires: ${new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10)}
`;

  it('waives nothing by a waiver that it brings itself', async () => {
    const trees = { base: change.base, head: { ...change.head, '.k8s-gate/waivers.yaml': waivers('team-shop') } };
    const { run } = await deliver(pullRequestEvent, {}, { trees });
    expect(run.outputs.verdict).toBe('block');
    expect(run.stdout).toContain('gate/waiver-added');
  });

  it('waives by a waiver of the base', async () => {
    const trees = { base: { ...change.base, '.k8s-gate/waivers.yaml': waivers('team-shop') }, head: change.head };
    const { run } = await deliver(pullRequestEvent, {}, { trees });
    expect(run.outputs).toMatchObject({ verdict: 'pass', blocked: '0' });
  });

  it('lets nobody waive their own finding', async () => {
    const trees = { base: { ...change.base, '.k8s-gate/waivers.yaml': waivers('dev') }, head: change.head };
    const { run } = await deliver(pullRequestEvent, {}, { trees });
    expect(run.outputs.verdict).toBe('block');
  });
});

describe.concurrent('a collected report', { timeout: 120_000 }, () => {
  it('is shown as the fork’s own and concludes nothing', async () => {
    const { shop, checkout } = await publish({});
    expect(shop.comments[0]?.body).toMatch(/fork/);
    expect(shop.checkRuns[0]).toMatchObject({ conclusion: 'neutral', headSha: checkout.headSha });
  });

  it.each([
    [
      'of another commit',
      { forge: (text: string) => text.replace(/"headSha": ?"[0-9a-f]{40}"/, `"headSha":"${'c'.repeat(40)}"`) },
    ],
    ['of another pull request', { forge: (text: string) => text.replace(/"pullRequest": ?7/, '"pullRequest":8') }],
    ['that calls its blockers a pass', { forge: (text: string) => text.replace(/"outcome": ?"block"/, '"outcome":"pass"') }],
    ['that is not a report', { forge: () => '{}' }],
    ['of a run that no pull request started', { event: 'push' }],
  ])('%s is refused', async (_what, part) => {
    const { run, shop } = await publish(part);
    expect(run.code).toBe(1);
    expect(run.stdout).toMatch(/^::error title=k8s-gate evaluation error.*report/m);
    expect([...shop.comments, ...shop.checkRuns]).toEqual([]);
  });

  it('has nowhere to go where the pull request has another head now', async () => {
    const { run, shop } = await publish({ headRepository: 'somebody/else' });
    expect(run.code).toBe(0);
    expect([...shop.comments, ...shop.checkRuns]).toEqual([]);
  });
});
