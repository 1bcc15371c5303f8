import { cp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pushImage } from '../../support/oci-image.ts';
import { startRegistry } from '../../support/registry.ts';
import { bareImage, rebuiltAlpine, vulnerableAlpine } from '../../support/sample-images.ts';
import { emptyFolder } from '../../support/temp-folders.ts';
import { installedTool } from '../../support/tools.ts';
import { goVersion, pushTrivyDb } from '../../support/trivy-db.ts';
import { type Judging, judgeOne } from '../in-process.ts';
import { truths } from '../repository.ts';
import type { Row, Trial } from '../row.ts';
import { deploymentOf } from './trivy.ts';

/** The true Trivy, a true registry with a small true database and images, and a proxy before it that misbehaves. */
const [trivy, registryTool] = await Promise.all(['trivy', 'registry'].map(installedTool));
const missing =
  trivy === undefined || registryTool === undefined || goVersion() === undefined ? 'needs trivy, registry and go' : undefined;

interface World {
  readonly host: string;
  readonly database: string;
  /** A cache folder with the database in it. */
  readonly cacheDir: string;
  readonly images: Readonly<Record<Trial['truth'], string>>;
}
let opened: Promise<World> | undefined;

/** Opened by the first row that needs it; the registry ends with this process. */
function open(): Promise<World> {
  opened ??= (async () => {
    const registry = await startRegistry(registryTool?.path ?? '');
    process.once('exit', () => registry.stop());
    const { host } = registry;
    const database = await pushTrivyDb({ host, repository: 'trivy-db' });
    await pushImage(bareImage, host, 'shop/clean', '1');
    await pushImage(vulnerableAlpine, host, 'shop/blocking', '1');
    await pushImage(vulnerableAlpine, host, 'shop/blocking', '1.0.0');
    await pushImage(rebuiltAlpine, host, 'shop/blocking', '1.0.1');
    const world = { host, database, cacheDir: emptyFolder(), images: { clean: 'shop/clean:1', blocking: 'shop/blocking:1' } };
    // The first run downloads the database into the cache that the others use.
    await judge('clean', { ...world }, host, `db: { repository: "${database}" }`);
    return world;
  })();
  return opened;
}

function judge(truth: Trial['truth'], world: World, host: string, options: string, part: Partial<Judging> = {}): Promise<Trial> {
  const config = `version: 1\nseverity: { high: block }\nimages: { privateRegistries: ["${host}"] }\nengines: { trivy: { scanners: [vuln], imageTimeout: 5s, ${options} } }\n`;
  return judgeOne(truth, {
    engines: 'cel,trivy',
    tools: [`trivy=${trivy?.path}`],
    cacheDir: world.cacheDir,
    timeout: '30s',
    ...part,
    files: { ...deploymentOf(`${host}/${world.images[truth]}`), '.k8s-gate.yaml': config },
  });
}

type Misbehavior = (
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
  status: number,
  type: string,
) => void | Promise<void>;

