import { buildImage, type OciImage } from './oci-image.ts';
import type { TarEntry } from './tar.ts';

/** An access key in the shape of Amazon's, of no account. Put together here so that no secret scanner finds it in this file. */
export const plantedKey = ['AKIA', 'QWERTYUIOPASDFGH'].join('');

const alpineBase = (version: string, openssl = '3.5.1-r0'): readonly TarEntry[] => [
  { path: 'etc/alpine-release', content: `${version}\n` },
  { path: 'etc/os-release', content: `NAME="Alpine Linux"\nID=alpine\nVERSION_ID=${version}\nPRETTY_NAME="Alpine Linux"\n` },
  {
    path: 'lib/apk/db/installed',
    content: [
      `C:Q1abcdefghijklmnopqrstuvwxyz0=\nP:libcrypto3\nV:${openssl}\nA:x86_64\nS:1\nI:1\nT:Crypto library\nL:Apache-2.0\no:openssl`,
      'C:Q1bbcdefghijklmnopqrstuvwxyz0=\nP:musl\nV:1.2.5-r10\nA:x86_64\nS:1\nI:1\nT:C library\nL:MIT\no:musl',
      '',
    ].join('\n\n'),
  },
];

const nodePackage: TarEntry = {
  path: 'app/node_modules/minimist/package.json',
  content: JSON.stringify({ name: 'minimist', version: '1.2.0', license: 'MIT' }),
};
const pythonPackage: TarEntry = {
  path: 'usr/lib/python3.12/site-packages/requests-2.25.0.dist-info/METADATA',
  content: 'Metadata-Version: 2.1\nName: requests\nVersion: 2.25.0\nLicense: Apache 2.0\n\n',
};

/** Alpine 3.22 with an old OpenSSL, an old minimist and an access key in a settings file. */
export const vulnerableAlpine: OciImage = buildImage([
  alpineBase('3.22.1'),
  [nodePackage, { path: 'app/settings.ini', content: `[aws]\naws_access_key_id = ${plantedKey}\n` }],
]);

/** The next build of it: the minimist is the same, OpenSSL is not. */
export const rebuiltAlpine: OciImage = buildImage([alpineBase('3.22.2', '3.5.4-r0'), [nodePackage]]);

/** Debian 12 with an old libwebp and an old requests. */
export const vulnerableDebian: OciImage = buildImage([
  [
    { path: 'etc/debian_version', content: '12.11\n' },
    { path: 'etc/os-release', content: 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\n' },
    {
      path: 'var/lib/dpkg/status',
      content:
        'Package: libwebp7\nStatus: install ok installed\nArchitecture: amd64\nSource: libwebp\nVersion: 1.2.4-0.2\nMaintainer: Debian\n\n',
    },
  ],
  [pythonPackage],
]);

/** Debian 12 with packages of several licenses: one by a copyright file, a free text, a choice, and none. */
export const licensedDebian: OciImage = buildImage([
  [
    { path: 'etc/debian_version', content: '12.11\n' },
    { path: 'etc/os-release', content: 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\n' },
    {
      path: 'var/lib/dpkg/status',
      content: ['bash', 'odd', 'silent']
        .map((name) => `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\nMaintainer: Debian\n\n`)
        .join(''),
    },
    ...[
      ['bash', 'GPL-3+'],
      ['odd', 'My own terms'],
    ].map(([name, license]) => ({
      path: `usr/share/doc/${name}/copyright`,
      content: `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\nFiles: *\nCopyright: x\nLicense: ${license}\n text\n`,
    })),
    ...[
      ['choice', '(MIT OR GPL-3.0-only)'],
      ['both', 'MIT AND GPL-2.0-only'],
    ].map(([name, license]) => ({
      path: `app/node_modules/${name}/package.json`,
      content: JSON.stringify({ name, version: '1.0.0', license }),
    })),
  ],
]);

/** Alpine 3.10, out of support since 2021. */
export const endOfLifeAlpine: OciImage = buildImage([alpineBase('3.10.9')]);

/** A static binary and nothing else. */
export const bareImage: OciImage = buildImage([[{ path: 'server', content: 'not really a binary', mode: 0o755 }]]);

/** A Java archive, for which Trivy wants a second database. */
export function jarImage(jar: Uint8Array): OciImage {
  return buildImage([alpineBase('3.22.1'), [{ path: 'app/app.jar', content: jar }]]);
}

export const imageWithSecretInEnv: OciImage = buildImage([alpineBase('3.22.1')], [`AWS_ACCESS_KEY_ID=${plantedKey}`]);
