import { createPublicKey, type KeyObject } from 'node:crypto';
import path from 'node:path';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { toTrustMaterial } from '@sigstore/verify';
import { GateError } from '../../model/gate-error.ts';
import type { Files } from '../../ports/ports.ts';
import type { ReadyRule } from './judge.ts';
import type { Rule } from './options.ts';
import { ruleName } from './rules.ts';
import type { Trust } from './verify.ts';

/** The public Sigstore's authorities and logs, which also the signatures of engine binaries are verified against. */
const publicRoot = 'engines/trust/sigstore-trusted-root.json';

/** Reads what rules are verified with. */
export interface TrustFiles {
  /** The trusted root of the public Sigstore, JSON. */
  readonly publicRoot: () => Promise<string>;
  /** A key or root that a rule names. */
  readonly named: (file: string) => Promise<string>;
}

/** `trusted`: the base commit, or the work tree without one. A symlink must not lead out of it. */
export function repositoryFiles(files: Files, trusted: string): TrustFiles['named'] {
  return async (file) => {
    const found = await files.resolveInside(trusted, path.join(trusted, file)).catch(() => undefined);
    if (found !== undefined) return files.readText(path.join(trusted, found));
    throw invalid(`engines.signatures: there is no file ${file} in the repository`, {
      expected: 'a file of the base commit, relative to the root of the repository',
      next: 'Correct the path, or add the file in a change of its own.',
    });
  };
}

/** The one that is part of this release. */
export function embeddedRoot(files: Files, gateRoot: string): TrustFiles['publicRoot'] {
  return () => files.readText(path.join(gateRoot, publicRoot));
}

/** Reads the keys and roots of rules. Throws CONFIG_INVALID for one that cannot be used. */
export async function readRules(rules: readonly Rule[], places: TrustFiles): Promise<ReadonlyMap<Rule, ReadyRule>> {
  const roots = new Map<string | undefined, Promise<TrustedRoot>>();
  const rootOf = (file: string | undefined): Promise<TrustedRoot> => {
    const known = roots.get(file) ?? readRoot(file, places);
    roots.set(file, known);
    return known;
  };
  const ready = await Promise.all(rules.map(async (rule) => [rule, await readRule(rule, places, rootOf)] as const));
  return new Map(ready);
}

async function readRule(
  rule: Rule,
  places: TrustFiles,
  rootOf: (file: string | undefined) => Promise<TrustedRoot>,
): Promise<ReadyRule> {
  const root = await rootOf(rule.roots);
  const keys = await Promise.all(rule.keys.map((key) => readKey(key, ruleName(rule), places)));
  const trust: Trust = {
    material: toTrustMaterial(root),
    transparencyLog: rule.transparencyLog,
    // A private authority may have no certificate log; that of the public Sigstore has one.
    certificateLog: rule.roots === undefined || root.ctlogs.length > 0,
  };
  return { rule, keys, trust };
}

async function readKey({ file, pem }: Rule['keys'][number], name: string, places: TrustFiles): Promise<KeyObject> {
  const text = pem ?? (await places.named(file ?? ''));
  try {
    const key = createPublicKey(text);
    if (key.asymmetricKeyType === 'ec' || key.asymmetricKeyType === 'rsa' || key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // Reported below; the error of OpenSSL is about its own functions.
  }
  throw invalid(`the key for ${name}${file === undefined ? '' : ` in ${file}`} is not a public key`, {
    expected: 'an ECDSA, RSA or Ed25519 public key in PEM',
    next: 'Write the public key as `cosign public-key --key KEY` prints it.',
  });
}

async function readRoot(file: string | undefined, places: TrustFiles): Promise<TrustedRoot> {
  const text = file === undefined ? await places.publicRoot() : await places.named(file);
  try {
    const root = TrustedRoot.fromJSON(JSON.parse(text));
    toTrustMaterial(root); // throws for a certificate or key that is not one
    if (root.certificateAuthorities.length + root.tlogs.length + root.timestampAuthorities.length > 0) return root;
  } catch {
    // Reported below.
  }
  throw invalid(`${file ?? publicRoot} is not a trusted root of Sigstore`, {
    expected: 'JSON of type application/vnd.dev.sigstore.trustedroot+json',
    next: 'Create it by `cosign trusted-root create`, or download that of your Sigstore.',
  });
}

function invalid(message: string, more: { readonly expected: string; readonly next: string }): GateError {
  return new GateError('CONFIG_INVALID', { message, ...more });
}
