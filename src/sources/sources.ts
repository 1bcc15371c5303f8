import path from 'node:path';
import type { GateConfig } from '../model/config.ts';
import { toGateError } from '../model/gate-error.ts';
import type { ChartRequest, FetchedBase, FetchedChart, NotFetched, Sources } from '../model/sources.ts';
import type { EnginePorts, RemoteManifest } from '../ports/ports.ts';
import { type Address, addressOf } from './address.ts';
import { fetchBase } from './bases.ts';
import { digestOf, openCache, type SourceCache } from './cache.ts';
import type { Archive, Fetching } from './fetching.ts';
import { fromHttp } from './http-chart.ts';
import { createMemo } from './memo.ts';
import { mirrorsOf } from './mirrors.ts';
import { allowHost, fillCache, reachHost, useHttps } from './next-steps.ts';
import { fromRegistry } from './oci-chart.ts';
import { notFetched, Refusal } from './refusal.ts';
import { unpackChart } from './unpack-chart.ts';
import { isExact, type Satisfies } from './versions.ts';

export interface SourcesContext {
  readonly config: GateConfig['sources'];
  readonly ports: Pick<EnginePorts, 'files' | 'remotes' | 'log'>;
  readonly cacheDir: string;
  /** A folder of this run, outside of the workspace. */
  readonly tempDir: string;
  readonly signal: AbortSignal;
  readonly satisfies: Satisfies;
  /** Hosts that the base commit names. */
  readonly namedHosts: () => Promise<ReadonlySet<string>>;
}

/** Fetches what a run asks for, each request once. Never throws: what cannot be fetched has a reason. */
export function createSources(context: SourcesContext): Sources {
  const { config, ports, cacheDir, signal, satisfies } = context;
  const cache = openCache(cacheDir, ports.files);
  const fetching: Fetching = {
    ...{ remotes: ports.remotes, mirrors: mirrorsOf(config), offline: config.offline, satisfies, signal },
    cached: (digest) => cache.blob(digest),
    indexes: createMemo<Uint8Array>(),
    manifests: createMemo<RemoteManifest | undefined>(),
    tags: createMemo<readonly string[]>(),
  };
  const charts = createMemo<FetchedChart | NotFetched>();
  const notes: string[] = [];
  const note = (text: string): void => {
    ports.log.info(text);
    notes.push(text);
  };
  let count = 0;

  async function chart(request: ChartRequest): Promise<FetchedChart | NotFetched> {
    const { url, name } = request;
    const address = addressOf(url);
    try {
      if (address === undefined || !/^\w[\w.-]*(?:\/\w[\w.-]*)*$/.test(name))
        throw new Refusal(`${JSON.stringify(`${url} ${name}`)} does not name a chart of a repository`, useHttps);
      await requireNamed(address.host, context, fetching);
      const { version, content, digest } = await archiveOf(address, request, cache, fetching, ports);
      if (!isExact(request.version) && !request.version.includes('sha256:'))
        note(`chart ${name} ${request.version || '*'} of ${url} is ${version} (${digest})`);
      const root = path.join(context.tempDir, String(count++));
      const shown = nameOf(address, name, version, digest);
      await unpackChart(content, path.posix.basename(name), { root, shown }, ports.files);
      return { status: 'fetched', root, path: shown, version, digest };
    } catch (thrown) {
      return notFetched(thrown, reachHost(address?.host ?? url));
    }
  }
  const bases = createMemo<FetchedBase | NotFetched>();
  const ofBases = {
    ...{ fetching, cache, note, files: ports.files },
    newFolder: () => path.join(context.tempDir, String(count++)),
    requireNamed: (host: string) => requireNamed(host, context, fetching),
  };
  return {
    chart: (request) => charts(keyOf(request), () => chart(request)),
    base: (text) => bases(text, () => fetchBase(text, ofBases)),
    notes: () => notes,
  };
}

function keyOf({ url, name, version }: ChartRequest): string {
  return JSON.stringify([url, name, version]);
}

/** A host that only the change names would get a request that its author chose. */
export async function requireNamed(
  host: string,
  { config, namedHosts }: Pick<SourcesContext, 'config' | 'namedHosts'>,
  { mirrors }: Pick<Fetching, 'mirrors'>,
): Promise<void> {
  if (mirrors.has(host) || config.allow.some((one) => one.toLowerCase() === host) || (await namedHosts()).has(host)) return;
  throw new Refusal(`the base commit does not name the host ${host}, so it is not requested`, allowHost(host));
}

async function archiveOf(
  address: Address,
  request: ChartRequest,
  cache: SourceCache,
  fetching: Fetching,
  { log }: SourcesContext['ports'],
): Promise<Archive & { readonly digest: string }> {
  const key = keyOf(request);
  if (fetching.offline && !fetching.mirrors.has(address.host)) {
    const known = await cache.named(key);
    const content = known === undefined ? undefined : await cache.blob(known.digest);
    if (known !== undefined && content !== undefined) return { ...known, content };
    throw new Refusal('it is not in the cache, and `sources.offline` is set', fillCache);
  }
  const archive =
    address.kind === 'http' ? await fromHttp(address, request, fetching) : await fromRegistry(address, request, fetching);
  await cache.keep(key, archive).catch((thrown: unknown) => {
    log.debug(`the archive of ${request.name} was not kept: ${toGateError(thrown).message}`);
  });
  return { ...archive, digest: digestOf(archive.content) };
}

/** `ghcr.io/org/charts/podinfo-6.5.0`: a path that names the chart to a reader and is not in the repository. */
function nameOf(address: Address, name: string, version: string, digest: string): string {
  const place = address.kind === 'http' ? address.url.pathname : `/${address.repository}`;
  const text = `${address.host}${place}/${name}-${version.startsWith('sha256:') || version === '' ? digest.slice(7, 19) : version}`;
  return text
    .split('/')
    .map((step) => step.replaceAll(/[^\w.+-]/g, '_'))
    .filter((step) => !/^\.*$/.test(step))
    .join('/');
}
