import type { EngineFinding } from '../../model/finding.ts';
import type { Resource } from '../../model/resource.ts';
import type { Severity } from '../../model/severity.ts';
import type { Judgement } from './judge.ts';

export const engineId = 'schema';

export type SeverityOf = (rule: string) => Severity;

interface Found {
  readonly finding: EngineFinding;
  readonly minors: readonly number[];
}

/**
 * What is wrong with a resource in any of the minors that it is deployed to, each once. A finding that not all of them have names those that do.
 * @param judgements By minor.
 */
export function findingsOf(
  resource: Resource,
  judgements: ReadonlyMap<number, Judgement>,
  severityOf: SeverityOf,
): readonly EngineFinding[] {
  const found = new Map<string, Found>();
  for (const [minor, judgement] of judgements)
    for (const finding of oneMinor(resource, judgement, severityOf)) {
      const key = JSON.stringify([finding.rule, finding.subject, finding.title]);
      found.set(key, { finding, minors: [...(found.get(key)?.minors ?? []), minor] });
    }
  return [...found.values()].map(({ finding, minors }) =>
    minors.length === judgements.size
      ? finding
      : { ...finding, title: `${finding.title} (in Kubernetes ${minors.map((minor) => `1.${minor}`).join(', ')})` },
  );
}

function oneMinor({ uid }: Resource, { problems, rules }: Judgement, severityOf: SeverityOf): readonly EngineFinding[] {
  const common = { engine: engineId, category: 'misconfiguration' } as const;
  return [
    ...problems.map(({ rule, path, message, fix, patch }) => ({
      ...common,
      rule,
      title: message,
      severity: severityOf(rule),
      subject: { kind: 'resource' as const, resource: uid, path: [...path] },
      ...(fix !== undefined && { fix: { text: fix, ...(patch !== undefined && { patch }) } }),
    })),
    ...rules.map(({ rule, path, message, severity, suggestion }) => ({
      ...common,
      rule,
      title: message,
      severity: severity ?? severityOf(rule),
      subject: { kind: 'resource' as const, resource: uid, path: [...path] },
      ...(suggestion !== undefined && { fix: { text: suggestion } }),
    })),
  ];
}
