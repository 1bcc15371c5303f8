import { createMessage, type Key, readKeys, readSignature, verify } from 'openpgp';

export interface OpenpgpInput {
  readonly artifact: Uint8Array;
  /** Detached, armored. */
  readonly signature: string;
  /** Armored blocks one after another, as in Helm's KEYS. */
  readonly keys: string;
  /** Of the keys that may sign; each must be among `keys`, so that a shortened file is noticed. */
  readonly fingerprints: readonly string[];
}

/**
 * A signature by one of the keys, which was valid when it signed. Throws any error; the caller makes it TOOL_UNTRUSTED.
 * @returns the signer: the key's fingerprint.
 */
export async function verifyOpenpgp({ artifact, signature, keys, fingerprints }: OpenpgpInput): Promise<string> {
  const allowed = await allowedKeys(keys, fingerprints);
  const result = await verify({
    message: await createMessage({ binary: artifact }),
    signature: await readSignature({ armoredSignature: signature }),
    verificationKeys: [...allowed],
  });
  const [first, ...others] = result.signatures;
  if (first === undefined || others.length > 0) throw new Error('it is not one signature');
  await first.verified;
  const signer = allowed.find((key) => key.getKeys(first.keyID).length > 0);
  if (signer === undefined) throw new Error('it is signed by a key that may not sign');
  return `OpenPGP key ${fingerprintOf(signer)}`;
}

/** Throws if one of them is not in the text. */
export async function allowedKeys(text: string, fingerprints: readonly string[]): Promise<readonly Key[]> {
  const blocks = text.match(/-----BEGIN PGP PUBLIC KEY BLOCK-----.*?-----END PGP PUBLIC KEY BLOCK-----/gs) ?? [];
  const known = (await Promise.all(blocks.map((armoredKeys) => readKeys({ armoredKeys })))).flat();
  return fingerprints.map((fingerprint) => {
    const key = known.find((candidate) => fingerprintOf(candidate) === fingerprint);
    if (key === undefined) throw new Error(`the key ${fingerprint} is not in the key file`);
    return key;
  });
}

const fingerprintOf = (key: Key): string => key.getFingerprint().toUpperCase();
