// The images of the example in a registry on this machine, signed and attested as cosign does with a key and without a log. Node only.
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { createServer } from 'node:http';

const manifestType = 'application/vnd.oci.image.manifest.v1+json';

/** Starts it on a free port; returns `127.0.0.1:41234`, the release key in PEM, and how to stop it. */
export async function startExampleRegistry() {
  const release = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const foreign = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const store = new Map();
  const blob = (repository, mediaType, content, annotations) => {
    const bytes = Buffer.from(content);
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    store.set(`${repository} ${digest}`, { mediaType, bytes });
    return { mediaType, digest, size: bytes.length, ...(annotations && { annotations }) };
  };
  const push = (repository, tag, layers) => {
    const config = blob(repository, 'application/vnd.oci.image.config.v1+json', '{}');
    const manifest = blob(repository, manifestType, JSON.stringify({ schemaVersion: 2, mediaType: manifestType, config, layers }));
    store.set(`${repository} ${tag}`, store.get(`${repository} ${manifest.digest}`));
    return manifest.digest;
  };
  const image = (repository) => push(repository, '1.0', [blob(repository, 'application/vnd.oci.image.layer.v1.tar', repository)]);
  // cosign: a layer of the tag sha256-….sig, with the signature in its annotations.
  const signed = (repository, digest, { privateKey }) => {
    const payload = JSON.stringify({ critical: { identity: {}, image: { 'docker-manifest-digest': digest }, type: 'cosign container image signature' } });
    const signature = sign('sha256', Buffer.from(payload), privateKey).toString('base64');
    const annotations = { 'dev.cosignproject.cosign/signature': signature };
    push(repository, `${digest.replace(':', '-')}.sig`, [blob(repository, 'application/vnd.dev.cosign.simplesigning.v1+json', payload, annotations)]);
  };
  // An in-toto statement in a DSSE envelope, as a layer of the tag sha256-….att.
  const attested = (repository, digest, predicateType, predicate, { privateKey }) => {
    const subject = [{ name: repository, digest: { sha256: digest.replace('sha256:', '') } }];
    const payload = Buffer.from(JSON.stringify({ _type: 'https://in-toto.io/Statement/v1', subject, predicateType, predicate }));
    const payloadType = 'application/vnd.in-toto+json';
    const signedBytes = Buffer.concat([Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} `), payload]);
    const signatures = [{ sig: sign('sha256', signedBytes, privateKey).toString('base64') }];
    const envelope = JSON.stringify({ payloadType, payload: payload.toString('base64'), signatures });
    push(repository, `${digest.replace(':', '-')}.att`, [blob(repository, 'application/vnd.dsse.envelope.v1+json', envelope)]);
  };

  signed('shop/web', image('shop/web'), release);
  const api = image('shop/api');
  signed('shop/api', api, release);
  attested('shop/api', api, 'https://slsa.dev/provenance/v1', provenance('https://github.com/somebody/shop'), release);
  signed('shop/worker', image('shop/worker'), foreign);
  image('shop/migrate');
  image('other/cache');

  const server = createServer((request, response) => {
    const [, repository, reference] = /^\/v2\/(.+)\/(?:manifests|blobs)\/([^/]+)$/.exec(request.url ?? '') ?? [];
    const found = store.get(`${repository} ${reference}`);
    if (found === undefined) return response.writeHead(404).end();
    const digest = `sha256:${createHash('sha256').update(found.bytes).digest('hex')}`;
    response.writeHead(200, { 'content-type': found.mediaType, 'docker-content-digest': digest });
    return response.end(request.method === 'HEAD' ? undefined : found.bytes);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${server.address().port}`,
    key: release.publicKey.export({ type: 'spki', format: 'pem' }),
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
