import { generateKeyPairSync } from 'node:crypto';
import { X509Certificate } from '@sigstore/core';
import { initializeCA } from '@sigstore/mock';
import { beforeAll, expect, it } from 'vitest';
import { KnownCertificate } from './known-certificate.ts';

const bytesOf = (view: ArrayBufferView): Buffer => Buffer.from(view.buffer, view.byteOffset, view.byteLength);
const newKey = () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
let certificates: Readonly<Record<'root' | 'foreign' | 'leaf' | 'changed' | 'malformed', Buffer>> | undefined;
beforeAll(async () => {
  const [own, foreign] = [await initializeCA(newKey()), await initializeCA(newKey())];
  const der = newKey().publicKey.export({ type: 'spki', format: 'der' });
  const leaf = bytesOf(await own.issueCertificate({ publicKey: new Uint8Array(der), subjectAltName: 'https://example.com' }));
  const changed = Buffer.from(leaf);
  changed.write('evil', changed.indexOf('example'), 'latin1');
  const malformed = Buffer.from(leaf);
  malformed.fill(0xff, malformed.length - 20);
  certificates = {
    leaf,
    changed,
    malformed,
    root: bytesOf(own.rootCertificate),
    foreign: bytesOf(foreign.rootCertificate),
  };
});

it('a certificate answers as the class of Sigstore, the first time and later', () => {
  const all = Object.entries(certificates ?? {}).map(([name, der]) => {
    const plain = X509Certificate.parse(Buffer.from(der));
    return { name, plain, known: new KnownCertificate(X509Certificate.parse(Buffer.from(der)).root) };
  });
  const answers = (one: X509Certificate, others: readonly X509Certificate[]) => [
    one.publicKey.toString('hex'),
    ...others.flatMap((other) => [one.equals(other), one.verify(other)]),
    one.verify(),
  ];
  for (const { plain, known } of all)
    for (let time = 0; time < 2; time++)
      expect(
        answers(
          known,
          all.map((one) => one.known),
        ),
      ).toEqual(
        answers(
          plain,
          all.map((one) => one.plain),
        ),
      );
  const verified = all.flatMap((one) =>
    all.filter((issuer) => one.known.verify(issuer.known)).map((issuer) => `${one.name} by ${issuer.name}`),
  );
  expect(verified).toEqual(['leaf by root', 'root by root', 'foreign by foreign']);
});
