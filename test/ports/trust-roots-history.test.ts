import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNodeTrustRoots } from '../../src/ports/node-trust-roots.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';
import {
  type Files,
  type Release,
  release,
  rootOf,
  signedBy,
  startTufServer,
  TufKey,
  type TufServer,
} from '../support/tuf-history.ts';

let running: TufServer | undefined;
beforeAll(async () => {
  running = await startTufServer();
});
afterAll(async () => {
  await running?.stop();
  removeTempFolders();
});
const server = (): TufServer => running ?? expect.fail('nothing was started');

const newKeys = () => ({
  root: [new TufKey(), new TufKey()],
  timestamp: [new TufKey()],
  snapshot: [new TufKey()],
  targets: [new TufKey(), new TufKey()],
});
const [first, second, third] = [newKeys(), newKeys(), newKeys()];
const two = { threshold: 2 };
/** That of the release of the gate. */
const own = signedBy(first.root, rootOf(1, first, two));
/** Each is signed by the keys of the version before and by its own. */
const rotated = {
  '/2.root.json': signedBy([...first.root, ...second.root], rootOf(2, second, two)),
  '/3.root.json': signedBy([...second.root, ...third.root], rootOf(3, third, two)),
};
const past = '2020-01-01T00:00:00Z';
const content = (name: string): string => JSON.stringify({ name });
const at = (version: number, more: Partial<Release> = {}): Files =>
  release({ version, content: content(`release ${version}`), keys: first, ...more });

const read = (folder = emptyFolder(), timeoutMs = 5_000) =>
  createNodeTrustRoots(() => Promise.resolve([server().host])).current({
    ...{ url: server().url, root: own, folder, timeoutMs },
    signal: new AbortController().signal,
  });
const served = async (files: Files, folder?: string) => {
  server().serve(files);
  return read(folder);
};
const unavailable = (why: RegExp) => ({ status: 'unavailable', why: expect.stringMatching(why) });

describe('a repository whose root was replaced', () => {
  it('is followed over three versions, each by the keys of the version before', async () => {
    const answer = { status: 'current', text: content('release 7') };
    expect(await served({ ...rotated, ...at(7, { keys: third }) })).toEqual(answer);
    const folder = emptyFolder();
    expect(await served(at(1), folder)).toMatchObject({ status: 'current' });
    expect(await served({ ...rotated, ...at(7, { keys: third }) }, folder)).toEqual(answer);
  });

  it.each<[string, Files, RegExp]>([
    ['without a version between', { '/3.root.json': rotated['/3.root.json'] }, /signed/],
    ['by new keys only', { ...rotated, '/2.root.json': signedBy(second.root, rootOf(2, second, two)) }, /signed/],
    ['by old keys only', { ...rotated, '/2.root.json': signedBy(first.root, rootOf(2, second, two)) }, /signed/],
    [
      'by one key instead of two',
      { ...rotated, '/2.root.json': signedBy([...first.root.slice(0, 1), ...second.root], rootOf(2, second, two)) },
      /signed/,
    ],
    [
      'by one key, twice',
      {
        ...rotated,
        '/2.root.json': signedBy(
          [first.root[0], first.root[0], ...second.root].flatMap((one) => one ?? []),
          rootOf(2, second, two),
        ),
      },
      /signed|[Dd]uplicate|[Mm]ultiple/,
    ],
    ['by another version', { ...rotated, '/2.root.json': rotated['/3.root.json'] }, /signed|version/],
    ['by the same version again', { ...rotated, '/2.root.json': own }, /version/],
    ['by what is not metadata', { ...rotated, '/2.root.json': '<html>' }, /./],
    [
      'by one that has expired',
      { ...rotated, '/3.root.json': signedBy([...second.root, ...third.root], rootOf(3, third, { ...two, expires: past })) },
      /expired/,
    ],
  ])('is unavailable %s', async (_what, roots, why) => {
    expect(await served({ ...roots, ...at(7, { keys: third }) })).toEqual(unavailable(why));
  });

  it('is not read by keys that were replaced', async () => {
    expect(await served({ ...rotated, ...at(7, { keys: second }) })).toEqual(unavailable(/signed/));
  });
});

describe('metadata', () => {
  it.each(['timestamp', 'snapshot', 'targets'] as const)('that has expired is not used: %s', async (role) => {
    expect(await served(at(1, { expires: { [role]: past } }))).toEqual(unavailable(/expired/));
  });

  it('that is older than what was read before is not used', async () => {
    const folder = emptyFolder();
    expect(await served(at(5), folder)).toEqual({ status: 'current', text: content('release 5') });
    expect(await served(at(4), folder)).toEqual(unavailable(/version/));
    expect(await served(at(6, { parts: 4 }), folder)).toEqual(unavailable(/version/));
    expect(await served(at(6), folder)).toEqual({ status: 'current', text: content('release 6') });
  });

  it.each<[string, (old: Files, now: Files) => Files]>([
    ['snapshot', (old, now) => ({ ...now, '/2.snapshot.json': old['/1.snapshot.json'] ?? '' })],
    ['targets', (old, now) => ({ ...now, '/2.targets.json': old['/1.targets.json'] ?? '' })],
    [
      'trusted root',
      (old, now) => {
        const [fromOld, fromNow] = [old, now].map(
          (files) => Object.keys(files).find((name) => name.startsWith('/targets/')) ?? '',
        );
        return { ...now, [fromNow ?? '']: old[fromOld ?? ''] ?? '' };
      },
    ],
  ])('of two releases is not combined: an old %s', async (_what, combine) => {
    expect(await served(combine(at(1), at(2)))).toEqual(unavailable(/./));
  });

  it('needs as many signatures as the root requires', async () => {
    expect(await served(at(1, { targetsBy: first.targets.slice(0, 1) }))).toEqual(unavailable(/signed/));
    expect(await served(at(1, { targetsBy: [...first.targets.slice(0, 1), new TufKey()] }))).toEqual(unavailable(/signed/));
  });
});

describe('a server', () => {
  it('that sends a byte now and then is unavailable after the time allowed', async () => {
    server().serve(at(1), (request, response) => {
      if (request.url !== '/timestamp.json') return false;
      const timer = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(timer));
      return true;
    });
    expect(await read(emptyFolder(), 300)).toEqual({ status: 'unavailable', why: 'no response within 0.3 s' });
  });

  it.each(['/2.root.json', '/timestamp.json', '/1.snapshot.json', '/1.targets.json'])(
    'that never stops sending is unavailable: %s',
    async (url) => {
      server().serve(at(1), (request, response) => {
        if (request.url !== url) return false;
        const send = (): void => {
          while (response.write(Buffer.alloc(65_536))) if (response.destroyed) return;
        };
        response.on('drain', send);
        send();
        return true;
      });
      expect(await read()).toEqual(unavailable(/larger than 1048576 bytes|[Ff]ailed to (download|load)|length/));
    },
  );

  it('that has a longer or shorter trusted root than announced is unavailable', async () => {
    const files = at(1);
    const [name = ''] = Object.keys(files).filter((one) => one.startsWith('/targets/'));
    for (const text of [`${files[name]} `, '{}']) expect(await served({ ...files, [name]: text })).toEqual(unavailable(/./));
  });
});
