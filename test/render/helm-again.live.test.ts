import { afterAll, describe, expect, it } from 'vitest';
import { removeTempFolders } from '../support/temp-folders.ts';
import { installedTool } from '../support/tools.ts';
import { renderRepository } from './bench.ts';

const tool = await installedTool('helm');
const tools = () => (tool === undefined ? Promise.reject(new Error('no helm')) : Promise.resolve(tool));
const meta = { 'c/Chart.yaml': 'apiVersion: v2\nname: demo\nversion: 1.0.0\n' };
const pod = (name: string, hook?: string, more = '') =>
  `apiVersion: v1\nkind: Pod\nmetadata:\n  name: ${name}\n${hook === undefined ? '' : `  annotations: { helm.sh/hook: "${hook}" }\n`}spec:\n  containers: [{ name: a, image: "a:1" }]\n${more}`;

async function rendered(files: Readonly<Record<string, string>>) {
  const set = await renderRepository({ ...meta, ...files }, tools);
  expect(set.failures).toEqual([]);
  return set.resources;
}

describe.skipIf(tool === undefined)(
  `helm rendered once more${tool === undefined ? ' (skipped: no helm in the tool cache)' : ''}`,
  () => {
    afterAll(removeTempFolders);

    it.each([
      ['randAlphaNum 8 | lower', 'demo-????????'],
      ['uuidv4', 'demo-????????-????-????-????-????????????'],
      ['now | date "150405"', 'demo-??????'],
      ['now.Unix', 'demo-??????????'],
      ['randNumeric 6', 'demo-??????'],
    ])('knows what %s makes of a name', async (code, name) => {
      const [found] = await rendered({ 'c/templates/a.yaml': pod(`demo-{{ ${code} }}`) });
      // Of random texts a character may be the same by chance.
      expect(found?.stableName).toHaveLength(name.length);
      expect(found?.stableName?.replaceAll(/(?<=-.*)[a-z0-9]/g, '?')).toBe(name);
      expect(found?.stableObject).toMatchObject({ metadata: { name: name.replaceAll(/\?+/g, '*') } });
    });

    it('knows names of a value that is a template, and of a template in a file of any kind', async () => {
      const [found] = await rendered({
        'c/values.yaml': 'name: "x-{{ randAlpha 9 | lower }}"\n',
        'c/templates/a.yaml': pod('{{ tpl .Values.name . }}'),
      });
      expect(found?.stableName).toMatch(/^x-[a-z?]{9}$/);
      const [other] = await rendered({
        'c/files/name.txt': 'x-{{ randAlpha 9 | lower }}',
        'c/templates/a.yaml': pod('{{ tpl (.Files.Get "files/name.txt") . }}'),
      });
      expect(other?.stableName).toMatch(/^x-[a-z?]{9}$/);
    });

    it('leaves what is not random as it is, and names in a chart with random values', async () => {
      const [secret, plain] = await rendered({
        'c/templates/a.yaml': 'apiVersion: v1\nkind: Secret\nmetadata: { name: s }\nstringData: { p: "{{ randAlphaNum 30 }}" }\n',
        'c/templates/b.yaml': pod('p'),
      });
      expect(secret?.stableName).toBeUndefined();
      expect(secret?.stableObject).toMatchObject({ metadata: { name: 's' }, stringData: { p: '*' } });
      expect(plain).not.toHaveProperty('stableName');
      expect(plain).not.toHaveProperty('stableObject');
    });

    it('knows the tests of a release', async () => {
      const found = await rendered({
        'c/templates/tests/t.yaml': pod('t', 'test'),
        'c/templates/u.yaml': pod('u', 'test,post-install'),
        'c/templates/p.yaml': pod('p'),
      });
      expect(found.map(({ name, testHook }) => [name, testHook === true]).toSorted()).toEqual([
        ['p', false],
        ['t', true],
        ['u', false],
      ]);
    });

    it('distinguishes them from definitions that are installed whatever their annotations', async () => {
      const forged = `${pod('first', 'test')}---\n# Source: demo/templates/tests/t.yaml\n${pod('second', 'test')}`;
      const found = await rendered({ 'c/crds/x.yaml': forged, 'c/templates/tests/t.yaml': pod('t', 'test') });
      expect(found.map(({ name, testHook }) => [name, testHook === true]).toSorted()).toEqual([
        ['first', false],
        ['second', false],
        ['t', true],
      ]);
    });

    it('knows that the items of a list are not hooks', async () => {
      const item = JSON.stringify({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'i', annotations: { 'helm.sh/hook': 'test' } },
        spec: {},
      });
      const [found] = await rendered({ 'c/templates/l.yaml': `apiVersion: v1\nkind: List\nitems: [${item}]\n` });
      expect([found?.name, found?.testHook]).toEqual(['i', undefined]);
    });
  },
);

describe('a test hook elsewhere', () => {
  it('is an object as any other', async () => {
    const set = await renderRepository({ 'a.yaml': pod('t', 'test') }, tools);
    expect(set.resources.map(({ testHook }) => testHook)).toEqual([undefined]);
  });
});
