import { createPublicKey, type KeyObject } from 'node:crypto';
import path from 'node:path';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { GateError } from '../../model/gate-error.ts';
import type { Files } from '../../ports/ports.ts';
import { jsonLines } from './json-lines.ts';
import type { ReadyRule } from './judge.ts';
import { trustMaterialOf } from './known-certificate.ts';
import type { Rule } from './options.ts';
import { ruleName } from './rules.ts';
import type { SigstoreRoots } from './sigstore-roots.ts';
import type { Trust } from './verify.ts';

/** Reads what rules are verified with. */
export interface TrustFiles {
  readonly roots: SigstoreRoots;
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
      next: 'Correct the path, or add the file in a separate change.',
    });
  };
}

/** Reads the keys and roots of rules. Throws CONFIG_INVALID for one that cannot be used, and as SigstoreRoots. */
export async function readRules(rules: readonly Rule[], places: TrustFiles): Promise<ReadonlyMap<Rule, ReadyRule>> {
  const ready = await Promise.all(rules.map(async (rule) => [rule, await readRule(rule, places)] as const));
  return new Map(ready);
}

async function readRule(rule: Rule, places: TrustFiles): Promise<ReadyRule> {
  const roots = await rootsOf(rule, places);
  const keys = await Promise.all(rule.keys.map((key) => readKey(key, ruleName(rule), places)));
  const trusts = roots.map(
    (root): Trust => ({
      material: trustMaterialOf(root),
      // GitHub's own Sigstore has no log; each certificate needs the timestamp of an authority.
      transparencyLog: rule.transparencyLog && !(rule.githubSigstore && root.tlogs.length === 0),
      // A private authority may have no certificate log; that of the public Sigstore has one.
      certificateLog: root.ctlogs.length > 0,
    }),
  );
  return { rule, keys, trusts };
}

async function rootsOf(rule: Rule, { roots, named }: TrustFiles): Promise<readonly TrustedRoot[]> {
  if (rule.roots !== undefined) return parseRoots(await named(rule.roots), rule.roots);
  const verifiesCertificates = rule.signedBy.length > 0 || rule.transparencyLog;
  const own = parseRoots(await (verifiesCertificates ? roots.public() : roots.embedded()), 'the root of the public Sigstore');
  if (own.some(({ ctlogs, tlogs }) => ctlogs.length === 0 || tlogs.length === 0))
    throw invalid('the root of the public Sigstore has no logs', {
      expected: 'its logs',
      next: 'Report this as a bug of k8s-gate.',
    });
  return rule.githubSigstore ? [...own, ...parseRoots(await roots.github(), "the root of GitHub's own Sigstore")] : own;
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

/** One, or several as JSON lines, as `gh attestation trusted-root` prints them. */
function parseRoots(text: string, name: string): readonly TrustedRoot[] {
  try {
    const lines = jsonLines(text);
    const roots = lines.map((line) => TrustedRoot.fromJSON(JSON.parse(line)));
    for (const root of roots) trustMaterialOf(root); // throws for a certificate or key that is not one
    const isEmpty = ({ certificateAuthorities, tlogs, timestampAuthorities }: TrustedRoot): boolean =>
      certificateAuthorities.length + tlogs.length + timestampAuthorities.length === 0;
    if (roots.length > 0 && !roots.some(isEmpty)) return roots;
  } catch {
    // Reported below.
  }
  throw invalid(`${name} is not a trusted root of Sigstore`, {
    expected: 'JSON of type application/vnd.dev.sigstore.trustedroot+json',
    next: 'Create it by `cosign trusted-root create`, or download that of your Sigstore.',
  });
}

function invalid(message: string, more: { readonly expected: string; readonly next: string }): GateError {
  return new GateError('CONFIG_INVALID', { message, ...more });
}
