import { randomFrom } from '../../test/agreement/random.ts';
import { buildImage, type OciImage, pushImage } from '../../test/support/oci-image.ts';
import type { TarEntry } from '../../test/support/tar.ts';

const packages = ['libcrypto3', 'musl', 'zlib', 'busybox', 'libssl3', 'ca-certificates', 'libexpat', 'sqlite-libs'];
const libraries = ['minimist', 'express', 'lodash', 'semver', 'uuid', 'ws', 'pino', 'yargs'];

/** The layer that all images have in common, as images of one team do. */
function base(): readonly TarEntry[] {
  const installed = packages.map(
    (name) => `P:${name}\nV:3.5.1-r0\nA:x86_64\nL:MIT\no:${name === 'libcrypto3' ? 'openssl' : name}\n`,
  );
  return [
    { path: 'etc/alpine-release', content: '3.22.1\n' },
    { path: 'etc/os-release', content: 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.22.1\nPRETTY_NAME="Alpine Linux v3.22"\n' },
    { path: 'lib/apk/db/installed', content: `${installed.join('\n')}\n` },
  ];
}

/** An application: libraries, and sources that a search for secrets has to read. */
function application(seed: number): readonly TarEntry[] {
  const random = randomFrom(seed);
  const modules = libraries.map((name) => ({
    path: `app/node_modules/${name}/package.json`,
    content: JSON.stringify({ name, version: `1.${random.int(9)}.${random.int(20)}`, license: 'MIT' }),
  }));
  const sources = Array.from({ length: 200 }, (_, file) => ({
    path: `app/src/file-${file}.js`,
    content: Array.from(
      { length: 120 },
      () => `export const value${random.int(1e9)} = [${random.int(1e9)}, '${random.int(1e9)}'];`,
    ).join('\n'),
  }));
  return [...modules, ...sources];
}

/** Pushes images that differ in their last layer; answers with the references. The bytes are the same on every machine. */
export async function pushImages(host: string, count: number): Promise<readonly string[]> {
  const pushed: string[] = [];
  for (let index = 0; index < count; index++) {
    const image: OciImage = buildImage([base(), application(index)]);
    pushed.push(await pushImage(image, host, `team/app-${index}`, index % 5 === 0 ? 'latest' : `1.${index}.0`));
  }
  return pushed;
}
