import path from 'node:path';
import { GateError } from '../../model/gate-error.ts';
import type { Image, ImageSource } from '../../model/image.ts';
import { tail } from './log-lines.ts';
import type { TrivyContext } from './process.ts';

/** The image's source with an absolute path, checked to be of the expected type. Throws IMAGE_UNAVAILABLE. */
export async function localSource(context: TrivyContext, image: Image): Promise<ImageSource> {
  const { source } = image;
  if (source.kind === 'registry') return source;
  const absolute = path.resolve(context.workspace, source.path);
  const stat = await context.ports.files.stat(absolute);
  const expected = source.kind === 'archive' ? 'file' : 'folder';
  if (stat?.kind !== expected) {
    throw unavailable(
      image,
      `${source.path} ${stat === undefined ? 'does not exist' : `is a ${stat.kind}`}, expected a ${expected}`,
    );
  }
  if (source.kind === 'oci-layout') {
    // Trivy reads what follows the first of these as a tag: https://trivy.dev/docs/v0.74/guide/target/container_image/
    if (/[@:]/.test(absolute))
      throw unavailable(image, `the path ${absolute} contains a colon or an @, which Trivy does not support`);
    await refuseLinks(context, image, absolute);
  }
  return { ...source, path: absolute };
}

/** A symlink among the blobs could expose any file of the machine. */
async function refuseLinks(context: TrivyContext, image: Image, folder: string): Promise<void> {
  const link = (await context.ports.files.walk(folder, () => false)).find((file) => file.kind === 'symlink');
  if (link !== undefined) throw unavailable(image, `its OCI directory contains a symbolic link: ${link.path}`);
}

/** Trivy only reads an OCI layout from a folder, so an OCI tar has to be unpacked; only the layout's own members are. */
export async function unpackOciArchive(
  context: TrivyContext,
  image: Image,
  archive: string,
  folder: string,
): Promise<ImageSource> {
  const executable = await context.ports.processes.find('tar');
  if (executable === undefined)
    throw unavailable(image, 'its archive is in OCI format, and there is no `tar` on the PATH to unpack it');
  await context.ports.files.makeDir(folder);
  const ended = await context.ports.processes.run({
    executable,
    // As root, tar would change the owner of files, which its sandbox does not allow.
    args: ['--no-same-owner', '-xf', archive, '-C', folder, 'oci-layout', 'index.json', 'blobs'],
    cwd: folder,
    env: { LANG: 'C.UTF-8' },
    timeoutMs: context.timeoutMs,
    maxOutputBytes: 1024 * 1024,
    network: 'none',
    signal: context.signal,
  });
  if (ended.exitCode !== 0)
    throw unavailable(image, `its archive is neither in \`docker save\` nor in OCI format (${tail(ended.stderr)})`);
  await refuseLinks(context, image, folder);
  return { kind: 'oci-layout', path: folder };
}

function unavailable(image: Image, message: string): GateError {
  return new GateError('IMAGE_UNAVAILABLE', {
    message: `the image ${image.reference} was not scanned: ${message}`,
    next: 'Correct the entry under `images.sources`.',
  });
}
