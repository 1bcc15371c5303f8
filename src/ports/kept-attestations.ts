import { GitHubError, type GitHubErrorKind } from '../model/github-error.ts';
import type { GitHub, KeptAttestations, ReadKeptAttestations } from './ports.ts';

/** The answer is the same for every digest. */
const lasting: readonly GitHubErrorKind[] = ['unauthorized', 'forbidden', 'rate-limited'];

/**
 * Attestations as GitHub keeps them, by a token that never leaves this port. Each digest is requested once in a run, and after a refusal no
 * further one of the repository.
 * @param connect Binds GitHub to one repository; may throw if there is no token.
 */
export function keptAttestations(connect: (repository: string) => Promise<Pick<GitHub, 'attestations'>>): ReadKeptAttestations {
  const known = new Map<string, Promise<KeptAttestations>>();
  const refused = new Map<string, KeptAttestations>();
  const read = async (repository: string, digest: string): Promise<KeptAttestations> => {
    const earlier = refused.get(repository);
    if (earlier !== undefined) return earlier;
    try {
      return { status: 'read', attestations: await (await connect(repository)).attestations(digest) };
    } catch (thrown) {
      const answer = { status: 'unavailable', why: thrown instanceof Error ? thrown.message : String(thrown) } as const;
      if (thrown instanceof GitHubError && lasting.includes(thrown.kind)) refused.set(repository, answer);
      return answer;
    }
  };
  return (repository, digest) => {
    const key = `${repository} ${digest}`;
    const found = known.get(key) ?? read(repository, digest);
    known.set(key, found);
    return found;
  };
}
