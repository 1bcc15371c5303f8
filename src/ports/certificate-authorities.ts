import { readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';

/** The certificates that an administrator of a Linux machine trusts, in the paths that Go tries: https://go.dev/src/crypto/x509/root_linux.go */
const bundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/tls/cacert.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/** Node's own and the system's: the certificate of a company's registry or proxy is known to its machines only. */
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
