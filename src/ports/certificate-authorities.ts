import { readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';

/** Where Linux distributions keep the certificates that an administrator trusts, as Go looks for them: https://go.dev/src/crypto/x509/root_linux.go */
const bundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/tls/cacert.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/** Node's own and those of the system: a registry of a company has a certificate that only its machines know. */
export function certificateAuthorities(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  const texts = (files: readonly (string | undefined)[]): readonly string[] =>
    files.flatMap((file) => {
      const text = file === undefined ? '' : read(file);
      return text.includes('-----BEGIN') ? [text] : [];
    });
  const given = env.SSL_CERT_FILE;
  const [system] = texts(given === undefined ? bundles : [given]);
  return [...rootCertificates, ...texts([env.NODE_EXTRA_CA_CERTS]), ...(system === undefined ? [] : [system])];
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
