import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { emptyFolder, removeTempFolders } from '../../../test/support/temp-folders.ts';
import { GateError } from '../../model/gate-error.ts';
import { createNodeFiles } from '../../ports/node-files.ts';
import { loadWaivers } from '../waivers.ts';
import { namedByPurl } from './purl.ts';
import { toWaivers, withoutDoubted } from './statements.ts';
import { readVex } from './vex.ts';

afterAll(removeTempFolders);
const today = new Date('2026-11-25T12:00:00Z');
const digest = `sha256:${'ab'.repeat(32)}`;
const web = 'pkg:oci/web?repository_url=ghcr.io%2Forg%2Fweb&tag=1.4';

type Part = Readonly<Record<string, unknown>>;
const statement = (part: Part = {}) => ({
  vulnerability: { name: 'CVE-2026-1' },
  products: [{ '@id': web }],
  status: 'not_affected',
  justification: 'vulnerable_code_not_present',
  ...part,
});
const openVex = (statements: readonly Part[], part: Part = {}) =>
  JSON.stringify(
    {
      '@context': 'https://openvex.dev/ns/v0.2.0',
      '@id': 'https://openvex.dev/docs/example/1',
      author: 'security@org.example',
      timestamp: '2026-10-01T10:00:00.123456789+02:00',
      version: 1,
      statements,
      ...part,
    },
    undefined,
    '\t',
  );
const bom = (vulnerabilities: readonly Part[], part: Part = {}) =>
  JSON.stringify({
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: 'urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79',
    metadata: {
      timestamp: '2026-10-01T10:00:00Z',
      authors: [{ name: 'Security' }],
      component: { 'bom-ref': 'root', type: 'container', name: 'ghcr.io/org/web', version: digest },
    },
    components: [{ 'bom-ref': 'lib', type: 'library', name: 'lodash', purl: 'pkg:npm/%40org/lodash@4.17.20' }],
    vulnerabilities,
    ...part,
  });
const vulnerability = (ref: string, part: Part = {}) => ({
  id: 'CVE-2026-1',
  analysis: { state: 'not_affected', justification: 'code_not_reachable' },
  affects: [{ ref }],
  ...part,
});
function read(...texts: readonly string[]) {
  const { statements, ignored } = withoutDoubted(texts.map((text, index) => readVex(text, `vex/${'abc'[index]}.json`, today)));
  return { waivers: toWaivers(statements), ignored };
}

