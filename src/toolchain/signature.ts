import path from 'node:path';
import { GateError, toGateError } from '../model/gate-error.ts';
import type { LockedAsset, LockedPublisher } from './lock-file.ts';
import type { SignatureState, SourcePorts } from './source.ts';

/**
 * Publishers' signatures, checked after the hash and the age. What each signs, read in their repositories on 2026-11-25:
 * - Trivy: every release asset, by its release workflow, since 0.68.1 (docs/getting-started/signature-verification.md,
 *   goreleaser.yml `signs`, aquasecurity/trivy@dc3c56e). https://trivy.dev/docs/latest/getting-started/signature-verification/
 * - Kyverno: every release asset, by its release workflow (.goreleaser.yml `signs`, .github/workflows/release.yaml at v1.19.0).
 * - KubeLinter: the bare binaries only, not the archives, with its own key (.goreleaser.yaml `artifacts: binary`, at v0.8.3).
 * - Helm: the archives, with a maintainer's OpenPGP key, on the GitHub release and not on get.helm.sh (scripts/get-helm-4 and
 *   KEYS at v4.2.4). https://github.com/helm/helm/blob/main/KEYS
 * - OPA, Kustomize, kube-bench: nothing but hashes.
 */
export interface SignatureContext {
  readonly ports: SourcePorts;
  readonly gateRoot: string;
  readonly version: string;
  readonly publisher: LockedPublisher | undefined;
  /** A publisher's address, or a mirror's. */
  readonly resolve: (url: string) => string;
  readonly signal: AbortSignal | undefined;
}

const trustedRootFile = 'engines/trust/sigstore-trusted-root.json';
const maxSignatureBytes = 1024 * 1024;
const timeoutMs = 60_000;

/**
 * @param file The download, its hash already found right.
 * @throws GateError TOOL_UNTRUSTED for a wrong signature.
 */
export async function checkSignature(
  id: string,
  asset: LockedAsset,
  file: string,
  context: SignatureContext,
): Promise<SignatureState> {
  const { publisher, ports, resolve } = context;
  if (asset.signature === undefined || publisher === undefined) return { state: 'unsigned' };
  const url = resolve(asset.signature);
  const signature = await fetchSignature(url, `${file}.signature`, context);
  if (typeof signature !== 'string') return { state: 'unverified', why: signature.why };
  try {
    const artifact = await ports.files.readBytes(file);
    return { state: 'verified', by: await verifyBy(publisher, artifact, signature, context) };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new GateError('TOOL_UNTRUSTED', {
      message: `the signature of ${id} at ${bare(url)} is not valid: ${printable(why)}`,
      next: 'Its hash is correct, so the publisher or a mirror changed the signature: find out why before you use it.',
      cause,
    });
  }
}

async function fetchSignature(
  url: string,
  file: string,
  { ports, signal }: SignatureContext,
): Promise<string | { readonly why: string }> {
  try {
    await ports.http.download(url, file, { maxBytes: maxSignatureBytes, timeoutMs, ...(signal !== undefined && { signal }) });
  } catch (thrown) {
    const error = toGateError(thrown);
    if (error.code !== 'TOOL_UNAVAILABLE') throw error;
    return { why: error.message };
  }
  // Not readText: text that is not UTF-8 is refused by the reader of the format.
  const text = Buffer.from(await ports.files.readBytes(file)).toString('utf8');
  await ports.files.remove(file);
  return text;
}

/** Loads the libraries here, so that a run that installs nothing does not load them. */
async function verifyBy(
  publisher: LockedPublisher,
  artifact: Uint8Array,
  signature: string,
  { ports, gateRoot, version }: SignatureContext,
): Promise<string> {
  const read = (file: string): Promise<string> => ports.files.readText(path.join(gateRoot, file));
  if (publisher.kind === 'openpgp') {
    const { verifyOpenpgp } = await import('./openpgp.ts');
    return verifyOpenpgp({ artifact, signature, keys: await read(publisher.keys), fingerprints: publisher.fingerprints });
  }
  const { verifySigstore } = await import('./sigstore.ts');
  const signer =
    publisher.kind === 'sigstore'
      ? { ...publisher, identity: publisher.identity.replaceAll('{version}', version) }
      : { kind: publisher.kind, publicKey: await read(publisher.key) };
  return verifySigstore({ artifact, bundle: signature, trustedRoot: await read(trustedRootFile), signer });
}

function bare(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

/** A signature is text from outside, and an error about it may quote it. */
function printable(text: string): string {
  return text.replace(/[^ -~]/g, '?').slice(0, 300);
}
