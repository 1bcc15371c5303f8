import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createResults } from '../../src/engines/results.ts';
import { signaturesEngine } from '../../src/engines/signatures/engine.ts';
import { cosignVersion, findCosign } from '../oracle/cosign.ts';
import { CosignWorld } from '../support/cosign-world.ts';
import { type OciImage, writeOciLayout } from '../support/oci-image.ts';
import { type OciRegistry, startOciRegistry } from '../support/oci-registry.ts';
import { OwnKey } from '../support/own-signatures.ts';
import { root } from '../support/root.ts';
import { licensedDebian, vulnerableAlpine, vulnerableDebian } from '../support/sample-images.ts';
import { type SigstoreServices, startSigstore } from '../support/sigstore-services.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';
import { installedTool } from '../support/tools.ts';
import { type Bench, errors, imageFindings, imageOf, runTrivyEngine, trivyContext } from '../support/trivy-bench.ts';
import { goVersion, pushTrivyDb } from '../support/trivy-db.ts';
import { own } from '../support/trust-cases.ts';

const [tool, cosign] = [await installedTool('trivy'), findCosign()];
const missing = [tool ? '' : 'trivy', cosign ? '' : `cosign ${cosignVersion}`, goVersion() === undefined ? 'go' : ''].filter(
  Boolean,
);
const cycloneDx = 'https://cyclonedx.org/bom';

