import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createResults } from '../../src/engines/results.ts';
import { formatPath } from '../../src/model/field-path.ts';
import type { Image } from '../../src/model/image.ts';
import { dockerArchive, ociArchive, pushImage, writeOciLayout } from '../support/oci-image.ts';
import { plainCanonicalizer } from '../support/plain-canonicalizer.ts';
import { startRegistry } from '../support/registry.ts';
import {
  bareImage,
  endOfLifeAlpine,
  imageWithSecretInEnv,
  jarImage,
  licensedDebian,
  plantedKey,
  vulnerableAlpine,
  vulnerableDebian,
} from '../support/sample-images.ts';
import { emptyFolder } from '../support/temp-folders.ts';
import { installedTool } from '../support/tools.ts';
import { advisories, canaryAdvisory } from '../support/trivy-advisories.ts';
import { type Bench, errors, imageFindings, imageOf, objectOf, rules, runTrivyEngine, statuses } from '../support/trivy-bench.ts';
import { goVersion, pushTrivyDb } from '../support/trivy-db.ts';
import { useTrivyRegistry } from '../support/trivy-registry.ts';
import { startTrivyServer } from '../support/trivy-server.ts';

const [tool, registryTool] = await Promise.all([installedTool('trivy'), installedTool('registry')]);
const missing = [tool ? '' : 'trivy', registryTool ? '' : 'registry', goVersion() === undefined ? 'go' : ''].filter(Boolean);
const skipped = missing.length > 0;

const day = 86_400_000;
const privileged = objectOf('privileged', 'Deployment', {
  spec: {
    template: {
      spec: {
        hostNetwork: true,
        containers: [
          { name: 'quiet', image: 'shop/quiet:1' },
          { name: 'loud', image: 'shop/loud:1', securityContext: { privileged: true } },
        ],
      },
    },
  },
});
const service = objectOf('service', 'Service', { spec: { ports: [{ port: 80 }] } });

