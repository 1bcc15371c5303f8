import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { type TarEntry, tar } from './tar.ts';

export interface Blob {
  readonly mediaType: string;
  readonly digest: string;
  readonly bytes: Buffer;
}
/** A real image, as small as its files: what a registry or an archive would hold. */
export interface OciImage {
  readonly manifest: Blob;
  readonly config: Blob;
  readonly layers: readonly Blob[];
  /** Uncompressed layers, for `docker save` archives. */
  readonly layerTars: readonly Buffer[];
}

const types = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
} as const;

export function blob(mediaType: string, content: string | Uint8Array): Blob {
  const bytes = Buffer.from(content);
  return { mediaType, bytes, digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}` };
}

export function descriptor(part: Blob, annotations?: Readonly<Record<string, string>>): object {
  return { mediaType: part.mediaType, digest: part.digest, size: part.bytes.length, ...(annotations && { annotations }) };
}

/** One layer for each list of files. */
export function buildImage(layers: readonly (readonly TarEntry[])[], env: readonly string[] = []): OciImage {
  const layerTars = layers.map((entries) => tar(entries));
  const layerBlobs = layerTars.map((bytes) => blob(types.layer, gzipSync(bytes)));
  const config = blob(
    types.config,
    JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      created: '2026-01-01T00:00:00Z',
      config: { Env: env, Cmd: ['/bin/sh'] },
      rootfs: { type: 'layers', diff_ids: layerTars.map((bytes) => blob('', bytes).digest) },
      history: layerTars.map((_, index) => ({ created: '2026-01-01T00:00:00Z', created_by: `COPY layer ${index} /` })),
    }),
  );
  const manifest = blob(
    types.manifest,
    JSON.stringify({
      schemaVersion: 2,
      mediaType: types.manifest,
      config: descriptor(config),
      layers: layerBlobs.map((layer) => descriptor(layer)),
    }),
  );
  return { manifest, config, layers: layerBlobs, layerTars };
}

/** Files of an OCI image layout, by path. */
function layoutFiles(image: OciImage): readonly TarEntry[] {
  const index = { schemaVersion: 2, mediaType: types.index, manifests: [descriptor(image.manifest)] };
  return [
    { path: 'oci-layout', content: '{"imageLayoutVersion":"1.0.0"}' },
    { path: 'index.json', content: JSON.stringify(index) },
    ...[image.manifest, image.config, ...image.layers].map((part) => ({
      path: `blobs/${part.digest.replace(':', '/')}`,
      content: part.bytes,
    })),
  ];
}

export function writeOciLayout(image: OciImage, folder: string): void {
  for (const file of layoutFiles(image)) {
    const target = path.join(folder, file.path);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, file.content);
  }
}

/** What `skopeo copy oci-archive:` and `docker buildx --output type=oci` write. */
export function ociArchive(image: OciImage): Buffer {
  return tar(layoutFiles(image));
}

/** What `docker save` wrote before Docker 25. */
export function dockerArchive(image: OciImage, tag: string): Buffer {
  const layerPaths = image.layerTars.map((bytes) => `${blob('', bytes).digest.slice('sha256:'.length)}/layer.tar`);
  const configPath = `${image.config.digest.slice('sha256:'.length)}.json`;
  return tar([
    { path: 'manifest.json', content: JSON.stringify([{ Config: configPath, RepoTags: [tag], Layers: layerPaths }]) },
    { path: configPath, content: image.config.bytes },
    ...image.layerTars.map((content, index) => ({ path: layerPaths[index] ?? '', content })),
  ]);
}

/** Pushes by the registry's HTTP API; answers with the reference (`127.0.0.1:5000/team/app:1.0`). */
export async function pushImage(
  image: Omit<OciImage, 'layerTars'>,
  host: string,
  repository: string,
  tag: string,
): Promise<string> {
  for (const part of [image.config, ...image.layers]) {
    await send(`http://${host}/v2/${repository}/blobs/uploads/?digest=${part.digest}`, 'POST', part);
  }
  await send(`http://${host}/v2/${repository}/manifests/${tag}`, 'PUT', image.manifest);
  return `${host}/${repository}:${tag}`;
}

async function send(url: string, method: string, part: Blob): Promise<void> {
  const response = await fetch(url, { method, body: new Uint8Array(part.bytes), headers: { 'content-type': part.mediaType } });
  if (response.status !== 201) throw new Error(`${method} ${url}: ${response.status} ${await response.text()}`);
}
