import { createMessage, generateKey, type PrivateKey, sign } from 'openpgp';
import { beforeAll, describe, expect, it } from 'vitest';
import { verifyOpenpgp } from '../../src/toolchain/openpgp.ts';

const artifact = Buffer.from('the archive');
let maintainer: PrivateKey;
let stranger: PrivateKey;
let expired: PrivateKey;

const fingerprint = (key: PrivateKey): string => key.getFingerprint().toUpperCase();
const keysOf = (...keys: readonly PrivateKey[]): string => keys.map((key) => `pub ...\n${key.toPublic().armor()}\n`).join('\n');
const newKey = async (name: string, rest: { date?: Date; keyExpirationTime?: number } = {}): Promise<PrivateKey> =>
  (await generateKey({ userIDs: [{ name }], format: 'object', ...rest })).privateKey;
const signed = async (by: PrivateKey, binary: Uint8Array = artifact, date?: Date): Promise<string> =>
  sign({
    message: await createMessage({ binary }),
    signingKeys: by,
    detached: true,
    format: 'armored',
    ...(date !== undefined && { date }),
  });
const check = (signature: string, rest: Partial<Parameters<typeof verifyOpenpgp>[0]> = {}): Promise<string> =>
  verifyOpenpgp({ artifact, signature, keys: keysOf(maintainer), fingerprints: [fingerprint(maintainer)], ...rest });

beforeAll(async () => {
  [maintainer, stranger, expired] = await Promise.all([
    newKey('maintainer'),
    newKey('stranger'),
    newKey('expired', { date: new Date('2020-01-01'), keyExpirationTime: 86_400 }),
  ]);
});

describe('an OpenPGP signature', () => {
  it('is valid, and names the key', async () => {
    expect(await check(await signed(maintainer))).toBe(`OpenPGP key ${fingerprint(maintainer)}`);
  });

  it('is of that file only', async () => {
    await expect(check(await signed(maintainer, Buffer.from('another')))).rejects.toThrow();
  });

  it('by a key that is not there is refused', async () => {
    await expect(check(await signed(stranger))).rejects.toThrow();
  });

  it('by a key that is there and may not sign is refused', async () => {
    await expect(check(await signed(stranger), { keys: keysOf(maintainer, stranger) })).rejects.toThrow();
  });

  it('made after its key had expired is refused', async () => {
    const old = { keys: keysOf(expired), fingerprints: [fingerprint(expired)] };
    const late = signed(expired, artifact, new Date('2020-01-01T12:00:00Z'));
    expect(await check(await late, old)).toContain(fingerprint(expired));
    await expect(signed(expired, artifact, new Date('2024-01-01')).then((text) => check(text, old))).rejects.toThrow();
  });

  it('is not checked with a key file that lost a key', async () => {
    const signature = await signed(maintainer);
    await expect(check(signature, { fingerprints: [fingerprint(maintainer), fingerprint(stranger)] })).rejects.toThrow(
      'is not in the key file',
    );
  });

  it.each(['', '<html>', '-----BEGIN PGP SIGNATURE-----\n\nAAAA\n-----END PGP SIGNATURE-----\n'])('is not %j', async (text) => {
    await expect(check(text)).rejects.toThrow();
  });
});