describe.skipIf(skipped)(`trivy, live${skipped ? ` (skipped: no ${missing.join(', ')})` : ''}`, () => {
  const registry = useTrivyRegistry(registryTool?.path);

  /** Images only, with the shared database. */
  const judge = (images: readonly Image[], bench: Partial<Bench> = {}) =>
    runTrivyEngine({
      tool,
      images,
      cacheDir: registry.cacheDir,
      named: [registry.host],
      ...bench,
      options: { scanners: ['vuln', 'secret'], db: { repository: registry.database }, ...bench.options },
    });
  const judgeManifests = (bench: Partial<Bench>) =>
    runTrivyEngine({ tool, ...bench, options: { scanners: ['misconfig', 'secret'], ...bench.options } });
  const alpineFindings = [
    'CVE-2021-44906 minimist 1.2.0',
    'CVE-2025-9230 libcrypto3 3.5.1-r0',
    'aws-access-key-id /app/settings.ini',
  ];

  describe('images', () => {
    it('have their packages listed if they are wanted, although their results are known', async () => {
      const alpine = await pushImage(vulnerableAlpine, registry.host, 'shop/listed', '1');
      const results = createResults();
      const without = await judge([imageOf(alpine)], { results });
      expect(without.packages).toBeUndefined();
      const run = await judge([imageOf(alpine)], { results, packages: true });
      expect(run.packages?.[alpine]?.map(({ name }) => name)).toEqual(expect.arrayContaining(['libcrypto3', 'minimist']));
      expect(run.findings).toEqual(without.findings);
      expect(run.databases).toEqual({ vulnerabilities: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) });
    });

    it('have their licenses evaluated, with and without the scanner for vulnerabilities, and again if the lists change', async () => {
      const image = await pushImage(licensedDebian, registry.host, 'shop/licensed', '1');
      const results = createResults();
      const titles = async (deny: readonly string[], scanners: ('vuln' | 'secret')[]) => {
        const { findings } = await judge([imageOf(image)], {
          results,
          licenses: { deny, unknown: 'low' },
          options: { scanners, db: { repository: registry.database } },
        });
        return findings.map(({ severity, rule, title }) => `${severity} ${rule} ${title}`);
      };
      const gpl = [
        'critical license/denied bash 1: GPL-3.0-or-later is denied by `licenses.deny`',
        'critical license/denied both 1.0.0: GPL-2.0-only is denied by `licenses.deny`',
      ];
      const unknown = [
        'low license/unknown debian: the license of silent is unknown',
        'low license/unknown odd 1: no SPDX license, and not in `licenses`: My own terms',
      ];
      expect((await titles(['GPL-*'], ['vuln', 'secret'])).toSorted()).toEqual([...gpl, ...unknown]);
      expect((await titles(['GPL-*'], ['secret'])).toSorted()).toEqual([...gpl, ...unknown]);
      expect((await titles(['AGPL-*'], ['vuln', 'secret'])).toSorted()).toEqual(unknown);
      const alpine = await pushImage(vulnerableAlpine, registry.host, 'shop/alpine', '1');
      // As many as have a server of their own.
      const served = await judge([imageOf(image), imageOf(alpine)], {
        licenses: { deny: ['GPL-*', 'MIT'], unknown: 'low' },
        options: { scanners: ['secret', 'vuln'], parallel: 2, db: { repository: registry.database } },
      });
      const denied = served.findings.filter(({ rule }) => rule === 'license/denied').map(({ title }) => title.split(':')[0]);
      expect(denied.toSorted()).toEqual(['bash 1', 'both 1.0.0', 'choice 1.0.0', 'minimist 1.2.0', 'musl 1.2.5-r10']);
      const bare = await pushImage(bareImage, registry.host, 'shop/bare', '1');
      const { findings } = await judge([imageOf(bare)], { licenses: { deny: ['GPL-*'], unknown: 'unknown' } });
      expect(findings.map(({ severity, rule }) => `${severity} ${rule}`)).toEqual(['unknown license/unknown']);
    });

    it('are judged by reference: system packages, libraries and secrets', async () => {
      const alpine = await pushImage(vulnerableAlpine, registry.host, 'shop/alpine', '1');
      const debian = await pushImage(vulnerableDebian, registry.host, 'shop/debian', '1');
      const run = await judge([imageOf(alpine), imageOf(debian)]);
      expect(imageFindings(run, alpine)).toEqual(alpineFindings);
      expect(imageFindings(run, debian)).toEqual(['CVE-2023-32681 requests 2.25.0', 'CVE-2023-4863 libwebp7 1.2.4-0.2']);
      expect(run.notes).toContain(`vulnerability database of ${new Date().toISOString().slice(0, 10)}`);
      expect(JSON.stringify(run)).not.toContain(plantedKey);
    });

    it('are judged from archives and OCI directories', async () => {
      const workspace = emptyFolder();
      writeFileSync(path.join(workspace, 'docker.tar'), dockerArchive(vulnerableAlpine, 'shop/docker:1'));
      writeFileSync(path.join(workspace, 'oci.tar'), ociArchive(vulnerableAlpine));
      writeOciLayout(vulnerableAlpine, path.join(workspace, 'layout'));
      const images = [
        imageOf('shop/docker:1', { kind: 'archive', path: 'docker.tar' }),
        imageOf('shop/oci:1', { kind: 'archive', path: 'oci.tar' }),
        imageOf('shop/layout:1', { kind: 'oci-layout', path: 'layout' }),
      ];
      const run = await judge(images, { workspace });
      for (const image of images) expect(imageFindings(run, image.reference)).toEqual(alpineFindings);
    });

    it('that are not available are named, and the others are judged', async () => {
      const alpine = await pushImage(vulnerableAlpine, registry.host, 'shop/alpine', '1');
      const closed = await startRegistry(registryTool?.path ?? '');
      closed.stop();
      const unknown = `${registry.host}/shop/unknown:1`;
      const down = `${closed.host}/shop/web:1`;
      const images = [imageOf(unknown), imageOf(down), imageOf(alpine)];
      const gone = imageOf('shop/gone:1', { kind: 'archive', path: 'gone.tar' });
      const run = await judge([...images, gone], { named: [registry.host, closed.host] });
      expect(statuses(run)).toEqual({ [unknown]: 'failed', [down]: 'failed', [alpine]: 'evaluated', 'shop/gone:1': 'failed' });
      expect(errors(run).map((error) => error.code)).toEqual(['IMAGE_UNAVAILABLE', 'IMAGE_UNAVAILABLE', 'IMAGE_UNAVAILABLE']);
      expect(errors(run).map((error) => error.message)).toEqual([
        expect.stringContaining(`${unknown} was not scanned: its registry has no such image`),
        expect.stringContaining(`${down} was not scanned: its registry could not be reached`),
        expect.stringContaining('gone.tar does not exist'),
      ]);
    });

    it('that are files show nothing else of the machine', async () => {
      const workspace = emptyFolder();
      writeOciLayout(vulnerableAlpine, path.join(workspace, 'layout'));
      symlinkSync('/etc/passwd', path.join(workspace, 'layout/blobs/sha256/link'));
      symlinkSync('/etc/passwd', path.join(workspace, 'web.tar'));
      const run = await judge(
        [
          imageOf('shop/link:1', { kind: 'oci-layout', path: 'layout' }),
          imageOf('shop/tar:1', { kind: 'archive', path: 'web.tar' }),
        ],
        { workspace },
      );
      expect(statuses(run)).toEqual({ 'shop/link:1': 'failed', 'shop/tar:1': 'failed' });
    });

    it('on a system without support, and with nothing known in them, are not passed in silence', async () => {
      const old = await pushImage(endOfLifeAlpine, registry.host, 'shop/old', '1');
      const bare = await pushImage(bareImage, registry.host, 'shop/bare', '1');
      const run = await judge([imageOf(old), imageOf(bare)]);
      expect(imageFindings(run, old)).toEqual(['trivy/os-end-of-life alpine 3.10.9']);
      expect(run.notes).toContainEqual(expect.stringContaining(`${bare}: Trivy found no operating system packages`));
    });

    it('with a secret in an environment variable have it found', async () => {
      const reference = await pushImage(imageWithSecretInEnv, registry.host, 'shop/env', '1');
      const run = await judge([imageOf(reference)]);
      expect(imageFindings(run, reference)).toContain('aws-access-key-id image configuration');
    });

    it('with JAR files fail if the Java index is not available', async () => {
      const emptyZip = Buffer.concat([Buffer.from('PK\u0005\u0006'), Buffer.alloc(18)]);
      const jar = await pushImage(jarImage(emptyZip), registry.host, 'shop/jar', '1');
      const run = await judge([imageOf(jar)], {
        options: { db: { repository: registry.database, javaRepository: `${registry.host}/no-java:1` } },
      });
      expect(errors(run)[0]?.message).toContain('the Java index could not be downloaded');
    });
  });

  describe('the vulnerability database', () => {
    const alpine = async () => imageOf(await pushImage(vulnerableAlpine, registry.host, 'shop/alpine', '1'));

    it('is refused when it is old', async () => {
      const repository = await pushTrivyDb({
        host: registry.host,
        repository: 'old-db',
        updatedAt: new Date(Date.now() - 8 * day),
      });
      const run = await judge([await alpine()], { cacheDir: emptyFolder(), options: { db: { repository } } });
      expect(errors(run).map((error) => error.code)).toEqual(['RESULT_STALE']);
      expect(run.findings).toEqual([]);
    });

    it('is replaced when the cached one is old, though its metadata ask for no update', async () => {
      const cache = emptyFolder();
      const repository = await pushTrivyDb({
        host: registry.host,
        repository: 'frozen-db',
        updatedAt: new Date(Date.now() - 8 * day),
        nextUpdate: new Date(Date.now() + 999 * day),
      });
      await judge([await alpine()], { cacheDir: cache, options: { db: { repository } } });
      const run = await judge([await alpine()], { cacheDir: cache });
      expect(errors(run)).toEqual([]);
    });

    it('is refused when it is cut down: the canary', async () => {
      const rest = advisories.filter((advisory) => advisory !== canaryAdvisory);
      const repository = await pushTrivyDb({ host: registry.host, repository: 'cut-db', advisories: rest });
      const run = await judge([await alpine()], { cacheDir: emptyFolder(), options: { db: { repository } } });
      expect(errors(run)).toEqual([
        expect.objectContaining({ code: 'ENGINE_COVERAGE', message: expect.stringContaining('CVE-2021-44228') }),
      ]);
    });

    it('that is not available fails the images and names what to do, while the manifests are judged', async () => {
      const image = await alpine();
      const options = { scanners: ['vuln', 'misconfig'] as const, db: { repository: `${registry.host}/no-db:2` } };
      const run = await runTrivyEngine({
        tool,
        images: [image],
        resources: [privileged],
        options: { ...options, scanners: [...options.scanners] },
      });
      expect(statuses(run)).toEqual({ privileged: 'evaluated', [image.reference]: 'failed' });
      expect(errors(run)[0]?.message).toContain('engines.trivy.db.repository');
      expect(rules(run.findings, 'misconfiguration')).toContain('KSV-0017');
    });

    it('is used for a while when its repository is down', async () => {
      const run = await judge([await alpine()], { options: { db: { repository: `${registry.host}/no-db:2` } } });
      expect(errors(run)).toEqual([]);
    });

    it('may be a server, which is put to the same test', async () => {
      const server = await startTrivyServer(tool?.path ?? '', registry.database);
      try {
        const image = await alpine();
        const run = await judge([image], { cacheDir: emptyFolder(), options: { server: server.url } });
        expect(imageFindings(run, image.reference)).toEqual(alpineFindings);
        expect(run.notes).toContainEqual(expect.stringMatching(/^vulnerability database of 20\S+ \(server\)$/));
      } finally {
        server.stop();
      }
    });

    it('is needed even where no update is wanted', async () => {
      const run = await judge([await alpine()], { cacheDir: emptyFolder(), options: { db: { skipUpdate: true } } });
      expect(errors(run).map((error) => error.code)).toEqual(['ENGINE_FAILED']);
    });
  });

  describe('manifests', () => {
    it('have misconfigurations at the exact field', async () => {
      const run = await judgeManifests({ resources: [privileged, service] });
      const where = (rule: string) =>
        run.findings
          .filter((found) => found.rule === rule)
          .map((found) => (found.subject.kind === 'resource' ? formatPath(found.subject.path) : ''));
      expect(where('KSV-0017')).toEqual(['spec.template.spec.containers[1].securityContext.privileged']);
      expect(where('KSV-0009')).toEqual(['spec.template.spec.hostNetwork']);
      expect(statuses(run)).toEqual({ privileged: 'evaluated', service: 'evaluated' });
    });

    it('of a kind that no check is about are searched for secrets, and not judged', async () => {
      const run = await judgeManifests({ resources: [privileged, objectOf('release', 'HelmRelease', { spec: { values: {} } })] });
      expect(statuses(run)).toEqual({ privileged: 'evaluated', release: 'not-applicable' });
    });

    it('of a large set are judged in batches, each with its canary', async () => {
      const many = Array.from({ length: 501 }, (_, index) => objectOf(`pod-${index}`, 'Pod', { spec: { hostPID: true } }));
      const run = await judgeManifests({ resources: many, options: { scanners: ['misconfig'] } });
      expect(run.findings.filter((found) => found.rule === 'KSV-0010')).toHaveLength(501);
      expect(run.coverage.filter((entry) => entry.status === 'evaluated')).toHaveLength(501);
    });

    it('that Trivy can not read are not passed', async () => {
      const canonical = {
        write: async (...args: Parameters<typeof plainCanonicalizer.write>) => {
          const written = await plainCanonicalizer.write(...args);
          writeFileSync(written.files.get('service') ?? '', '"kind": [unclosed');
          return written;
        },
      };
      const run = await judgeManifests({ resources: [privileged, service], canonical });
      expect(statuses(run)).toEqual({ privileged: 'evaluated', service: 'failed' });
      expect(errors(run)).toEqual([expect.objectContaining({ code: 'ENGINE_COVERAGE' })]);
    });

    it('have their secrets found wherever they hide, and never shown', async () => {
      const text = `[aws]\naws_access_key_id = ${plantedKey}\n`;
      const resources = [
        objectOf('plain', 'ConfigMap', { data: { id: plantedKey } }),
        objectOf('lines', 'ConfigMap', { data: { 'settings.ini': text } }),
        objectOf('encoded', 'Secret', { data: { settings: Buffer.from(text).toString('base64') } }),
      ];
      const run = await judgeManifests({ resources });
      const secrets = run.findings.filter((found) => found.category === 'secret');
      expect(secrets.map((found) => found.subject)).toEqual([
        { kind: 'resource', resource: 'encoded', path: ['data', 'settings'] },
        { kind: 'resource', resource: 'lines', path: ['data', 'settings.ini'] },
        { kind: 'resource', resource: 'plain', path: ['data', 'id'] },
      ]);
      expect(JSON.stringify(run)).not.toContain(plantedKey);
    });

    it('are searched by rules of your own', async () => {
      const workspace = emptyFolder();
      writeFileSync(
        path.join(workspace, 'rules.yaml'),
        "rules:\n  - id: shop-token\n    category: shop\n    title: Shop token\n    severity: CRITICAL\n    regex: 'shop_[a-z]{8}'\n",
      );
      const resources = [objectOf('plain', 'ConfigMap', { data: { id: 'shop_abcdefgh' } })];
      const run = await judgeManifests({ resources, workspace, options: { secretConfig: 'rules.yaml' } });
      expect(run.findings.find((found) => found.rule === 'shop-token')).toMatchObject({
        severity: 'critical',
        title: 'Shop token in plain text',
      });
      expect(JSON.stringify(run)).not.toContain('shop_abcdefgh');
    });

    it('fail where rules of your own allow everything: the canary', async () => {
      const workspace = emptyFolder();
      writeFileSync(path.join(workspace, 'rules.yaml'), "allow-rules:\n  - id: all\n    description: all\n    path: '.*'\n");
      const run = await judgeManifests({ resources: [service], workspace, options: { secretConfig: 'rules.yaml' } });
      expect(errors(run)).toEqual([
        expect.objectContaining({ code: 'ENGINE_COVERAGE', message: expect.stringContaining('did not find a secret') }),
      ]);
    });

    it('are judged the same with configuration of Trivy planted in the change', async () => {
      const workspace = emptyFolder();
      mkdirSync(path.join(workspace, '.trivy'));
      writeFileSync(path.join(workspace, '.trivyignore'), 'KSV-0017\nKSV-0009\n');
      writeFileSync(path.join(workspace, 'trivy.yaml'), 'severity: [CRITICAL]\n');
      writeFileSync(path.join(workspace, 'trivy-secret.yaml'), "skip-patterns: ['**']\n");
      const [clean, planted] = [
        await judgeManifests({ resources: [privileged] }),
        await judgeManifests({ resources: [privileged], workspace }),
      ];
      expect(planted.findings).toEqual(clean.findings);
      expect(rules(planted.findings, 'misconfiguration')).toContain('KSV-0017');
    });
  });
});
