import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { nodePorts } from '../../test/support/node-ports.ts';
import { emptyFolder, removeTempFolders } from '../../test/support/temp-folders.ts';
import type { StoredResult } from '../engines/results.ts';
import { openStore, type ResultStore } from './store.ts';

afterAll(removeTempFolders);

const key = (letter: string): string => letter.repeat(64);
const build = key('b');
const result: StoredResult = {
  status: 'evaluated',
  findings: [
    {
      engine: 'cel',
      rule: 'privileged',
      category: 'policy',
      title: 'runs privileged',
      severity: 'critical',
      subject: { kind: 'resource', resource: '', path: ['spec', 'containers', 0] },
      fix: { text: 'unset it', patch: [{ op: 'remove', path: '/spec' }] },
    },
  ],
};

interface Opening {
  readonly secret?: string;
  readonly build?: string;
  readonly now?: string;
}

async function open(folder: string, { secret = 'secret', now = '2026-11-25', ...rest }: Opening = {}) {
  const warnings: string[] = [];
  const ports = {
    ...nodePorts,
    clock: { ...nodePorts.clock, now: () => new Date(now) },
    log: { ...nodePorts.log, warn: (text: string) => void warnings.push(text) },
  };
  return { warnings, store: await openStore({ ports, folder, secret, build, ...rest }) };
}

async function saved(folder: string, opening?: Opening): Promise<string> {
  const { store } = await open(folder, opening);
  store.results.keep('cel', key('1'), result);
  store.results.keep('cel', key('2'), { status: 'not-applicable', reason: 'no policy', findings: [] });
  await store.save();
  return path.join(folder, 'b'.repeat(16), 'cel.results');
}
const found = ({ results }: ResultStore) => ['1', '2'].map((letter) => results.find('cel', key(letter))?.status);

describe('results on disk', () => {
  it('keep integers of patches that JSON would round', async () => {
    const folder = emptyFolder();
    const [finding] = result.findings;
    if (finding === undefined) throw new Error('no finding');
    const patch = [{ op: 'add', path: '/spec/runAsUser', value: 9_007_199_254_740_993n }] as const;
    const big: StoredResult = { ...result, findings: [{ ...finding, fix: { text: 'set it', patch } }] };
    const { store } = await open(folder);
    store.results.keep('cel', key('3'), big);
    await store.save();
    expect((await open(folder)).store.results.find('cel', key('3'))).toEqual(big);
  });

  it('are those that were kept', async () => {
    const folder = emptyFolder();
    await saved(folder);
    const { store, warnings } = await open(folder);
    expect(store.results.find('cel', key('1'))).toEqual(result);
    expect(found(store)).toEqual(['evaluated', 'not-applicable']);
    expect(store.results.find('trivy', key('1'))).toBeUndefined();
    expect([store.changed(), warnings]).toEqual([false, []]);
  });

  it.each<[string, (text: string) => string]>([
    ['a finding taken out', (text) => text.replace(/"findings":\[\{.*\}\]/, '"findings":[]')],
    [
      'a result moved to another key',
      (text) => text.replace(key('1'), key('3')).replace(key('2'), key('1')).replace(key('3'), key('2')),
    ],
    ['a line cut short', (text) => text.slice(0, 300)],
    ['a seal of zeros', (text) => text.replaceAll(/^[0-9a-f]{64}/gm, '0'.repeat(64))],
    ['a younger day', (text) => text.replaceAll('2026-11-25', '2026-11-26')],
  ])('are dropped with %s', async (_, poison) => {
    const folder = emptyFolder();
    const file = await saved(folder);
    writeFileSync(file, poison(readFileSync(file, 'utf8')));
    const { store, warnings } = await open(folder);
    expect(store.results.find('cel', key('1'))).toBeUndefined();
    expect(warnings.filter((text) => text.includes('did not write')).length).toBeLessThanOrEqual(1);
    await store.save();
    const after = await open(folder);
    expect(after.store.results.find('cel', key('1'))).toBeUndefined();
  });

  it.each<[string, Opening]>([
    ['somebody with another secret', { secret: 'other' }],
    ['another build', { build: `${'b'.repeat(16)}${'c'.repeat(48)}` }],
  ])('of %s are foreign, dropped, and reported once', async (_, opening) => {
    const folder = emptyFolder();
    await saved(folder);
    const { store, warnings } = await open(folder, opening);
    expect(found(store)).toEqual([undefined, undefined]);
    expect(warnings).toEqual([expect.stringContaining('did not write')]);
    expect(store.changed()).toBe(true);
  });

  it('of another engine are foreign, too', async () => {
    const folder = emptyFolder();
    const file = await saved(folder);
    writeFileSync(file.replace('cel.results', 'trivy.results'), readFileSync(file));
    const { store } = await open(folder);
    expect(store.results.find('trivy', key('1'))).toBeUndefined();
  });

  it('go when nobody asks for them', async () => {
    const folder = emptyFolder();
    await saved(folder, { now: '2026-11-01' });
    const used = await open(folder, { now: '2026-11-14' });
    used.store.results.find('cel', key('1'));
    await used.store.save();
    const later = await open(folder, { now: '2026-11-20' });
    await later.store.save();
    expect(found((await open(folder, { now: '2026-11-20' })).store)).toEqual(['evaluated', undefined]);
  });

  it('of an old version of the gate are removed', async () => {
    const folder = emptyFolder();
    const file = await saved(folder);
    const long = new Date('2026-11-01').getTime() / 1000;
    utimesSync(file, long, long);
    const { store } = await open(folder, { build: key('d') });
    store.results.keep('cel', key('1'), result);
    await store.save();
    expect(readdirSync(folder, { recursive: true }).toSorted()).toEqual([
      'b'.repeat(16),
      'd'.repeat(16),
      `${'d'.repeat(16)}/cel.results`,
    ]);
  });

  it.each([
    ['text', 'not a store\n'],
    ['a file that is not text', Buffer.from([0xff, 0xfe, 0x00])],
  ])('that are %s are ignored', async (_, content) => {
    const folder = emptyFolder();
    writeFileSync(await saved(folder), content);
    expect(found((await open(folder)).store)).toEqual([undefined, undefined]);
  });

  it('that can not be written cost time only', async () => {
    const folder = path.join(emptyFolder(), 'file');
    writeFileSync(folder, '');
    const { store, warnings } = await open(folder);
    store.results.keep('cel', key('1'), result);
    await store.save();
    expect(warnings).toEqual([expect.stringContaining('results are not kept')]);
    expect(store.results.find('cel', key('1'))).toEqual(result);
  });
});
