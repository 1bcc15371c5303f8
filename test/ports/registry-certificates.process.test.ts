import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { certificateAuthorities } from '../../src/ports/certificate-authorities.ts';
import { createNodeRegistries } from '../../src/ports/node-registries.ts';
import { nodePorts } from '../support/node-ports.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';

const missing = spawnSync('openssl', ['version']).status !== 0;
const digest = `sha256:${'a'.repeat(64)}`;

describe.skipIf(missing)(`a registry over https${missing ? ' (skipped: no openssl)' : ''}`, () => {
  const servers: Server[] = [];
  const before = process.env.SSL_CERT_FILE;
  /** A registry with a certificate of its own making. */
  async function start(folder: string): Promise<string> {
    const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2'];
    const files = ['-keyout', path.join(folder, 'key.pem'), '-out', path.join(folder, 'cert.pem')];
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    execFileSync('openssl', ['req', '-x509', ...kind, ...subject, ...files], { stdio: 'ignore' });
    const [key, cert] = ['key.pem', 'cert.pem'].map((name) => readFileSync(path.join(folder, name)));
    const server = createServer({ key, cert }, (_, response) =>
      response.writeHead(200, { 'docker-content-digest': digest }).end(),
    );
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    return `127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  }
  const ask = (registry: string, insecure: boolean) =>
    createNodeRegistries({ env: {}, processes: nodePorts.processes, log: nodePorts.log, pausesMs: [] }).digest(
      { registry, repository: 'shop/web', tag: '1' },
      {
        ...{ insecure, credentials: false, timeoutMs: 10_000, signal: new AbortController().signal },
        named: () => Promise.resolve([registry]),
      },
    );
  let [known, unknown] = ['', ''];

  beforeAll(async () => {
    const folder = emptyFolder();
    known = await start(folder);
    unknown = await start(emptyFolder());
    process.env.SSL_CERT_FILE = path.join(folder, 'cert.pem');
  });
  afterAll(() => {
    if (before === undefined) delete process.env.SSL_CERT_FILE;
    else process.env.SSL_CERT_FILE = before;
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
    removeTempFolders();
  });

  it('is trusted where the system trusts its certificate, and otherwise only as an insecure one', async () => {
    expect(await ask(known, false)).toBe(digest);
    expect(await ask(unknown, false)).toBeUndefined();
    expect(await ask(unknown, true)).toBe(digest);
  });
});

describe('certificates', () => {
  it('are those of Node, of the system and of NODE_EXTRA_CA_CERTS; other content is skipped', () => {
    const file = path.join(emptyFolder(), 'extra.pem');
    writeFileSync(file, '-----BEGIN CERTIFICATE-----\nextra');
    const own = certificateAuthorities({ SSL_CERT_FILE: '/nowhere' });
    expect(own.length).toBeGreaterThan(50);
    expect(certificateAuthorities({ SSL_CERT_FILE: file, NODE_EXTRA_CA_CERTS: file }).length).toBe(own.length + 2);
    expect(
      certificateAuthorities({
        SSL_CERT_FILE: path.join(import.meta.dirname, '../../package.json'),
        NODE_EXTRA_CA_CERTS: '/nowhere',
      }),
    ).toHaveLength(own.length);
  });
});
