// A fake of Trivy as the gate uses it: it sends requests to registries, reads a database that lists known weaknesses, and can be a server. For each
// start it records arguments, environment and Docker configuration, for the tests to check.

import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { trivy as manifestsOnly } from '../faults/fake/trivy.mjs';

export async function fakeTrivy(folder) {
  const args = process.argv.slice(2);
  const after = (flag) => args[args.indexOf(flag) + 1];
  const configFile = path.join(process.env.DOCKER_CONFIG ?? '/nowhere', 'config.json');
  const docker = existsSync(configFile) ? readFileSync(configFile, 'utf8') : undefined;
  const mode = docker === undefined ? undefined : statSync(configFile).mode & 0o777;
  appendFileSync(path.join(folder, 'calls'), `${JSON.stringify({ pid: process.pid, args, env: process.env, docker, mode })}\n`);
  const auths = docker === undefined ? {} : JSON.parse(docker).auths;
  const known = (cacheDir) => readFileSync(path.join(cacheDir, 'db/trivy.db'), 'utf8').split(' ');
  const report = (content) => writeFileSync(after('--output'), JSON.stringify({ SchemaVersion: 2, ...content }));
  const matches = async (id) => {
    if (!args.includes('--server')) return known(after('--cache-dir')).includes(id);
    const answer = await fetch(`${after('--server')}/scan/${id}`, { headers: { 'trivy-token': process.env.TRIVY_TOKEN ?? '' } });
    if (answer.status !== 200) fail(`the server refused: ${answer.status}`);
    return (await answer.text()) === 'true';
  };

  if (args[0] === 'server') return serve(folder, after('--listen'), known(after('--cache-dir')));
  if (args[0] === 'filesystem') {
    for (const [file, text] of Object.entries(manifestsOnly(args).files)) writeFileSync(file, text);
    return;
  }
  if (args[0] === 'sbom') {
    const found = (await matches('CVE-2021-44228')) ? [weakness('CVE-2021-44228')] : [];
    return report({
      ArtifactName: 'sbom',
      ArtifactType: 'cyclonedx',
      Results: [{ Target: 'Java', Class: 'lang-pkgs', Vulnerabilities: found }],
    });
  }
  if (args.includes('--download-db-only')) {
    const { manifest } = await pull(after('--db-repository'), auths);
    const db = path.join(after('--cache-dir'), 'db');
    mkdirSync(db, { recursive: true });
    writeFileSync(path.join(db, 'trivy.db'), manifest.database);
    writeFileSync(path.join(db, 'metadata.json'), JSON.stringify({ Version: 2, ...manifest.dates }));
    return;
  }
  const reference = args.includes('--input') ? `file:${after('--input')}` : args.at(-1);
  const { manifest, digest } = args.includes('--input') ? readArchive(after('--input')) : await pull(reference, auths);
  const found = manifest.weakness !== undefined && (await matches(manifest.weakness)) ? [weakness(manifest.weakness)] : [];
  report({
    ArtifactName: reference,
    ArtifactType: 'container_image',
    Metadata: {
      ImageID: `sha256:${'0'.repeat(64)}`,
      ...(digest && { RepoDigests: [`${reference.replace(/(:[^/]*)?(@.*)?$/, '')}@${digest}`] }),
    },
    Results: [{ Target: 'os', Class: 'os-pkgs', Packages: manifest.bare ? [] : [{ Name: 'a' }], Vulnerabilities: found }],
  });
}

function weakness(id) {
  return { VulnerabilityID: id, PkgName: 'a', InstalledVersion: '1', Severity: 'CRITICAL', Title: 'a weakness' };
}

function fail(why) {
  process.stderr.write(`2026-11-25T00:00:00Z\tFATAL\tFatal error\trun error: ${why}\n`);
  process.exit(1);
}

async function pull(reference, auths) {
  const [, host, repository, tag] = /^([^/]+)\/(.+?)[:@]((?:sha256:)?[\w.-]+)$/.exec(reference) ?? [];
  const auth = auths[host]?.auth;
  const headers = auth === undefined ? {} : { authorization: `Basic ${auth}` };
  const answer = await fetch(`http://${host}/v2/${repository}/manifests/${tag}`, { headers }).catch(() =>
    fail('dial tcp: connection refused'),
  );
  const body = await answer.text();
  // As careless as a program can be with a secret.
  if (repository.includes('leaky')) fail(`failed with Authorization ${auth} ${Buffer.from(auth ?? '', 'base64')}`);
  const code = {
    401: 'UNAUTHORIZED',
    404: 'MANIFEST_UNKNOWN',
    429: 'TOOMANYREQUESTS',
    503: 'unexpected status code 503 Service Unavailable',
  }[answer.status];
  if (code !== undefined || !answer.ok) fail(`GET ${host}: ${code ?? answer.status}: refused`);
  return { manifest: JSON.parse(body), digest: `sha256:${createHash('sha256').update(body).digest('hex')}` };
}

function readArchive(file) {
  const found = statSync(file).isDirectory() ? path.join(file, 'blobs/sha256/layer') : file;
  return { manifest: JSON.parse(readFileSync(found, 'utf8')) };
}

function serve(folder, listen, known) {
  const [host, port] = listen.split(':');
  const server = createServer((request, response) => {
    if (request.url === '/healthz') return response.end('ok');
    if (existsSync(path.join(folder, 'die'))) {
      process.stderr.write('2026-11-25T00:00:00Z\tFATAL\tout of luck\n');
      process.exit(3);
    }
    if (request.headers['trivy-token'] !== process.env.TRIVY_TOKEN) return response.writeHead(401).end();
    if (existsSync(path.join(folder, 'warn'))) process.stderr.write('2026-11-25T00:00:00Z\tWARN\tUnsupported os\tfamily="x"\n');
    response.end(String(known.includes(request.url.split('/').at(-1))));
  });
  server.on('error', (error) => {
    process.stderr.write(
      `2026-11-25T00:00:00Z\tFATAL\tlisten tcp ${listen}: bind: ${error.code === 'EADDRINUSE' ? 'address already in use' : error.code}\n`,
    );
    process.exit(1);
  });
  server.listen(Number(port), host);
  return new Promise(() => {});
}
