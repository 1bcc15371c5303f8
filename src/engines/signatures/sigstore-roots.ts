import path from 'node:path';
import { GateError } from '../../model/gate-error.ts';
import type { EnginePorts } from '../../ports/ports.ts';

/** Trusted roots of the Sigstore instances that the release knows. */
export interface SigstoreRoots {
  /** JSON of the public Sigstore's, whose authorities and logs the signatures of engine binaries are verified against as well. */
  readonly public: () => Promise<string>;
  /** The same, without a request: for rules that no authority has a part in. */
  readonly embedded: () => Promise<string>;
  /** JSON of GitHub's own, which signs for private repositories. Throws ENGINE_FAILED if it is unavailable: the release has none. */
  readonly github: () => Promise<string>;
  /** What readers must know about those that were used. */
  readonly notes: () => readonly string[];
}

const embeddedFile = 'engines/trust/sigstore-trusted-root.json';
/** As engines/trust/README.md has it. */
const embeddedOn = new Date('2026-08-21');
const publicUrl = 'https://tuf-repo-cdn.sigstore.dev';
const githubUrl = 'https://tuf-repo.github.com';
const timeoutMs = 5_000;

/** Each root is read once. `refresh`: whether the publishers are asked for a newer one. */
export function sigstoreRoots(
  { files, trustRoots, clock }: Pick<EnginePorts, 'files' | 'trustRoots' | 'clock'>,
  at: { readonly gateRoot: string; readonly cacheDir: string; readonly refresh: boolean; readonly signal: AbortSignal },
): SigstoreRoots {
  const notes: string[] = [];
  const embedded = (): Promise<string> => files.readText(path.join(at.gateRoot, embeddedFile));
  const current = async (name: 'sigstore' | 'github', url: string) =>
    trustRoots.current({
      url,
      root: await files.readText(path.join(at.gateRoot, `engines/trust/${name}-tuf-root.json`)),
      folder: path.join(at.cacheDir, 'trust-roots', name),
      timeoutMs,
      signal: at.signal,
    });
  const readPublic = async (): Promise<string> => {
    if (!at.refresh) return embedded();
    const found = await current('sigstore', publicUrl);
    if (found.status !== 'unavailable') return found.text;
    const days = Math.max(0, Math.floor((clock.now().getTime() - embeddedOn.getTime()) / 86_400_000));
    notes.push(
      `the authorities of the public Sigstore are those of this release, ${days} days old, since ${publicUrl} could not be read: ${found.why}`,
    );
    return embedded();
  };
  const readGithub = async (): Promise<string> => {
    const found = at.refresh
      ? await current('github', githubUrl)
      : ({ status: 'unavailable', why: '`refreshRoots` is false' } as const);
    if (found.status !== 'unavailable') return found.text;
    throw new GateError('ENGINE_FAILED', {
      message: `the trusted root of GitHub's own Sigstore is unavailable: ${githubUrl}: ${found.why}`,
      expected: 'access to it, or `roots` in the rule',
      next: 'Write it to a file on the base branch by `gh attestation trusted-root > FILE`, and name the file as `roots`.',
    });
  };
  let [ofPublic, ofGithub]: (Promise<string> | undefined)[] = [];
  return {
    embedded,
    public: () => (ofPublic ??= readPublic()),
    github: () => (ofGithub ??= readGithub()),
    notes: () => notes,
  };
}