describe('OpenVEX', () => {
  it('makes a waiver of a statement', () => {
    const text = openVex([statement({ vulnerability: { name: 'CVE-2026-1', aliases: ['GHSA-jfh8-c2jp-5v3q'] } })]);
    expect(read(text).waivers).toEqual([
      {
        rule: 'trivy/CVE-2026-1',
        aliases: ['trivy/GHSA-jfh8-c2jp-5v3q'],
        target: 'ghcr.io/org/web:1.4',
        reason: 'vulnerable_code_not_present',
        justification: 'vulnerable_code_not_present',
        owner: 'security@org.example',
        expires: '2027-10-01',
        source: 'openvex',
        file: 'vex/a.json',
        line: 16,
      },
    ]);
  });

  it.each<[string, Part, Part]>([
    ['the text of the impact', { impact_statement: 'compiled out' }, { reason: 'compiled out' }],
    ['a fix', { status: 'fixed', justification: undefined }, { reason: 'fixed, according to security@org.example' }],
    ['a time of its own', { timestamp: '2026-01-02T00:00:00Z' }, { expires: '2027-01-02' }],
    ['an image reference', { products: ['nginx:1.25'] }, { target: 'docker.io/library/nginx:1.25' }],
    [
      'a purl among identifiers',
      { products: [{ '@id': 'urn:x', identifiers: { purl: web } }] },
      { target: 'ghcr.io/org/web:1.4' },
    ],
    ['a digest', { products: [`pkg:oci/web@${digest}?repository_url=ghcr.io/org/web`] }, { target: `ghcr.io/org/web@${digest}` }],
    ['a digest, escaped, anywhere', { products: [`pkg:oci/web@sha256%3A${digest.slice(7)}`] }, { target: `*@${digest}` }],
    ['every version', { products: ['pkg:oci/web?repository_url=ghcr.io/org/web'] }, { target: 'ghcr.io/org/web' }],
    ['Docker’s own', { products: ['pkg:docker/library/nginx@1.25'] }, { target: 'docker.io/library/nginx:1.25' }],
    [
      'a package',
      { products: ['pkg:apk/wolfi/git@2.39.0-r1?arch=x86_64'] },
      { target: '*', component: { name: 'git', version: '2.39.0-r1' } },
    ],
    [
      'a package of an image',
      { products: [{ '@id': web, subcomponents: [{ '@id': 'pkg:maven/org.x/core@2.4' }] }] },
      { component: { name: 'org.x:core', version: '2.4' } },
    ],
    [
      'an epoch',
      { products: [{ '@id': web, subcomponents: ['pkg:rpm/redhat/vim@8.0-1?epoch=2'] }] },
      { component: { name: 'vim', version: '2:8.0-1' } },
    ],
  ])('reads %s', (_what, part, expected) => {
    expect(read(openVex([statement(part)])).waivers).toMatchObject([expected]);
  });

  it.each<[string, Part]>([
    ['a bare name, which could be anybody’s image', { products: ['pkg:oci/web'] }],
    ['a repository of another name', { products: ['pkg:oci/web?repository_url=ghcr.io/org/other'] }],
    ['a program’s library', { products: [{ '@id': 'pkg:npm/app@1', subcomponents: ['pkg:npm/lodash@4'] }] }],
    ['any version of a package anywhere', { products: ['pkg:npm/lodash'] }],
    ['a web page', { products: ['https://example.com/product'] }],
    ['a subcomponent that is not a package', { products: [{ '@id': web, subcomponents: ['urn:x:y'] }] }],
  ])('ignores %s with a warning', (_what, part) => {
    const { waivers, ignored } = read(openVex([statement(part)]));
    expect(waivers).toEqual([]);
    expect(ignored).toHaveLength(1);
  });

  it.each(['affected', 'under_investigation'])('makes no waiver of %s', (status) => {
    expect(read(openVex([statement({ status, justification: undefined })]))).toEqual({ waivers: [], ignored: [] });
  });

  it.each<[string, Part, number]>([
    ['later', { timestamp: '2026-11-01T00:00:00Z' }, 0],
    ['at the same time', {}, 0],
    ['later, of every version', { timestamp: '2026-11-01T00:00:00Z', products: ['ghcr.io/org/web'] }, 0],
    ['earlier', { timestamp: '2026-09-01T00:00:00Z' }, 1],
    ['later, of another product', { timestamp: '2026-11-01T00:00:00Z', products: ['ghcr.io/org/web-admin'] }, 1],
    ['later, of another vulnerability', { timestamp: '2026-11-01T00:00:00Z', vulnerability: 'CVE-2026-2' }, 1],
  ])('is overridden by a status that is `affected`, stated %s', (_when, part, left) => {
    expect(read(openVex([statement({ status: 'affected', ...part }), statement()])).waivers).toHaveLength(left);
  });

  it.each<[string, string, string]>([
    ['broken JSON', openVex([]).replace('"version"', '"author"'), 'occurs twice'],
    ['no reason', openVex([statement({ justification: undefined })]), 'vex/a.json:8:'],
    ['a glob for a vulnerability', openVex([statement({ vulnerability: 'CVE-*' })]), 'does not name a vulnerability'],
    ['the future', openVex([statement()], { timestamp: '2099-01-01T00:00:00Z' }), 'was stated in the future'],
    ['no time', openVex([statement()], { timestamp: undefined }), 'has no timestamp'],
    ['a year alone', openVex([statement()], { timestamp: '2026' }), 'is not a timestamp'],
    ['no product', openVex([statement({ products: [] })]), 'names no product'],
    ['another format', '{"document": {}}', 'not a VEX document'],
    ['a context of somebody else', openVex([statement()], { '@context': 'https://example.com/ns/v1' }), 'vex/a.json:2:'],
  ])('refuses %s', (_what, text, message) => {
    expect(() => read(text)).toThrow(message);
  });
});

