import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { fixCommand } from '../../src/commands/fix.ts';
import type { Image } from '../../src/model/image.ts';
import type { RegistryDocument } from '../../src/ports/ports.ts';
import { commit, repository } from '../support/git-repository.ts';
import { runCommand } from '../support/in-process.ts';
import { blob, descriptor, type OciImage, pushImage } from '../support/oci-image.ts';
import { bareImage, endOfLifeAlpine, rebuiltAlpine, vulnerableAlpine, vulnerableDebian } from '../support/sample-images.ts';

import { installedTool } from '../support/tools.ts';
import { type Bench, errors, objectOf, runTrivyEngine } from '../support/trivy-bench.ts';
import { goVersion } from '../support/trivy-db.ts';
import { useTrivyRegistry } from '../support/trivy-registry.ts';

const [tool, registryTool, helm, kustomize] = await Promise.all(
  ['trivy', 'registry', 'helm', 'kustomize'].map((id) => installedTool(id)),
);
const missing = [tool ? '' : 'trivy', registryTool ? '' : 'registry', goVersion() === undefined ? 'go' : ''].filter(Boolean);

describe.skipIf(missing.length > 0)(`newer images${missing.length > 0 ? ` (skipped: no ${missing.join(', ')})` : ''}`, () => {
  const registry = useTrivyRegistry(registryTool?.path);

  const push = (image: OciImage, repository: string, tag: string) => pushImage(image, registry.host, repository, tag);
  const usedBy = (reference: string): Pick<Bench, 'resources' | 'images'> => {
    const pod = objectOf('web', 'Pod', { spec: { containers: [{ name: 'web', image: reference }] } });
    const image: Image = {
      reference,
      source: { kind: 'registry' },
      uses: [{ resource: 'web', containerKind: 'container', container: 'web', path: ['spec', 'containers', 0, 'image'] }],
    };
    return { resources: [pod], images: [image] };
  };
  async function judge(reference: string, updates: 'off' | 'tags' | 'scan', bench: Partial<Bench> = {}) {
    const options = { scanners: ['vuln' as const], updates, db: { repository: registry.database }, ...bench.options };
    const run = await runTrivyEngine({
      tool,
      cacheDir: registry.cacheDir,
      named: [registry.host],
      ...usedBy(reference),
      ...bench,
      options,
    });
    expect(errors(run)).toEqual([]);
    const vulnerabilities = run.findings.filter(({ rule }) => rule.startsWith('CVE-')).map(({ rule }) => rule);
    return {
      vulnerabilities,
      suggested: run.findings.filter(({ rule }) => rule.startsWith('image/')),
      notes: run.notes.filter((note) => !note.startsWith('vulnerability database of')),
    };
  }
  /** With other answers to requests of a path. */
  const answering = (part: string, answer: (path: string) => RegistryDocument): Pick<Bench, 'ports'> => ({
    ports: (real) => ({
      ...real,
      registries: {
        ...real.registries,
        read: (item, options) =>
          item.path.includes(part) ? Promise.resolve(answer(item.path)) : real.registries.read(item, options),
      },
    }),
  });
  const both = ['CVE-2021-44906', 'CVE-2025-9230'];

  it('are not looked up by default', async () => {
    const web = await push(vulnerableAlpine, 'off/web', '1.25.3-alpine');
    await push(rebuiltAlpine, 'off/web', '1.25.5-alpine');
    const asked: string[] = [];
    const bench = answering('tags/list', (path) => {
      asked.push(path);
      return { status: 'absent' };
    });
    expect((await judge(web, 'off', bench)).suggested).toEqual([]);
    expect(asked).toEqual([]);
  });

  it('are named without a claim where they are not scanned', async () => {
    const web = await push(vulnerableAlpine, 'listed/web', '1.25.3-alpine');
    for (const tag of ['1.25.4', '1.25.4-alpine', '1.25.5-alpine', '1.26.1-alpine', '2.0.0-alpine', 'latest'])
      await push(rebuiltAlpine, 'listed/web', tag);
    const { suggested, vulnerabilities } = await judge(web, 'tags');
    expect(vulnerabilities.toSorted()).toEqual(both);
    expect(suggested).toMatchObject([
      {
        rule: 'image/newer-tag',
        category: 'best-practice',
        severity: 'low',
        title: `${web} has vulnerabilities with a fix, and newer tags that were not scanned: 1.25.5-alpine, 1.26.1-alpine`,
        subject: { kind: 'resource', resource: 'web', path: ['spec', 'containers', 0, 'image'] },
      },
    ]);
    expect(suggested[0]?.fix?.patch).toBeUndefined();
  });

  it('are scanned, with what the newest patch release removes, and a patch', async () => {
    const web = await push(vulnerableAlpine, 'scanned/web', '1.25.3');
    const pinned = `${web}@${vulnerableAlpine.manifest.digest}`;
    await push(rebuiltAlpine, 'scanned/web', '1.25.5');
    await push(bareImage, 'scanned/web', '1.26.0');
    const { suggested, vulnerabilities } = await judge(web, 'scan');
    expect(vulnerabilities.toSorted()).toEqual(both);
    const newer = web.replace('1.25.3', '1.25.5');
    expect(suggested).toMatchObject([
      {
        title: `${web} has a newer tag, 1.25.5, that removes 1 of its 2 vulnerabilities`,
        detail: `Trivy scanned 1.25.5 (${rebuiltAlpine.manifest.digest}) with the same database. It does not have CVE-2025-9230. Newer, not scanned: 1.26.0.`,
        fix: { patch: [{ op: 'replace', path: '/spec/containers/0/image', value: newer }] },
      },
    ]);
    const [ofPinned] = (await judge(pinned, 'scan')).suggested;
    expect(ofPinned?.fix?.patch).toMatchObject([{ value: `${newer}@${rebuiltAlpine.manifest.digest}` }]);
  });

  it.each([
    { name: 'has no packages that Trivy knows', image: bareImage, note: 'Trivy found no packages in it' },
    { name: 'gets no more updates', image: endOfLifeAlpine, note: 'its distribution gets no more updates' },
  ])('prove nothing where the newer one $name', async ({ name, image, note }) => {
    const repository = `unproven/${name.replaceAll(' ', '-').toLowerCase()}`;
    const web = await push(vulnerableAlpine, repository, '1.0.0');
    await push(image, repository, '1.0.1');
    const { suggested, notes } = await judge(web, 'scan');
    expect(suggested.map(({ title }) => title)).toEqual([
      `${web} has vulnerabilities with a fix, and newer tags that were not scanned: 1.0.1`,
    ]);
    expect(notes).toContain(`${web}: the newer tag 1.0.1 was not compared: ${note}`);
  });

  it('are not suggested if they remove nothing, and have no patch if they add something', async () => {
    const same = await push(vulnerableAlpine, 'same/web', '1.0.0');
    await push({ ...vulnerableAlpine }, 'same/web', '1.0.1');
    expect(await judge(same, 'scan')).toMatchObject({
      suggested: [],
      notes: [`${same}: the newer tag 1.0.1 was scanned and removes none of its 2 vulnerabilities`],
    });
    const other = await push(vulnerableAlpine, 'other/web', '1.0.0');
    await push(vulnerableDebian, 'other/web', '1.0.1');
    const [found] = (await judge(other, 'scan')).suggested;
    expect(found?.title).toBe(`${other} has a newer tag, 1.0.1, that removes 2 of its 2 vulnerabilities and adds 2`);
    expect(found?.fix).toEqual({ text: 'Use the tag 1.0.1.' });
  });

  it.each<[string, RegistryDocument, string]>([
    ['a limit of requests', { status: 'unavailable', why: 'HTTP 429' }, 'HTTP 429'],
    ['no list', { status: 'absent' }, 'the registry does not have it'],
    ['a list that is too large', { status: 'too-large' }, 'the answer of the registry is too large'],
    ['HTML', { status: 'found', bytes: Buffer.from('<html>'), digest: '' }, 'its list of tags cannot be read'],
    [
      'endless pages',
      { status: 'found', bytes: Buffer.from('{"tags":["9.9.9"]}'), digest: '', next: 'tags/list?n=1' },
      'it has more than 20 pages of tags',
    ],
  ])('are a note and no suggestion with %s, and the vulnerabilities stay', async (_name, answer, why) => {
    const web = await push(vulnerableAlpine, 'faulty/web', '1.0.0');
    const found = await judge(
      web,
      'scan',
      answering('tags/list', () => answer),
    );
    expect(found.vulnerabilities.toSorted()).toEqual(both);
    expect(found.suggested).toEqual([]);
    expect(found.notes).toContain(`${web}: newer tags were not looked up: ${why}`);
  });

  it('are a note if their scan cannot start, and the vulnerabilities stay', async () => {
    const web = await push(vulnerableAlpine, 'broken/web', '1.0.0');
    await push(rebuiltAlpine, 'broken/web', '1.0.1');
    const found = await judge(web, 'scan', {
      ports: (real) => {
        let relays = 0;
        const relay: typeof real.registries.relay = (options) => {
          relays += 1;
          return relays > 1 ? Promise.reject(new Error('no free port')) : real.registries.relay(options);
        };
        return { ...real, registries: { ...real.registries, relay } };
      },
    });
    expect(found).toEqual({
      vulnerabilities: expect.arrayContaining(both),
      suggested: [],
      notes: [expect.stringMatching(/^newer images were not looked up: .*no free port/)],
    });
  });

  it('are found on the second page', async () => {
    const web = await push(vulnerableAlpine, 'pages/web', '1.0.0');
    const bench = answering('tags/list', (path) =>
      path.endsWith('n=1000')
        ? { status: 'found', bytes: Buffer.from('{"tags":["1.0.0"]}'), digest: '', next: 'tags/list?last=1.0.0' }
        : { status: 'found', bytes: Buffer.from('{"tags":["1.0.1"]}'), digest: '' },
    );
    expect((await judge(web, 'tags', bench)).suggested[0]?.title).toContain('not scanned: 1.0.1');
  });

  describe('of the base', () => {
    const annotated = (image: OciImage, name: string, digest: string): OciImage => {
      const manifest = JSON.parse(image.manifest.bytes.toString('utf8'));
      const annotations = { 'org.opencontainers.image.base.name': name, 'org.opencontainers.image.base.digest': digest };
      return { ...image, manifest: blob(image.manifest.mediaType, JSON.stringify({ ...manifest, annotations })) };
    };

    it('are reported if the tag of the base has another digest, also if only a platform was named', async () => {
      const base = await push(rebuiltAlpine, 'base/alpine', '3.22');
      const index = blob(
        'application/vnd.oci.image.index.v1+json',
        JSON.stringify({ schemaVersion: 2, manifests: [descriptor(rebuiltAlpine.manifest)] }),
      );
      const [was, now] = [vulnerableAlpine, rebuiltAlpine].map(({ manifest }) => manifest.digest);
      const old = await push(annotated(vulnerableAlpine, base, was ?? ''), 'base/web', 'old');
      const { suggested } = await judge(old, 'tags');
      expect(suggested).toMatchObject([
        {
          rule: 'image/base-updated',
          title: `the base image ${base} has been updated since ${old} was built`,
          detail: expect.stringContaining(`It was built on ${was}; the tag has the digest ${now} now, which was not scanned.`),
          severity: 'low',
        },
      ]);
      const current = await push(annotated(vulnerableAlpine, base, now ?? ''), 'base/web', 'current');
      expect((await judge(current, 'tags')).suggested).toEqual([]);
      const indexed = await fetch(`http://${registry.host}/v2/base/alpine/manifests/index`, {
        method: 'PUT',
        body: new Uint8Array(index.bytes),
        headers: { 'content-type': index.mediaType },
      });
      expect(indexed.status).toBe(201);
      const platform = base.replace('3.22', 'index');
      const ofIndex = await push(annotated(vulnerableAlpine, platform, now ?? ''), 'base/web', 'index');
      expect((await judge(ofIndex, 'tags')).suggested).toEqual([]);
    });

    it('are a note if the base cannot be read, also if it is at a private address that nobody named', async () => {
      const gone = `${registry.host}/base/gone:1`;
      const web = await push(annotated(vulnerableAlpine, gone, `sha256:${'0'.repeat(64)}`), 'base/lost', 'x');
      expect(await judge(web, 'tags')).toMatchObject({
        suggested: [],
        notes: [`${web}: whether its base was updated is not known: its base ${gone}: the registry does not have it`],
      });
      const hidden = await push(
        annotated(vulnerableAlpine, '10.0.0.1/internal/app:1', `sha256:${'0'.repeat(64)}`),
        'base/lost',
        'y',
      );
      const { suggested, notes } = await judge(hidden, 'tags');
      expect(suggested).toEqual([]);
      expect(notes.join('\n')).toContain('no request is sent to 10.0.0.1, which is a private address');
    });
  });

  const noRenderers = helm === undefined || kustomize === undefined ? ' (skipped: no helm or kustomize)' : '';
  it.skipIf(noRenderers !== '')(`are written by fix: manifest, values and kustomization${noRenderers}`, async () => {
    const web = await push(vulnerableAlpine, 'fixed/web', '1.25.3');
    await push(rebuiltAlpine, 'fixed/web', '1.25.5');
    const name = web.replace(/:[^:]*$/, '');
    const folder = repository();
    const pod = (image: string) =>
      `apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec:\n  containers:\n    - name: web\n      image: ${image}\n`;
    const files = {
      'plain/pod.yaml': pod(`${web} # web`),
      'chart/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 0.1.0\n',
      'chart/values.yaml': `image:\n  repository: ${name}\n  tag: "1.25.3" # pinned\n`,
      'chart/templates/pod.yaml': pod('"{{ .Values.image.repository }}:{{ .Values.image.tag }}"').replace(
        'name: web }',
        'name: chart }',
      ),
      'overlay/kustomization.yaml': `resources: [pod.yaml]\nimages:\n  - name: web\n    newName: ${name}\n    newTag: 1.25.3\n`,
      'overlay/pod.yaml': pod('web').replace('name: web }', 'name: overlay }'),
      '.k8s-gate.yaml': `version: 1\nimages: { privateRegistries: ["${registry.host}"] }\nengines: { trivy: { scanners: [vuln], updates: scan, db: { repository: "${registry.database}" } } }\n`,
    };
    commit(folder, files);
    const args = ['--engines', 'trivy', '--rule', 'trivy/image/newer-tag', '--no-cache'];
    const { stdout, log } = await runCommand(fixCommand, args, folder);
    const after = Object.fromEntries(Object.keys(files).map((file) => [file, readFileSync(path.join(folder, file), 'utf8')]));
    expect(after, stdout + log).toEqual({
      ...files,
      'plain/pod.yaml': files['plain/pod.yaml'].replace('1.25.3', '1.25.5'),
      'chart/values.yaml': files['chart/values.yaml'].replace('1.25.3', '1.25.5'),
      'overlay/kustomization.yaml': files['overlay/kustomization.yaml'].replace('1.25.3', '1.25.5'),
    });
  });
});
