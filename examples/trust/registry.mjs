// The images of the example in a registry on this machine: signed as cosign 2 does with a key, and as cosign 3 and actions/attest do with an
// identity.
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { createServer } from 'node:http';
import { gzipSync } from 'node:zlib';
import { startExampleSigstore } from './sigstore.mjs';

const manifestType = 'application/vnd.oci.image.manifest.v1+json';
const bundleType = 'application/vnd.dev.sigstore.bundle.v0.3+json';
const workflow = '.github/workflows/release.yaml@refs/heads/main';
const [own, fork] = ['org', 'somebody'].map((owner) => `https://github.com/${owner}/shop/${workflow}`);

/** Starts it on a free port; returns `127.0.0.1:41234`, the release key in PEM, the trusted root of its Sigstore, and how to stop it. */
export async function startExampleRegistry() {
  const sigstore = await startExampleSigstore();
  const [release, foreign] = [newKey(), newKey()];
  const store = new Map();
  const blob = (repository, mediaType, content) => {
    const bytes = Buffer.from(content);
    const digest = digestOf(bytes);
    store.set(`${repository} ${digest}`, { mediaType, bytes });
    return { mediaType, digest, size: bytes.length };
  };
  const push = (repository, tag, manifest) => {
    const pushed = blob(repository, manifestType, JSON.stringify({ schemaVersion: 2, mediaType: manifestType, ...manifest }));
    if (tag !== undefined) store.set(`${repository} ${tag}`, store.get(`${repository} ${pushed.digest}`));
    return pushed;
  };
  const image = (repository) => {
    const layer = tarOf('name', repository);
    const rootfs = { type: 'layers', diff_ids: [digestOf(layer)] };
    const config = blob(
      repository,
      'application/vnd.oci.image.config.v1+json',
      JSON.stringify({ architecture: 'amd64', os: 'linux', rootfs }),
    );
    return push(repository, '1.0', {
      config,
      layers: [blob(repository, 'application/vnd.oci.image.layer.v1.tar+gzip', gzipSync(layer))],
    });
  };
  /** cosign 2: a layer of the tag sha256-….sig, with the signature in its annotations. */
  const signWithKey = (repository, { digest }, { privateKey }) => {
    const payload = JSON.stringify({
      critical: { identity: {}, image: { 'docker-manifest-digest': digest }, type: 'cosign container image signature' },
    });
    const signature = sign('sha256', Buffer.from(payload), privateKey).toString('base64');
    const layer = blob(repository, 'application/vnd.dev.cosign.simplesigning.v1+json', payload);
    const config = blob(repository, 'application/vnd.oci.image.config.v1+json', '{}');
    push(repository, `${digest.replace(':', '-')}.sig`, {
      config,
      layers: [{ ...layer, annotations: { 'dev.cosignproject.cosign/signature': signature } }],
    });
  };
  /** cosign 3 and actions/attest: a Sigstore bundle among the referrers of the image. */
  const attest = async (repository, subject, identity, predicateType, predicate = {}) => {
    const about = [{ name: repository, digest: { sha256: subject.digest.replace('sha256:', '') } }];
    const statement = { _type: 'https://in-toto.io/Statement/v1', subject: about, predicateType, predicate };
    const layers = [blob(repository, bundleType, await sigstore.attest(statement, identity))];
    push(repository, undefined, {
      artifactType: bundleType,
      config: blob(repository, 'application/vnd.oci.empty.v1+json', '{}'),
      layers,
      subject,
    });
  };
  const signature = 'https://sigstore.dev/cosign/sign/v1';

  signWithKey('shop/web', image('shop/web'), release);
  signWithKey('shop/worker', image('shop/worker'), foreign);
  image('shop/migrate');
  await attest('team/search', image('team/search'), own, signature);
  await attest('team/mail', image('team/mail'), fork, signature);
  await attest(
    'built/api',
    image('built/api'),
    own,
    'https://slsa.dev/provenance/v1',
    provenance('https://github.com/somebody/shop'),
  );
  await attest(
    'built/report',
    image('built/report'),
    own,
    'https://slsa.dev/provenance/v1',
    provenance('https://github.com/org/shop'),
  );
  await attest('built/report', image('built/report'), own, 'https://cyclonedx.org/bom', bill());
  image('other/cache');

  const referrers = (repository, digest) =>
    [...store].flatMap(([name, { mediaType, bytes }]) => {
      if (!name.startsWith(`${repository} sha256:`) || mediaType !== manifestType) return [];
      const { subject, artifactType } = JSON.parse(bytes);
      return subject?.digest === digest ? [{ mediaType, digest: digestOf(bytes), size: bytes.length, artifactType }] : [];
    });
  const requests = [];
  const server = createServer((request, response) => {
    requests.push(request.url);
    const [, repository, kind, reference] = /^\/v2\/(.+)\/(manifests|blobs|referrers)\/([^/]+)$/.exec(request.url ?? '') ?? [];
    if (kind === 'referrers') {
      const type = 'application/vnd.oci.image.index.v1+json';
      response.writeHead(200, { 'content-type': type });
      return response.end(JSON.stringify({ schemaVersion: 2, mediaType: type, manifests: referrers(repository, reference) }));
    }
    const found = store.get(`${repository} ${reference}`);
    if (found === undefined) return response.writeHead(request.url === '/v2/' ? 200 : 404).end();
    response.writeHead(200, {
      'content-type': found.mediaType,
      'docker-content-digest': digestOf(found.bytes),
      'content-length': found.bytes.length,
    });
    return response.end(request.method === 'HEAD' ? undefined : found.bytes);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${server.address().port}`,
    key: release.publicKey.export({ type: 'spki', format: 'pem' }),
    trustedRoot: sigstore.trustedRoot,
    /** Whether the layers of an image were read. */
    wasPulled: (repository) =>
      [...store].some(
        ([name, { mediaType }]) =>
          name.startsWith(`${repository} `) &&
          mediaType.endsWith('tar+gzip') &&
          requests.includes(`/v2/${name.replace(' ', '/blobs/')}`),
      ),
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function provenance(repository) {
  return {
    buildDefinition: {
      buildType: 'https://actions.github.io/buildtypes/workflow/v1',
      externalParameters: { workflow: { repository, ref: 'refs/heads/main', path: '.github/workflows/release.yaml' } },
    },
    runDetails: { builder: { id: 'https://github.com/actions/runner/github-hosted' } },
  };
}

/** A bill of materials with a library that everybody knows. The image itself contains nothing. */
function bill() {
  const purl = 'pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1';
  const library = {
    type: 'library',
    'bom-ref': purl,
    group: 'org.apache.logging.log4j',
    name: 'log4j-core',
    version: '2.14.1',
    purl,
  };
  const metadata = { component: { 'bom-ref': 'image', type: 'container', name: 'report' } };
  return { bomFormat: 'CycloneDX', specVersion: '1.6', version: 1, metadata, components: [library] };
}

/** A tar archive with one file. */
function tarOf(name, content) {
  const header = Buffer.alloc(512);
  const size = content.length.toString(8).padStart(11, '0');
  const fields = [
    [0, name],
    [100, '0000644'],
    [108, '0000000'],
    [116, '0000000'],
    [124, size],
    [136, '00000000000'],
    [148, ' '.repeat(8)],
    [156, '0'],
    [257, 'ustar'],
    [263, '00'],
  ];
  for (const [offset, text] of fields) header.write(text, offset, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return Buffer.concat([header, Buffer.from(content), Buffer.alloc(512 - content.length + 1024)]);
}

function digestOf(bytes) {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

function newKey() {
  return generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
}