describe.skipIf(missing.length > 0)(`an attested SBOM${missing.length > 0 ? ` (skipped: no ${missing.join(', ')})` : ''}`, () => {
  let [registry, sigstore, world]: [OciRegistry?, SigstoreServices?, CosignWorld?] = [];
  const key = new OwnKey();
  const stranger = new OwnKey();
  const [cacheDir, folder] = [emptyFolder(), emptyFolder()];
  let database = '';
  beforeAll(async () => {
    registry = await startOciRegistry();
    sigstore = await startSigstore();
    world = new CosignWorld(cosign ?? '', registry, sigstore);
    writeFileSync(path.join(folder, 'root.json'), sigstore.trustedRoot());
    database = await pushTrivyDb({ host: registry.host, repository: 'trivy-db' });
  }, 120_000);
  afterAll(async () => {
    await registry?.stop();
    await sigstore?.stop();
    removeTempFolders();
  });
  const at = (): OciRegistry => registry ?? expect.fail('no registry');

  /** What Trivy itself writes about an image. */
  const sbomOf = (image: OciImage, format: 'cyclonedx' | 'spdx-json'): string => {
    const [layout, file] = [path.join(emptyFolder(), 'layout'), path.join(emptyFolder(), 'sbom.json')];
    writeOciLayout(image, layout);
    const args = [
      'image',
      '--input',
      layout,
      '--format',
      format,
      '--output',
      file,
      '--cache-dir',
      emptyFolder(),
      '--offline-scan',
    ];
    execFileSync(tool?.path ?? '', [...args, '--skip-version-check', '--disable-telemetry', '--quiet'], { stdio: 'pipe' });
    return readFileSync(file, 'utf8');
  };
  const push = (repository: string, image: OciImage): string =>
    at().push(repository, '1', image.manifest, [image.config, ...image.layers]);

  const judge = async (repository: string, rule: object, bench: Partial<Bench> = {}) => {
    const reference = `${at().host}/${repository}:1`;
    const images = [imageOf(reference)];
    const options = { scanners: ['vuln' as const, 'secret' as const], db: { repository: database }, ...bench.options };
    const common = { tool, images, cacheDir, named: [at().host], ...bench, options, workspace: folder };
    const rules = [{ images: `${at().host}/**`, sbom: 'use', ...rule }];
    const sboms = signaturesEngine.sboms?.(signaturesEngine.options.parse({ rules }), {
      ...trivyContext(common),
      gateRoot: root,
    });
    at().seen.length = 0;
    const run = await runTrivyEngine({ ...common, ...(sboms !== undefined && { sboms }) });
    const layers = new Set(
      [vulnerableAlpine, vulnerableDebian, licensedDebian].flatMap((image) => image.layers.map(({ digest }) => digest)),
    );
    return {
      run,
      findings: imageFindings(run, reference),
      notes: run.notes.filter((note) => note.startsWith(reference)).map((note) => note.slice(reference.length + 2)),
      pulled: at().seen.some((line) => layers.has(line.split('/blobs/')[1] ?? '')),
    };
  };
  const byKey = { keys: [{ pem: key.pem }], transparencyLog: false };

  it.each([
    ['cyclonedx', 'cyclonedx', vulnerableAlpine, false],
    ['spdx', 'spdxjson', vulnerableDebian, true],
  ] as const)(
    'in %s by cosign has the vulnerabilities of the image, which is not pulled',
    async (what, type, image, legacy) => {
      const repository = `shop/${what}`;
      const digest = push(repository, image);
      const before = await judge(repository, { ...byKey, sbom: 'ignore' });
      expect([before.pulled, before.notes]).toEqual([true, []]);
      const sbom = sbomOf(image, what === 'spdx' ? 'spdx-json' : 'cyclonedx');
      writeFileSync(path.join(world?.folder ?? '', 'sbom.json'), sbom);
      await world?.attest(repository, digest, 'own', { legacy, predicate: [type, 'sbom.json'] });
      const signedBy = [{ issuer: 'https://token.actions.githubusercontent.com', identity: own }];
      const { run, findings, notes, pulled } = await judge(repository, { signedBy, roots: 'root.json' });
      expect([pulled, errors(run)]).toEqual([false, []]);
      expect(findings).toEqual(before.findings.filter((one) => one.startsWith('CVE-')));
      expect(findings.length).toBeGreaterThan(1);
      expect(run.digests).toEqual({ [`${at().host}/${repository}:1`]: digest });
      expect(notes).toEqual([
        expect.stringMatching(
          /^the SBOM that https:\/\/github\.com\/org\/app\/.* attested \((CycloneDX|SPDX), .*\) was scanned instead of the image; the image was not searched for secrets$/,
        ),
      ]);
      const other = await judge(repository, {
        signedBy: [{ ...signedBy[0], identity: 'https://github.com/evil/*' }],
        roots: 'root.json',
      });
      expect([other.pulled, other.findings]).toEqual([true, before.findings]);
      expect(other.notes[0]).toContain(`no attested SBOM was used, and the image was scanned`);
      expect(other.notes[0]).toContain(`it is signed by ${own}`);
    },
    120_000,
  );

  const alpine = () => JSON.parse(sbomOf(vulnerableAlpine, 'cyclonedx'));
  const without = (keep: (component: { readonly type: string; readonly name: string }) => boolean) => {
    const sbom = alpine();
    return { ...sbom, components: sbom.components.filter(keep) };
  };
  /** As Syft writes it: no properties of Trivy, and the source package in the package URL. */
  const likeSyft = (upstream: string) => {
    const sbom = alpine();
    for (const one of sbom.components) {
      delete one.properties;
      if (one.name === 'libcrypto3') one.purl += upstream;
    }
    return { ...sbom, dependencies: [] };
  };

  it.each<[string, () => unknown, string]>([
    ['without packages', () => ({ ...alpine(), components: [] }), 'it lists no packages'],
    [
      'without an operating system',
      () => without(({ type }) => type !== 'operating-system'),
      'Trivy does not evaluate 2 of its packages (apk/alpine/libcrypto3@3.5.1-r0, apk/alpine/musl@1.2.5-r10)',
    ],
    [
      'of source code',
      () => ({ ...alpine(), metadata: { component: { type: 'application', name: 'web' } } }),
      'it does not state that it is about a container image',
    ],
    [
      'with packages below others',
      () => {
        const sbom = alpine();
        return {
          ...sbom,
          components: [{ type: 'application', name: 'web', 'bom-ref': 'web', components: sbom.components }],
          dependencies: [],
        };
      },
      'Trivy does not evaluate 3 of its packages',
    ],
    [
      'with a package that has no URL',
      () => ({ ...alpine(), components: [...alpine().components, { type: 'library', name: 'odd', 'bom-ref': 'odd' }] }),
      '1 of its packages have no package URL (odd)',
    ],
    [
      'with a damaged URL',
      () => ({ ...alpine(), components: [...alpine().components, { type: 'library', name: 'odd', purl: 'pkg:npm/%zz@1' }] }),
      'the package URL of odd is invalid',
    ],
    ['without source packages', () => likeSyft(''), 'it does not name the source packages of its operating system'],
    ['of another format', () => ({ Data: JSON.stringify(alpine()) }), 'it is not CycloneDX in JSON'],
    ['that is null', () => null, 'it is not CycloneDX in JSON'],
  ])(
    '%s is not used: the image is scanned',
    async (what, sbom, why) => {
      const repository = `bad/${what.replaceAll(' ', '-').toLowerCase()}`;
      const digest = push(repository, vulnerableAlpine);
      key.attest(at(), repository, digest, [{ predicateType: cycloneDx, predicate: sbom() }]);
      const { findings, notes, pulled } = await judge(repository, byKey);
      expect(pulled).toBe(true);
      expect(findings).toContain('CVE-2025-9230 libcrypto3 3.5.1-r0');
      expect(notes).toEqual([expect.stringContaining(why)]);
    },
    60_000,
  );

  it('with the source packages of Syft is looked up by these', async () => {
    const digest = push('syft', vulnerableAlpine);
    key.attest(at(), 'syft', digest, [{ predicateType: `${cycloneDx}/v1.6`, predicate: likeSyft('&upstream=openssl') }]);
    const { findings, pulled } = await judge('syft', byKey);
    expect([pulled, findings]).toEqual([false, ['CVE-2021-44906 minimist 1.2.0', 'CVE-2025-9230 libcrypto3 3.5.1-r0']]);
  }, 60_000);

  it('of another image, by another key, too old or too large is not used', async () => {
    const repository = 'foreign';
    const [digest, another] = [push(repository, vulnerableAlpine), push('another', vulnerableDebian)];
    const harmless = without(({ name }) => name !== 'libcrypto3');
    const whyNot = async (rule: object = byKey) => {
      const { pulled, findings, notes } = await judge(repository, rule);
      expect([pulled, findings.includes('CVE-2025-9230 libcrypto3 3.5.1-r0')]).toEqual([true, true]);
      return notes[0];
    };
    expect(await whyNot()).toContain('none is attested');
    key.attest(at(), repository, digest, [{ predicateType: cycloneDx, predicate: harmless, about: another }]);
    expect(await whyNot()).toContain('it is about another image');
    stranger.attest(at(), repository, digest, [{ predicateType: cycloneDx, predicate: harmless }]);
    expect(await whyNot()).toContain('it is not a signature by the key');
    key.attest(at(), repository, digest, [
      { predicateType: cycloneDx, predicate: { ...harmless, padding: 'x'.repeat(9 << 20) } },
    ]);
    expect(await whyNot()).toContain('it is too large to be read');
    key.attest(at(), repository, digest, [{ predicateType: cycloneDx, predicate: harmless }]);
    expect(await whyNot({ ...byKey, maxAge: '30d' })).toContain('nothing proves when it was signed');
    // What its signer leaves out is not found: that is what the rule trusts.
    expect((await judge(repository, byKey)).findings).toEqual(['CVE-2021-44906 minimist 1.2.0']);
  }, 120_000);

  it('is an error, not a pass, if the registry refuses what is attached and the image', async () => {
    push('down', vulnerableAlpine);
    at().intercept((_request, response) => {
      response.writeHead(403).end();
      return true;
    });
    const { run } = await judge('down', byKey).finally(() => at().intercept(undefined));
    expect(errors(run).map(({ code }) => code)).toEqual(['IMAGE_UNAVAILABLE']);
  }, 60_000);

  it('does not share its stored result with the image, and has its licenses evaluated', async () => {
    const digest = push('stored', licensedDebian);
    key.attest(at(), 'stored', digest, [
      { predicateType: cycloneDx, predicate: JSON.parse(sbomOf(licensedDebian, 'cyclonedx')) },
    ]);
    const results = createResults();
    const licenses = { deny: ['GPL-*'], unknown: 'low' as const };
    const first = await judge('stored', byKey, { results, licenses });
    const second = await judge('stored', byKey, { results, licenses });
    const pulled = await judge('stored', { ...byKey, sbom: 'ignore' }, { results, licenses });
    expect([first.pulled, second.run.findings, pulled.pulled]).toEqual([false, first.run.findings, true]);
    const titles = ({ run }: typeof first) =>
      run.findings.filter(({ rule }) => rule === 'license/denied').map(({ title }) => title);
    expect(titles(first)).toEqual(titles(pulled));
    expect(titles(first)).toHaveLength(2);
  }, 120_000);
});
