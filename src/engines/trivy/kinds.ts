import { groupOf, type Resource } from '../../model/resource.ts';
import data from './checks.json' with { type: 'json' };

/**
 * Kinds that Trivy's checks apply to, by the `subtypes` and conditions of trivy-checks. Other kinds are loaded and searched for secrets, but
 * not evaluated. https://github.com/aquasecurity/trivy-checks/tree/main/checks/kubernetes
 */
const judged: ReadonlySet<string> = new Set(data.kinds);

export function isJudged({ apiVersion, kind }: Pick<Resource, 'apiVersion' | 'kind'>): boolean {
  return judged.has(`${groupOf(apiVersion)}/${kind}`);
}
