import { describe, expect, it } from 'vitest';
import { completed, engineFinding, image, manifestSet, resource } from '../../test/support/model.ts';
import type { EngineFinding } from '../model/finding.ts';
import type { Resource } from '../model/resource.ts';
import { collectFindings } from './collect.ts';

const random = (uid: string, name: string, part: Partial<Resource> = {}): Resource =>
  resource({ uid, kind: 'Pod', apiVersion: 'v1', name, stableName: `test-${'?'.repeat(name.length - 5)}`, ...part });
const about = (uid: string, part: Partial<EngineFinding> = {}): EngineFinding =>
  engineFinding({ subject: { kind: 'resource', resource: uid, path: ['spec'] }, ...part });
const collect = (resources: readonly Resource[], findings: readonly EngineFinding[], images = manifestSet().images) =>
  collectFindings([completed({ findings })], manifestSet({ resources, images }));
const keys = (resources: readonly Resource[]) =>
  collect(
    resources,
    resources.map(({ uid }) => about(uid)),
  ).flatMap(({ baselineKeys }) => baselineKeys);

describe('findings of a resource with a random name', () => {
  it('have the same identity in each rendering, also where texts are alike by chance', () => {
    const same = [
      random('obj-1', 'test-abcde'),
      random('obj-1', 'test-vwxyz'),
      random('obj-1', 'test-axxxx', { stableName: 'test-a????' }),
    ];
    const found = same.map((one) =>
      collect([one], [about('obj-1')]).map(({ fingerprint, baselineKeys, resources }) => [fingerprint, baselineKeys, resources]),
    );
    expect(found[1]).toEqual(found[0]);
    expect(found[2]?.[0]?.slice(0, 2)).toEqual(found[0]?.[0]?.slice(0, 2));
    expect(found[0]?.[0]?.[2]).toEqual(['Pod shop/test-?????']);
  });

  it('are not those of a resource that is called so, of another kind, or of another template', () => {
    const elsewhere = { source: { kind: 'plain', unit: 'other.yaml' } } as const;
    const all = [
      random('obj-1', 'test-abcde'),
      random('obj-1', 'test-abcde', { kind: 'Job' }),
      random('obj-1', 'test-abcde', elsewhere),
      resource({ uid: 'obj-1', kind: 'Pod', apiVersion: 'v1', name: 'test-*' }),
    ];
    expect(new Set(all.flatMap((one) => keys([one]))).size).toBe(all.length);
  });

  it('are apart for two of them in one rendering, and not for one in each environment', () => {
    const in2 = (environments: readonly [string, string]) =>
      keys([
        random('obj-1', 'test-abcde', { environments: [environments[0]] }),
        random('obj-2', 'test-vwxyz', { environments: [environments[1]] }),
      ]);
    expect(new Set(in2(['production', 'production'])).size).toBe(2);
    expect(new Set(in2(['production', 'staging'])).size).toBe(1);
  });

  it('are one row for all environments, whatever an engine calls the resource', () => {
    const pods = [
      random('obj-1', 'test-abcde', { environments: ['production'] }),
      random('obj-2', 'test-vwxyz', { environments: ['staging'] }),
    ];
    const found = collect(
      pods,
      pods.map(({ uid, name }) => about(uid, { title: `Pod ${name} is off` })),
    );
    expect(found.map(({ title, environments }) => [title, environments])).toEqual([
      ['Pod test-????? is off', ['production', 'staging']],
    ]);
  });
});

describe('what a finding is about', () => {
  const runs = { spec: { containers: [{ name: 'a', image: 'a:1' }] } };

  it('is kept for what is critical, resource by resource, and where it was rendered for all', () => {
    const pods = ['production', 'staging'].map((environment, index) =>
      resource({ uid: `obj-${index}`, object: runs, environments: [environment], source: { kind: 'helm', unit: 'app' } }),
    );
    const [critical] = collect(
      pods,
      pods.map(({ uid }) => about(uid, { severity: 'critical' })),
    );
    expect(critical?.about?.map(({ environments }) => environments)).toEqual([['production'], ['staging']]);
    expect(critical?.units).toEqual(['app']);
    const [high] = collect(
      pods,
      pods.map(({ uid }) => about(uid, { severity: 'high' })),
    );
    expect(high).not.toHaveProperty('about');
  });

  it('is the image itself for a vulnerability: it stays old under a new tag', () => {
    const found = collect(
      [resource({ uid: 'obj-1', object: runs })],
      [engineFinding({ severity: 'critical', category: 'vulnerability', subject: { kind: 'image', reference: 'a:1' } })],
      [image('a:1', [{ resource: 'obj-1', path: ['spec', 'containers', 0, 'image'], containerKind: 'container' }])],
    );
    expect(found[0]).not.toHaveProperty('about');
    expect(found[0]?.units).toEqual(['deploy/app.yaml']);
  });
});

describe('findings of Helm test hooks', () => {
  const hook = (uid: string, testHook?: true) => resource({ uid, ...(testHook && { testHook }) });
  const use = (uid: string) => ({ resource: uid, path: ['spec'], containerKind: 'container' as const });
  const ofImage = (...uses: readonly Resource[]) =>
    collect(
      uses,
      [engineFinding({ subject: { kind: 'image', reference: 'a:1' } })],
      [
        image(
          'a:1',
          uses.map(({ uid }) => use(uid)),
        ),
      ],
    )[0]?.testHook;

  it('are known, for an image only where nothing else runs it', () => {
    expect(collect([hook('obj-1', true)], [about('obj-1')])[0]?.testHook).toBe(true);
    expect(ofImage(hook('obj-1', true), hook('obj-2', true))).toBe(true);
    expect(ofImage(hook('obj-1', true), hook('obj-2'))).toBeUndefined();
  });

  it('are ignored if merged with a deployed resource, in either order', () => {
    for (const pair of [
      [hook('obj-1', true), hook('obj-2')],
      [hook('obj-1'), hook('obj-2', true)],
    ]) {
      const found = collect(
        pair,
        pair.map(({ uid }) => about(uid)),
      );
      expect(found.map(({ testHook }) => testHook)).toEqual([undefined]);
    }
  });
});
