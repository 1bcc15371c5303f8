import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createNodeTrustRoots } from '../../src/ports/node-trust-roots.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';
import { startTufRepository, type TufRepository } from '../support/tuf-repository.ts';

const content = '{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1"}';
let [own, other]: [TufRepository?, TufRepository?] = [];
beforeAll(async () => {
  [own, other] = [await startTufRepository(content), await startTufRepository('{"evil":true}')];
});
afterEach(() => own?.intercept(undefined));
afterAll(async () => {
  await own?.stop();
  await other?.stop();
  removeTempFolders();
});

const repository = (): TufRepository => {
  if (own === undefined) throw new Error('nothing was started');
  return own;
};
const read = (
  more: { readonly folder?: string; readonly root?: string; readonly url?: string; readonly timeoutMs?: number } = {},
) =>
  createNodeTrustRoots(() => Promise.resolve([own?.host ?? '', other?.host ?? ''])).current({
    ...{ url: repository().url, root: repository().root, folder: emptyFolder(), timeoutMs: 5_000 },
    ...more,
    signal: new AbortController().signal,
  });
const down = () => repository().intercept((_, response) => response.writeHead(503).end() !== undefined);

describe('a trusted root of a TUF repository', () => {
  it('is what the repository has now, and is read from the cache if that is the same', async () => {
    const folder = emptyFolder();
    expect(await read({ folder })).toEqual({ status: 'current', text: content });
    repository().seen.length = 0;
    expect(await read({ folder })).toEqual({ status: 'current', text: content });
    expect(repository().seen).toEqual(['/2.root.json', '/timestamp.json']);
  });

  it('is that of the cache while it has not expired, if the repository is unavailable', async () => {
    const folder = emptyFolder();
    await read({ folder });
    down();
    expect(await read({ folder })).toEqual({ status: 'cached', text: content });
    expect(await read()).toEqual({ status: 'unavailable', why: 'HTTP 503' });
  });

  it('is not trusted by what somebody wrote to the cache', async () => {
    const folder = emptyFolder();
    await read({ folder });
    const forged = emptyFolder();
    if (other === undefined) throw new Error('nothing was started');
    expect(await read({ folder: forged, url: other.url, root: other.root })).toMatchObject({ status: 'current' });
    // All of the cache is by another root, as are its keys.
    down();
    expect(await read({ folder: forged })).toMatchObject({ status: 'unavailable' });
    for (const file of readdirSync(path.join(folder, 'targets')))
      writeFileSync(path.join(folder, 'targets', file), '{"evil":true}');
    expect(await read({ folder })).toMatchObject({ status: 'unavailable' });
    repository().intercept(undefined);
    expect(await read({ folder })).toEqual({ status: 'current', text: content });
  });

  it('is unavailable if the repository is signed by other keys', async () => {
    expect(await read({ url: other?.url ?? '' })).toMatchObject({
      status: 'unavailable',
      why: expect.stringMatching(/signed|key/i),
    });
  });

  it.each<[string, string]>([
    ['the file', '/targets/trusted_root.json'],
    ['the targets', '/targets.json'],
    ['the snapshot', '/snapshot.json'],
    ['the timestamp', '/timestamp.json'],
  ])('is unavailable if %s is changed', async (_what, url) => {
    repository().intercept(
      (request, response) => request.url === url && response.end(content.replace('dev', 'evil')) !== undefined,
    );
    expect(await read()).toMatchObject({ status: 'unavailable' });
  });

  it('is unavailable in bounded time and size', async () => {
    repository().intercept((request) => request.url === '/timestamp.json');
    expect(await read({ timeoutMs: 200 })).toEqual({ status: 'unavailable', why: 'no response within 0.2 s' });
    repository().intercept(
      (request, response) => request.url === '/timestamp.json' && response.end(Buffer.alloc(2_000_000)) !== undefined,
    );
    expect(await read()).toEqual({ status: 'unavailable', why: 'the response is larger than 1048576 bytes' });
  });

  it('is unavailable if its folder cannot be written, or nobody listens', async () => {
    const file = path.join(emptyFolder(), 'file');
    writeFileSync(file, '');
    expect(await read({ folder: file })).toMatchObject({ status: 'unavailable' });
    expect(await read({ url: 'http://127.0.0.1:1' })).toMatchObject({ status: 'unavailable' });
  });
});

it.each(['sigstore', 'github'])('the first root metadata of %s is one', (name) => {
  const file = path.join(import.meta.dirname, `../../engines/trust/${name}-tuf-root.json`);
  const { signed } = JSON.parse(readFileSync(file, 'utf8'));
  expect([signed._type, signed.roles.root.threshold > 1, signed.consistent_snapshot]).toEqual(['root', true, true]);
});
