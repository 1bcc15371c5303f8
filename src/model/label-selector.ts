/** A label selector of Kubernetes: all requirements must hold. */
export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>> | null | undefined;
  readonly matchExpressions?: readonly LabelRequirement[] | null | undefined;
}
export interface LabelRequirement {
  readonly key: string;
  /** `In`, `NotIn`, `Exists` or `DoesNotExist`. */
  readonly operator: string;
  readonly values?: readonly string[] | null | undefined;
}
type Labels = Readonly<Record<string, string>>;

/** The API server sets this label on every namespace, so it is known without a cluster. */
export const nameLabel = 'kubernetes.io/metadata.name';

export function requirementsOf({ matchLabels, matchExpressions }: LabelSelector): readonly LabelRequirement[] {
  const labels = Object.entries(matchLabels ?? {}).map(([key, value]) => ({ key, operator: 'In', values: [value] }));
  return [...labels, ...(matchExpressions ?? [])];
}

export function selects(selector: LabelSelector, labels: Labels): boolean {
  return requirementsOf(selector).every((one) => holds(one, labels));
}

export function holds({ key, operator, values }: LabelRequirement, labels: Labels): boolean {
  const found = Object.hasOwn(labels, key) ? labels[key] : undefined;
  if (operator === 'Exists') return found !== undefined;
  if (operator === 'DoesNotExist') return found === undefined;
  const isListed = found !== undefined && (values ?? []).includes(found);
  return operator === 'NotIn' ? !isListed : isListed;
}
