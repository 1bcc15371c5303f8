import { createHash } from 'node:crypto';
import path from 'node:path';
import { inParallel } from '../../model/concurrency.ts';
import type { Image } from '../../model/image.ts';
import { parseImageName, repositoryOf } from '../../model/image-name.ts';
import { registryOf } from './args.ts';
import { localSource } from './image-files.ts';
import { namedHosts } from './private-host.ts';
import type { TrivyContext } from './process.ts';

const lookUps = 16;
const lookUpMs = 20_000;

/**
 * Identifies each image by content: the current digest of its tag, or a hash of the whole file. Images that are missing from the result could
 * not be looked up: Trivy scans them and reports the reason, and their results are not reused.
 */
export async function imageContents(context: TrivyContext, images: readonly Image[]): Promise<ReadonlyMap<string, string>> {
  const contents = await inParallel(lookUps, images, (image) => contentOfImage(context, image));
  return new Map(
    images.flatMap(({ reference }, index) => {
      const content = contents[index];
      return content === undefined ? [] : [[reference, content]];
    }),
  );
}

async function contentOfImage(context: TrivyContext, image: Image): Promise<string | undefined> {
  try {
    return image.source.kind === 'registry' ? await digestOfTag(context, image.reference) : await hashOfFiles(context, image);
  } catch {
    return undefined;
  }
}

async function digestOfTag(context: TrivyContext, reference: string): Promise<string | undefined> {
  const { options, ports, signal } = context;
  const name = parseImageName(reference);
  if (name === undefined) return undefined;
  if (name.digest !== undefined) return /^sha256:[0-9a-f]{64}$/.test(name.digest) ? name.digest : undefined;
  return ports.registries.digest(
    { ...repositoryOf(name), tag: name.tag ?? 'latest' },
    {
      insecure: options.insecureRegistries.includes(registryOf(reference)),
      credentials: options.credentials === 'runner',
      named: namedHosts(context),
      timeoutMs: lookUpMs,
      signal,
    },
  );
}

/** Hashes all files of an OCI directory, not only the index: its blobs are part of the change and their digests are unverified. */
async function hashOfFiles(context: TrivyContext, image: Image): Promise<string | undefined> {
  const { files } = context.ports;
  const source = await localSource(context, image);
  if (source.kind === 'registry') return undefined;
  if (source.kind === 'archive') return `archive ${await files.sha256(source.path)}`;
  const hash = createHash('sha256');
  for (const file of await files.walk(source.path, () => false)) {
    hash.update(`${JSON.stringify(file.path)} ${await files.sha256(path.join(source.path, file.path))}\n`);
  }
  return `oci-layout ${hash.digest('hex')}`;
}
