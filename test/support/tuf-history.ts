import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listen } from './loopback.ts';

/**
 * A TUF repository as Sigstore publishes its own, with consistent snapshots, several versions of its root and keys of its own for each role; every
 * part can be made wrong. https://theupdateframework.github.io/specification/latest/
 */
export class TufKey {
  readonly #private: KeyObject;
  readonly id: string;
  readonly json: object;

  constructor() {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    this.#private = privateKey;
    const bytes = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
    this.json = { keytype: 'ed25519', scheme: 'ed25519', keyval: { public: bytes.toString('hex') } };
    this.id = sha256(canonical(this.json));
  }

  sign(signed: object): { readonly keyid: string; readonly sig: string } {
    return { keyid: this.id, sig: sign(null, Buffer.from(canonical(signed)), this.#private).toString('hex') };
  }
}

export type Role = 'root' | 'timestamp' | 'snapshot' | 'targets';
type Keys = Readonly<Record<Role, readonly TufKey[]>>;

const later = '2099-01-01T00:00:00Z';

/** Metadata with the signatures of these keys. */
export function signedBy(keys: readonly TufKey[], signed: object): string {
  return JSON.stringify({ signatures: keys.map((key) => key.sign(signed)), signed });
}

export function rootOf(version: number, keys: Keys, { expires = later, threshold = 1 } = {}): object {
  const roles = Object.entries(keys).map(([name, some]) => [
    name,
    { keyids: some.map(({ id }) => id), threshold: name === 'root' || name === 'targets' ? threshold : 1 },
  ]);
  const all = Object.values(keys)
    .flat()
    .map(({ id, json }) => [id, json]);
  return {
    ...{ _type: 'root', spec_version: '1.0.31', version, expires, consistent_snapshot: true },
    ...{ keys: Object.fromEntries(all), roles: Object.fromEntries(roles) },
  };
}

export interface Release {
  readonly version: number;
  readonly content: string;
  readonly keys: Keys;
  readonly expires?: Partial<Record<Exclude<Role, 'root'>, string>>;
  /** Keys that sign the targets; default: all of the role. */
  readonly targetsBy?: readonly TufKey[];
  /** Of the snapshot and the targets; default: that of the release. */
  readonly parts?: number;
}

/** The files of one release: timestamp, snapshot, targets and `trusted_root.json`, which name each other by version and hash. */
export function release({ version, content, keys, expires = {}, targetsBy = keys.targets, parts = version }: Release): Files {
  const common = { spec_version: '1.0.31' };
  const hash = sha256(content);
  const targets = signedBy(targetsBy, {
    ...{ ...common, _type: 'targets', version: parts, expires: expires.targets ?? later },
    targets: { 'trusted_root.json': { length: Buffer.byteLength(content), hashes: { sha256: hash } } },
  });
  const snapshot = signedBy(keys.snapshot, {
    ...{ ...common, _type: 'snapshot', version: parts, expires: expires.snapshot ?? later },
    meta: { 'targets.json': { version: parts } },
  });
  const timestamp = signedBy(keys.timestamp, {
    ...{ ...common, _type: 'timestamp', version, expires: expires.timestamp ?? later },
    meta: { 'snapshot.json': { version: parts, length: Buffer.byteLength(snapshot), hashes: { sha256: sha256(snapshot) } } },
  });
  return {
    '/timestamp.json': timestamp,
    [`/${parts}.snapshot.json`]: snapshot,
    [`/${parts}.targets.json`]: targets,
    [`/targets/${hash}.trusted_root.json`]: content,
  };
}

export type Files = Readonly<Record<string, string>>;

export interface TufServer {
  readonly url: string;
  readonly host: string;
  /** What it serves from now on. */
  serve(files: Files, answer?: (request: IncomingMessage, response: ServerResponse) => boolean): void;
  stop(): Promise<void>;
}

export async function startTufServer(): Promise<TufServer> {
  let served: Files = {};
  let first: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
  const server = createServer((request, response) => {
    if (first?.(request, response)) return;
    const found = served[request.url ?? ''];
    response.writeHead(found === undefined ? 404 : 200).end(found);
  });
  const url = await listen(server);
  return {
    url,
    host: new URL(url).host,
    serve(files, answer) {
      served = files;
      first = answer;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Canonical JSON as TUF signs it: sorted keys, no spaces. Its texts have nothing to escape. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, one]) => `${JSON.stringify(key)}:${canonical(one)}`).join(',')}}`;
}