/** Passes everything on, but for paths that match: those are answered by `act`, which may look at the true answer. */
async function proxied<Result>(
  host: string,
  pattern: RegExp,
  act: Misbehavior,
  use: (host: string) => Promise<Result>,
): Promise<Result> {
  const server = createServer((asked, response) => {
    const onward = request(
      `http://${host}${asked.url}`,
      { method: asked.method, headers: { ...asked.headers, host } },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () => {
          const body = Buffer.concat(chunks);
          const [status, type] = [answer.statusCode ?? 500, answer.headers['content-type'] ?? 'application/json'];
          if (pattern.test(asked.url ?? '')) void act(asked, response, body, status, type);
          else response.writeHead(status, answer.headers).end(body);
        });
      },
    );
    onward.on('error', () => response.destroy());
    onward.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  try {
    return await use(`127.0.0.1:${typeof address === 'object' ? address?.port : 0}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const refuse =
  (status: number, code: string, headers: Readonly<Record<string, string>> = {}): Misbehavior =>
  (_asked, response) => {
    response
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end(JSON.stringify({ errors: [{ code, message: code }] }));
  };
const sends =
  (change: (body: Buffer) => Buffer | string): Misbehavior =>
  (_asked, response, body, status, type) => {
    response.writeHead(status, { 'content-type': type }).end(change(body));
  };
const manifest = /\/manifests\//;
const blob = /\/blobs\//;
const anything = /\/v2\/shop/;
const flip = (body: Buffer): Buffer => Buffer.from(body.map((byte, index) => (index === 40 ? byte ^ 0xff : byte)));
const cutOff: Misbehavior = (_asked, response, body) => {
  response.writeHead(200, { 'content-length': body.length });
  response.write(body.subarray(0, body.length / 2), () => response.destroy());
};
const drips: Misbehavior = async (_asked, response, body) => {
  response.writeHead(200, { 'content-length': body.length });
  for (const byte of body) {
    if (!response.writable) return;
    response.write(Buffer.from([byte]));
    await sleep(400);
  }
};

/** The last: the engine's deadline, where the fault has it wait for that. */
const network: readonly (readonly [string, RegExp, Misbehavior, string?])[] = [
  ['401', anything, refuse(401, 'UNAUTHORIZED', { 'www-authenticate': 'Basic realm="x"' })],
  ['403', anything, refuse(403, 'DENIED')],
  ['404', manifest, refuse(404, 'MANIFEST_UNKNOWN')],
  ['429 with Retry-After', anything, refuse(429, 'TOOMANYREQUESTS', { 'retry-after': '1' })],
  ['500', manifest, refuse(500, 'UNKNOWN')],
  ['502 for layers', blob, refuse(502, 'UNKNOWN')],
  ['connections break', anything, (_asked, response) => void response.destroy()],
  ['a byte now and then (slow loris)', blob, drips, '6s'],
  ['never answers', manifest, () => {}, '6s'],
  ['a layer is cut off', blob, cutOff],
  ['a layer is another than its digest', blob, sends(flip)],
  ['a layer is empty', blob, sends(() => '')],
  ['a manifest is HTML', manifest, sends(() => '<html></html>')],
  ['a manifest names no layers', manifest, sends(() => '{"schemaVersion":2,"layers":[]}')],
  ['a manifest of a million brackets', manifest, sends(() => '['.repeat(1_000_000))],
  ['redirects in a circle', anything, (asked, response) => void response.writeHead(307, { location: asked.url }).end(), '6s'],
];

/** Of requests that only suggestions need, so that the verdict stays. */
const suggestions: readonly (readonly [string, RegExp, Misbehavior])[] = [
  ['429', /\/tags\/list/, refuse(429, 'TOOMANYREQUESTS')],
  ['is HTML', /\/tags\/list/, sends(() => '<html></html>')],
  ['is cut off', /\/tags\/list/, cutOff],
  ['has a newer tag that does not exist', /\/manifests\/1\.0\.1/, refuse(404, 'MANIFEST_UNKNOWN')],
  ['has a newer tag whose layer is 502', new RegExp(`/blobs/${rebuiltAlpine.layers[0]?.digest}`), refuse(502, 'UNKNOWN')],
];

const day = 86_400_000;
type Spoil = (folder: string) => Promise<void>;
const rewrite =
  (change: (metadata: object) => object): Spoil =>
  async (folder) => {
    const file = path.join(folder, 'metadata.json');
    await writeFile(file, JSON.stringify(change(JSON.parse(await readFile(file, 'utf8')))));
  };
const databases: readonly (readonly [string, Spoil])[] = [
  ['is missing', (folder) => rm(folder, { recursive: true })],
  ['has no content', (folder) => rm(path.join(folder, 'trivy.db'))],
  ['is empty', (folder) => truncate(path.join(folder, 'trivy.db'), 0)],
  ['is cut off', (folder) => truncate(path.join(folder, 'trivy.db'), 5_000)],
  ['is not a database', (folder) => writeFile(path.join(folder, 'trivy.db'), 'not a database '.repeat(1_000))],
  ['has no metadata', (folder) => rm(path.join(folder, 'metadata.json'))],
  ['has metadata that is not JSON', (folder) => writeFile(path.join(folder, 'metadata.json'), '{')],
  ['is of another schema', rewrite((metadata) => ({ ...metadata, Version: 9 }))],
  ['is a month old', rewrite((metadata) => ({ ...metadata, UpdatedAt: new Date(Date.now() - 30 * day) }))],
  ['is from the future', rewrite((metadata) => ({ ...metadata, UpdatedAt: new Date(Date.now() + 30 * day) }))],
];

async function both(run: (truth: Trial['truth']) => Promise<Trial>): Promise<readonly Trial[]> {
  const trials: Trial[] = [];
  for (const truth of truths) trials.push(await run(truth));
  return trials;
}
const rowOf = (area: string, fault: string, expects: Row['expects'], run: Row['run']): Row => ({
  id: `${area}: ${fault}`,
  area,
  fault,
  expects,
  ...(missing !== undefined && { missing }),
  run,
});

export const registryRows: readonly Row[] = [
  rowOf('registry', 'the registry: nothing (so that the table is not all noise)', 'true', async () => {
    const world = await open();
    return both((truth) => judge(truth, world, world.host, 'db: { skipUpdate: true }'));
  }),
  ...network.map(([fault, pattern, act, timeout = '30s']) =>
    rowOf('registry', `the registry: ${fault}`, 'error', async () => {
      const world = await open();
      return both((truth) =>
        proxied(world.host, pattern, act, (host) => judge(truth, world, host, 'db: { skipUpdate: true }', { timeout })),
      );
    }),
  ),
  ...suggestions.map(([fault, pattern, act]) =>
    rowOf('registry', `the list of newer tags: ${fault}`, 'true', async () => {
      const world = await open();
      const versions = { ...world, images: { ...world.images, blocking: 'shop/blocking:1.0.0' } };
      return both((truth) =>
        proxied(world.host, pattern, act, (host) => judge(truth, versions, host, 'updates: scan, db: { skipUpdate: true }')),
      );
    }),
  ),
  ...databases.map(([fault, spoil]) =>
    rowOf('database', `the vulnerability database ${fault}`, 'error', async () => {
      const world = await open();
      return both(async (truth) => {
        const cacheDir = emptyFolder();
        await cp(world.cacheDir, cacheDir, { recursive: true });
        await spoil(path.join(cacheDir, 'trivy/db'));
        return judge(truth, world, world.host, 'db: { skipUpdate: true }', { cacheDir });
      });
    }),
  ),
  ...[
    ['404', refuse(404, 'NAME_UNKNOWN')] as const,
    ['500', refuse(500, 'UNKNOWN')] as const,
    ['a layer that is cut off', cutOff] as const,
  ].map(([fault, act]) =>
    rowOf('database', `the vulnerability database's registry: ${fault}`, 'error', async () => {
      const world = await open();
      const pattern = fault === '404' || fault === '500' ? /\/v2\/trivy-db\// : /\/v2\/trivy-db\/blobs\//;
      return both((truth) =>
        proxied(world.host, pattern, act, (host) =>
          judge(truth, world, world.host, `db: { repository: "${host}/trivy-db:2" }`, { cacheDir: emptyFolder() }),
        ),
      );
    }),
  ),
];