describe('OpenVEX of a newer version', () => {
  it('ignores a statement whose justification is not known, with the line and what was expected', () => {
    expect(read(openVex([statement({ justification: 'trust_me' }), statement({ vulnerability: 'CVE-2026-2' })]))).toMatchObject({
      waivers: [{ rule: 'trivy/CVE-2026-2' }],
      ignored: [
        { file: 'vex/a.json', line: 18, reason: expect.stringMatching(/`trust_me` is not known; expected one of .*component/) },
      ],
    });
  });

  it('takes a status that is not known for a doubt: it waives nothing and overrides older statements', () => {
    const later = { status: 'exploited_again', justification: undefined, timestamp: '2026-11-01T00:00:00Z' };
    expect(read(openVex([statement(), statement(later)]))).toMatchObject({
      waivers: [],
      ignored: [{ line: 29, reason: expect.stringContaining('status: `exploited_again` is not known') }],
    });
  });

  it.each(['https://openvex.dev/ns/v1.0.0', 'https://openvex.dev/ns/next'])('ignores a document of the context %s', (context) => {
    expect(read(openVex([statement()], { '@context': context, statements: 7 }))).toMatchObject({
      waivers: [],
      ignored: [{ file: 'vex/a.json', line: 2, reason: expect.stringContaining('expected https://openvex.dev/ns/v0.2.0') }],
    });
  });

  it.each(['https://openvex.dev/ns', 'https://openvex.dev/ns/v0.3.1'])('reads a document of the context %s', (context) => {
    expect(read(openVex([statement()], { '@context': context })).waivers).toHaveLength(1);
  });
});

