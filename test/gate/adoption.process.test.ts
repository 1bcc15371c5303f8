import { execFileSync } from 'node:child_process';
import { afterAll, describe, expect, it } from 'vitest';
import type { Verdict } from '../../src/model/verdict.ts';
import { judge } from '../shards/run.ts';
import { goodDeployment, privilegedDeployment } from '../support/manifests.ts';
import { checkOut } from '../support/pull-request.ts';
import { removeTempFolders } from '../support/temp-folders.ts';

afterAll(removeTempFolders);

type Tree = Readonly<Record<string, string>>;

const config = (...lines: readonly string[]): Tree => ({ '.k8s-gate.yaml': `${['version: 1', ...lines].join('\n')}\n` });
const workflow: Tree = { '.github/workflows/k8s-gate.yml': 'on: [pull_request]\n' };
const api = privilegedDeployment.replaceAll('web', 'api');
const broken = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a\n';

async function changed(base: Tree, head: Tree, removed: readonly string[] = []): Promise<Verdict> {
  const { folder, baseSha } = await checkOut({ base, head });
  if (removed.length > 0) {
    execFileSync('git', ['-C', folder, 'rm', '--quiet', ...removed]);
    execFileSync('git', ['-C', folder, '-c', 'user.name=a', '-c', 'user.email=a@b.example', 'commit', '--quiet', '-m', 'x']);
  }
  return (await judge({ workspace: folder, engines: 'cel', context: { baseSha } })).verdict;
}

const ruled = ({ findings }: Verdict, action: string) =>
  findings.filter((judged) => judged.action === action).map(({ finding: { rule } }) => rule);

describe('the change that adds the first configuration', () => {
  it('is not blocked by what it sets, nor by what the base has if it sets onlyNew', async () => {
    const verdict = await changed(
      { 'web.yaml': privilegedDeployment },
      { ...config('onlyNew: true', 'exclude: [tests/**]', 'helm: { charts: [{ path: chart, namespace: shop }] }'), ...workflow },
    );
    expect(verdict.outcome).toBe('warn');
    expect(ruled(verdict, 'block')).toEqual([]);
    expect(ruled(verdict, 'warn').filter((rule) => rule === 'config-loosened')).toHaveLength(3);
    expect(verdict.findings.filter(({ decidedBy }) => decidedBy === 'only-new').map(({ state }) => state)).toContain('unchanged');
  });

  it('is blocked by what the base has if it does not set onlyNew', async () => {
    const verdict = await changed({ 'web.yaml': privilegedDeployment }, config('severity: { high: block }'));
    expect(ruled(verdict, 'block')).toEqual(['privileged']);
  });

  it.each<[string, readonly string[]]>([
    ['an exclusion', ['exclude: ["**"]', 'expectManifests: false']],
    ['other paths', ['paths: [docs]', 'expectManifests: false']],
    ['a severity', ['severity: { critical: allow }']],
    ['a disabled engine', ['engines: { cel: false }']],
    ['a disabled rule', ['engines: { cel: { disable: [privileged] } }']],
    ['onlyNew', ['onlyNew: true']],
  ])('hides nothing of what it adds by %s', async (_what, lines) => {
    const verdict = await changed({ 'web.yaml': goodDeployment }, { ...config(...lines), 'api.yaml': api });
    expect(verdict.outcome).toBe('block');
    expect(ruled(verdict, 'block')).toEqual(['privileged']);
  });

  it('hides no change of an old critical finding by onlyNew', async () => {
    const other = privilegedDeployment.replace('shop/web:2.4.1', 'evil:1');
    const verdict = await changed({ 'web.yaml': privilegedDeployment }, { ...config('onlyNew: true'), 'web.yaml': other });
    expect(ruled(verdict, 'block')).toEqual(['privileged']);
  });

  it('is not blocked by what the base has in files that it excludes, unless it changes something else', async () => {
    const base = { 'web.yaml': goodDeployment, 'tests/api.yaml': api };
    const first = config('exclude: [tests/**]');
    expect((await changed(base, first)).outcome).toBe('warn');
    expect(ruled(await changed(base, { ...first, 'a.md': 'a' }), 'block')).toEqual(['privileged']);
    expect(ruled(await changed(base, { ...first, 'tests/api.yaml': api.replace('2.4.1', '3') }), 'block')).toEqual([
      'privileged',
    ]);
    expect(ruled(await changed({ ...base, 'api.yaml': api }, first), 'block')).toEqual(['privileged']);
  });

  it('is blocked where the gate could not read it', async () => {
    const verdict = await changed({ 'web.yaml': goodDeployment }, config('onlyNew: perhaps'));
    expect(ruled(verdict, 'block')).toEqual(['config-broken']);
  });

  it('gets no more than the defaults where the base has a configuration', async () => {
    const verdict = await changed(
      { 'web.yaml': privilegedDeployment, ...config('severity: { high: block }') },
      config('severity: { high: block }', 'onlyNew: true'),
    );
    expect(ruled(verdict, 'block').toSorted()).toEqual(['config-loosened', 'privileged']);
  });

  describe('to a base with an error', () => {
    const base = { 'web.yaml': goodDeployment, 'tests/broken.yaml': broken };

    it('warns of it, and is not an error', async () => {
      const verdict = await changed(base, { ...config('exclude: [tests/**]'), ...workflow });
      expect(verdict.errors).toEqual([]);
      expect(verdict.outcome).toBe('warn');
      expect(ruled(verdict, 'warn')).toContain('not-evaluated');
    });

    it.each<[string, Tree]>([
      ['changes a manifest as well', { 'web.yaml': `# a note\n${goodDeployment}` }],
      ['has another error', { '.github/more.yaml': broken }],
      ['has the error elsewhere', { 'tests/broken.yaml': `${broken}# more\n` }],
    ])('is an error if it %s', async (_what, more) => {
      const verdict = await changed(base, { ...config('exclude: [tests/**, .github/**]'), ...more });
      expect(verdict.outcome).toBe('error');
    });
  });

  it('may expect an empty repository, but not one that it empties', async () => {
    const first = config('expectManifests: false');
    expect((await changed({ 'readme.md': 'a' }, first)).outcome).not.toBe('error');
    expect((await changed({ 'web.yaml': goodDeployment }, first, ['web.yaml'])).outcome).toBe('error');
    expect((await changed({ 'readme.md': 'a' }, { ...first, 'other.md': 'b' })).outcome).toBe('error');
  });
});
