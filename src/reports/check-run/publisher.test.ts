import { describe, expect, it } from 'vitest';
import { publishContext } from '../../../test/support/changes.ts';
import { MemoryGitHub } from '../../../test/support/github-memory.ts';
import { finding } from '../../../test/support/model.ts';
import { blocked, canned, clean, compared, hostile, huge, incomplete, warned } from '../../../test/support/verdicts.ts';
import { GitHubError } from '../../model/github-error.ts';
import type { Verdict } from '../../model/verdict.ts';
import type { CheckAnnotation, CheckRunRequest } from '../../ports/ports.ts';
import type { PublishContext } from '../publisher.ts';
import { reveal } from '../text.ts';
import { checkRunPublisher } from './publisher.ts';

/** Refuses what GitHub refuses of a check run beyond what the memory knows, and what a test names. */
class Checks extends MemoryGitHub {
  bad: (annotation: CheckAnnotation) => boolean = () => false;
  badText = false;
  override async createCheckRun(request: CheckRunRequest) {
    this.#refuse(request);
    return super.createCheckRun(request);
  }
  override async updateCheckRun(id: number, request: Partial<CheckRunRequest>) {
    this.#refuse(request);
    return super.updateCheckRun(id, request);
  }
  #refuse({ output }: Partial<CheckRunRequest>) {
    const sizes = [output?.summary ?? '', output?.text ?? ''].map((text) => text.length);
    const titles = (output?.annotations ?? []).map(({ title }) => title);
    if (Math.max(...sizes) > 65_535 || [output?.title ?? '', ...titles].some((title) => title.length > 255))
      throw new GitHubError('invalid', 'too long', { status: 422 });
    if (this.badText && output?.text !== undefined) throw new GitHubError('invalid', 'no', { status: 422 });
    if ((output?.annotations ?? []).some(this.bad)) throw new GitHubError('invalid', 'Invalid request', { status: 422 });
  }
}

async function publish(verdict: Verdict, context: Partial<PublishContext> = {}, github = new Checks()) {
  const ports = { github, clock: unused, log: unused };
  const publication = await checkRunPublisher.publish(verdict, { ...publishContext, ...context }, ports);
  const [check] = github.checks;
  if (check === undefined || publication.status !== 'delivered') throw new Error('nothing was published');
  return { github, check, request: check.request, annotations: check.annotations, notes: publication.notes };
}
const unused = new Proxy(Object.create(null), {
  get: (_target, name) => {
    throw new Error(`${String(name)} is not used`);
  },
});

const many = (count: number): Verdict => ({ ...huge, findings: huge.findings.slice(0, count) });