describe('CycloneDX', () => {
  const link = 'urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#';
  const package_ = { name: '@org/lodash', version: '4.17.20' };
  it.each<[string, string, Part]>([
    ['the image, by bom-ref', 'root', { target: `ghcr.io/org/web@${digest}` }],
    ['a package, by bom-ref', 'lib', { target: `ghcr.io/org/web@${digest}`, component: package_ }],
    ['a package, by purl', 'pkg:npm/%40org/lodash@4.17.20', { component: package_ }],
    ['a package, by a link into this document', `${link}lib`, { component: package_ }],
    ['an image, by a link into another', `${link.replace('3e', '4e')}${web}`, { target: 'ghcr.io/org/web:1.4' }],
  ])('reads %s', (_what, ref, expected) => {
    expect(read(bom([vulnerability(ref)])).waivers).toMatchObject([
      { ...expected, source: 'cyclonedx', owner: 'Security', reason: 'code_not_reachable', expires: '2027-10-01' },
    ]);
  });

  it.each([
    ['resolved', 1],
    ['resolved_with_pedigree', 1],
    ['false_positive', 1],
    ['exploitable', 0],
    ['in_triage', 0],
  ])('makes of %s %i waivers', (state, count) => {
    expect(read(bom([vulnerability('root', { analysis: { state } })])).waivers).toHaveLength(count);
  });

  it('makes nothing of a vulnerability without analysis', () => {
    expect(read(bom([vulnerability('root', { analysis: undefined })]))).toEqual({ waivers: [], ignored: [] });
  });

  it.each<[string, string]>([
    ['a package of no image', bom([vulnerability('lib')], { metadata: { timestamp: '2026-10-01T10:00:00Z' } })],
    ['a package of another document', bom([vulnerability(`${link.replace('3e', '4e')}pkg:npm/lodash@4`)])],
    ['a reference to nothing', bom([vulnerability('nothing')])],
    ['ranges', bom([vulnerability('root', { affects: [{ ref: 'root', versions: [{ range: 'vers:x/*' }] }] })])],
    ['nothing affected', bom([vulnerability('root', { affects: [] })])],
  ])('ignores %s with a warning', (_what, text) => {
    const { waivers, ignored } = read(text);
    expect([waivers.length, ignored.length]).toEqual([0, 1]);
  });

  it.each(['1.4', '1.7', '1.12'])('reads version %s', (specVersion) => {
    expect(read(bom([vulnerability('root')], { specVersion })).waivers).toHaveLength(1);
  });

  it.each([
    ['the image', { type: 'container', name: 'ghcr.io/org/web', versionRange: 'vers:oci/<2' }],
    ['a package', { type: 'library', name: 'lodash', purl: 'pkg:npm/lodash', versionRange: 'vers:npm/<5' }],
  ])('does not take a range of versions of %s for every version', (_what, part) => {
    const components = [{ 'bom-ref': 'ranged', ...part }];
    expect(read(bom([vulnerability('ranged')], { specVersion: '1.7', components }))).toMatchObject({
      waivers: [],
      ignored: [{ reason: expect.stringContaining('range of versions') }],
    });
    const doubt = vulnerability('ranged', { analysis: { state: 'exploitable' } });
    const cleared = vulnerability('pkg:oci/web?repository_url=ghcr.io/org/web', {});
    const both = bom([doubt, cleared], { specVersion: '1.7', components });
    expect(read(both).waivers).toEqual([]);
  });

  it('takes a state that is not known for a doubt', () => {
    const doubt = vulnerability('root', { analysis: { state: 'rediscovered' } });
    expect(read(bom([doubt, vulnerability('root')]))).toMatchObject({
      waivers: [],
      ignored: [
        { file: 'vex/a.json', reason: expect.stringContaining('state: `rediscovered` is not known; expected one of resolved') },
      ],
    });
  });

  it.each(['one.7', 1.7, '1.x'])('refuses %j, which is not a version', (specVersion) => {
    expect(() => read(bom([], { specVersion }))).toThrow('specVersion');
  });

  it.each([{ specVersion: '2.0' }, { bomFormat: undefined, specFormat: 'CycloneDX', specVersion: '2.1', vulnerabilities: 7 }])(
    'ignores a document of another major version: %j',
    (part) => {
      const { waivers, ignored } = read(bom([vulnerability('root')], part));
      expect(waivers).toEqual([]);
      expect(ignored).toMatchObject([
        { file: 'vex/a.json', reason: expect.stringContaining('expected CycloneDX 1.4 or a newer 1.x') },
      ]);
      expect(ignored[0]?.line).toBeLessThanOrEqual(2);
    },
  );
});

describe('another format', () => {
  const csaf = { document: { category: 'csaf_vex', csaf_version: '2.0' }, vulnerabilities: [{ cve: 'CVE-2026-1' }] };
  const statementOf = {
    _type: 'https://in-toto.io/Statement/v1',
    predicateType: 'https://openvex.dev/ns',
    predicate: { about: 'CVE-2026-1' },
  };
  const envelope = {
    payloadType: 'application/vnd.in-toto+json',
    payload: Buffer.from(JSON.stringify(statementOf)).toString('base64'),
    signatures: [],
  };

  it.each([
    ['CSAF 2.0', csaf],
    ['an in-toto attestation', statementOf],
    ['an in-toto attestation', envelope],
  ])('is ignored, and takes back what it names: %s', (name, document) => {
    expect(read(JSON.stringify(document), openVex([statement(), statement({ vulnerability: 'CVE-2026-22' })]))).toMatchObject({
      waivers: [{ rule: 'trivy/CVE-2026-22' }],
      ignored: [
        { file: 'vex/a.json', line: 1, reason: expect.stringContaining(`${name}`) },
        { file: 'vex/b.json', reason: expect.stringContaining('vex/a.json names CVE-2026-1') },
      ],
    });
  });

  it('that is not about vulnerabilities is refused', () => {
    for (const document of [{ document: 'x' }, { _type: 'x' }, {}, []])
      expect(() => read(JSON.stringify(document))).toThrow('is not a VEX document');
  });
});

describe('a document that is not read, next to others', () => {
  const older = openVex([statement(), statement({ vulnerability: 'CVE-2026-22' })]);
  const naming = (text: string) => bom([], { specVersion: '2.0', assessments: [{ about: text }] });

  it.each(['CVE-2026-1', 'see https://nvd.example/vuln/cve-2026-1.', 'urn:cve:CVE-2026-1'])(
    'takes back what others state of a vulnerability that it names: %s',
    (text) => {
      expect(read(older, naming(text))).toMatchObject({
        waivers: [{ rule: 'trivy/CVE-2026-22' }],
        ignored: [
          { file: 'vex/b.json' },
          { file: 'vex/a.json', line: 13, reason: 'vex/b.json names CVE-2026-1 and may have newer information' },
        ],
      });
    },
  );

  it('leaves other vulnerabilities alone', () => {
    expect(read(naming('CVE-2026-222'), older).waivers).toHaveLength(2);
  });
});

describe('whatever a document holds', () => {
  it('is read or refused with its file, never anything else', () => {
    const products = fc.array(
      fc.oneof(fc.string(), fc.constantFrom(web, 'pkg:npm/@org/a@1', 'pkg:oci/%', `nginx@${digest}`), fc.anything()),
    );
    fc.assert(
      fc.property(products, fc.anything(), fc.boolean(), (list, more, open) => {
        const plain = (value: unknown): unknown => {
          try {
            return JSON.parse(JSON.stringify(value) ?? 'null');
          } catch {
            return null;
          }
        };
        const text = open
          ? openVex([statement({ products: plain(list), impact_statement: plain(more) })])
          : bom([vulnerability('root', { affects: list.map((ref) => ({ ref: plain(ref) })), analysis: plain(more) })]);
        try {
          read(text);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(GateError);
          expect(String(thrown)).toContain('vex/a.json:');
        }
      }),
    );
  });

  it('never gives a target or a package out of a purl that has none', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const named = namedByPurl(`pkg:oci/${text}`);
        expect(named?.kind === 'image' ? named.target : '*@x').toMatch(/^(\*@|[\w.-]+(:\d+)?\/)/);
      }),
    );
  });
});

describe('loadWaivers, with VEX', () => {
  const ledger = (pattern: string) => `version: 1\nvex:\n  - ${pattern}\n`;
  function rootWith(pattern: string): string {
    const root = emptyFolder();
    for (const folder of ['.k8s-gate', 'vex']) mkdirSync(path.join(root, folder));
    writeFileSync(path.join(root, '.k8s-gate/waivers.yaml'), ledger(pattern));
    writeFileSync(path.join(root, 'vex/a.json'), openVex([statement()]));
    return root;
  }
  const load = (root: string) => loadWaivers(root, { files: createNodeFiles() }, today);

  it('reads what the waivers file names', async () => {
    expect((await load(rootWith('vex/*.json'))).waivers).toMatchObject([{ source: 'openvex', file: 'vex/a.json' }]);
  });

  it.each([
    ['vexx/*.json', 'matches no file'],
    ['../*.json', 'is outside of the repository'],
    ['/etc/*.json', 'is outside of the repository'],
  ])('refuses %s with the line', async (pattern, message) => {
    await expect(load(rootWith(pattern))).rejects.toThrow(new RegExp(`^\\.k8s-gate/waivers\\.yaml:3:.*${message}`));
  });

  it('refuses a document that is a symlink', async () => {
    const root = rootWith('vex/*.json');
    symlinkSync('a.json', path.join(root, 'vex/b.json'));
    await expect(load(root)).rejects.toThrow('vex/b.json is a symlink');
  });
});