describe('the check run', () => {
  it('is created on the head and concluded by the verdict, in one request', async () => {
    const conclusions = await Promise.all([clean, warned, blocked, incomplete].map((verdict) => publish(verdict)));
    expect(conclusions.map(({ request }) => request.conclusion)).toEqual(['success', 'neutral', 'failure', 'failure']);
    expect(conclusions[2]?.request).toMatchObject({ name: 'k8s-gate findings', headSha: 'a'.repeat(40), status: 'completed' });
    expect(conclusions.map(({ github }) => github.calls)).toEqual(Array(4).fill(['createCheckRun']));
    expect(conclusions[2]?.request.output.text).toContain('require the job that runs the gate');
  });

  it('concludes nothing where the change could alter the verdict', async () => {
    const { request } = await publish(blocked, { untrusted: true });
    expect(request.conclusion).toBe('neutral');
    expect(request.output.summary).toContain('could alter');
  });

  it('annotates the first location of a finding, worst first, and lists findings without a line', async () => {
    const { annotations, request } = await publish(blocked);
    expect(annotations.map(({ level, path, startLine, startColumn }) => [level, path, startLine, startColumn])).toEqual([
      ['failure', 'charts/shop/values.yaml', 12, 15],
      ['failure', 'deploy/web.yaml', 18, 18],
      ['failure', 'overlays/production/ledger.yaml', 7, undefined],
      ['warning', 'overlays/production/ledger.yaml', 7, undefined],
      ['notice', 'deploy/web.yaml', 18, undefined],
    ]);
    expect(annotations[1]?.message).toContain('Also at charts/shop/values.yaml:3');
    expect(request.output.text).toContain('allows anonymous requests');
  });

  it('puts what is new before what the base had', async () => {
    const [, second] = compared.findings;
    const findings = [...(second === undefined ? [] : [second]), { ...second, state: 'new' } as typeof second].flatMap((item) =>
      item === undefined ? [] : [item],
    );
    const { annotations } = await publish({ ...compared, findings });
    expect(annotations.map(({ title }) => title)).toEqual(['new, high: cel/require-limits', 'high: cel/require-limits']);
  });

  it('annotates a fault at its line', async () => {
    const { annotations } = await publish(incomplete);
    expect(annotations[0]).toMatchObject({ path: 'charts/shop/templates/api.yaml', startLine: 14, level: 'failure' });
  });

  it('uses lines of the head, below the workspace’s folder', async () => {
    const headLine = (file: string, line: number) => (file === 'deploy/web.yaml' ? line + 2 : undefined);
    const { annotations, request } = await publish(blocked, { headLine, pathPrefix: 'apps' });
    expect(annotations.map(({ path, startLine }) => `${path}:${startLine}`)).toEqual([
      'apps/deploy/web.yaml:20',
      'apps/deploy/web.yaml:20',
    ]);
    expect(request.output.text).toContain('has no such line');
  });

  it('sends 50 at a time, a thousand in all, and counts the rest', async () => {
    const { github, annotations, notes } = await publish(huge);
    expect(annotations).toHaveLength(1_000);
    expect(github.calls.filter((call) => call === 'createCheckRun')).toHaveLength(1);
    expect(notes).toEqual(['4000 more annotations did not fit']);
  });

  it('shows only some of what is allowed', async () => {
    const allowed = { ...huge, findings: huge.findings.filter(({ action }) => action === 'allow') };
    expect((await publish(allowed)).annotations).toHaveLength(50);
  });

  it('drops annotations that GitHub rejects, reports them, and keeps the others', async () => {
    const github = new Checks();
    const bad = ['apps/app-13/deployment.yaml', 'apps/app-77/deployment.yaml'];
    github.bad = ({ path }) => bad.includes(path);
    const { annotations, notes, request } = await publish(many(120), {}, github);
    expect(annotations).toHaveLength(118);
    expect(new Set(annotations.map(({ path }) => path)).size).toBe(118);
    expect(notes).toHaveLength(2);
    expect(notes[0]).toContain('apps/app-13/deployment.yaml:14');
    expect(request.output.text).toContain('app-77');
  });

  it('is created once, although GitHub refused it with one of its few annotations', async () => {
    const github = new Checks();
    github.bad = ({ path }) => path === 'deploy/web.yaml';
    const { annotations, notes, request } = await publish(blocked, {}, github);
    expect(github.checks).toHaveLength(1);
    expect(annotations.map(({ path }) => path)).not.toContain('deploy/web.yaml');
    expect(annotations.length).toBeGreaterThan(0);
    expect(notes.join()).toContain('GitHub refused the annotation at deploy/web.yaml:18');
    expect(request).toMatchObject({ status: 'completed', conclusion: 'failure' });
  });

  it('gives up where GitHub refuses everything, and concludes', async () => {
    const github = new Checks();
    github.bad = () => true;
    const { annotations, request, notes } = await publish(many(400), {}, github);
    expect(annotations).toEqual([]);
    expect(github.calls.length).toBeLessThan(100);
    expect(notes.join()).toContain('380 annotations not sent');
    expect(request.status).toBe('completed');
  });

  it('concludes though GitHub is gone for the annotations', async () => {
    const github = new Checks();
    github.before = (method) => {
      if (method === 'updateCheckRun' && github.calls.length === 2)
        throw new GitHubError('unavailable', 'bad gateway', { status: 502 });
    };
    const { request, notes } = await publish(many(60), {}, github);
    expect(request.conclusion).toBe('failure');
    expect(notes.join()).toContain('60 annotations not sent: bad gateway');
  });

  it('concludes without its text where GitHub refuses that', async () => {
    const github = new Checks();
    github.badText = true;
    const { request, notes } = await publish(clean, {}, github);
    expect(request.conclusion).toBe('success');
    expect(notes.join()).toContain('without its text');
  });

  it('throws where it can’t be concluded', async () => {
    const github = new Checks();
    github.before = (method) => {
      if (method === 'updateCheckRun') throw new GitHubError('forbidden', 'no', { status: 403 });
    };
    await expect(publish(many(60), {}, github)).rejects.toThrow(GitHubError);
  });

  it('shows hostile text and obeys none of it', async () => {
    const { annotations, request } = await publish({
      ...hostile,
      findings: hostile.findings.map((judged) => ({
        ...judged,
        finding: { ...judged.finding, locations: finding().locations },
      })),
    });
    expect(annotations.length).toBeGreaterThan(5);
    expect(annotations.filter(({ title, message }) => reveal(title + message) !== title + message)).toEqual([]);
    expect(request.output.summary).not.toMatch(/<script|@octocat|\u202e/);
    expect(request.output.text).not.toMatch(/<script|@octocat|\u202e/);
  });

  it.each(Object.entries(canned))('fits within GitHub’s limits: %s', async (_name, verdict) => {
    const { request, annotations } = await publish(verdict, { headLine: () => undefined });
    expect(annotations).toEqual([]);
    expect(Buffer.byteLength(request.output.text ?? '')).toBeLessThanOrEqual(60_000);
    expect(request.output.title.length).toBeLessThanOrEqual(255);
  });
});
