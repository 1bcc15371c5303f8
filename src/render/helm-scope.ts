import type { Environment, HelmChart, HelmRelease } from '../model/config.ts';

type Templates = ReadonlyMap<string, readonly string[]>;

/** What a template may ask of an installation. It is rendered for what the configuration names; what it would be elsewhere is not known. */
const facts = [
  '.Release.Namespace',
  '.Release.Name',
  '.Release.IsUpgrade',
  '.Release.Revision',
  '.Capabilities',
  'lookup ',
] as const;
type Fact = (typeof facts)[number];

const action = /\{\{[\s\S]*?\}\}/g;
/** An action that decides by what it asks for, or keeps it to decide later. */
const decides =
  /\b(?:if|with|ternary|eq|ne|and|or|not|has|contains|hasPrefix|hasSuffix|regexMatch|semverCompare|default|coalesce)\b|:=/;

export function conditionsOn(templates: Templates): readonly Fact[] {
  const found = new Set<Fact>();
  for (const lines of templates.values()) {
    for (const [text] of lines.join('\n').matchAll(action)) {
      if (!decides.test(text)) continue;
      for (const fact of facts) if (text.includes(fact)) found.add(fact);
    }
  }
  return facts.filter((fact) => found.has(fact));
}

/**
 * The releases of a chart, each in its namespace: that of its environment where the configuration names some. A chart that decides by its
 * namespace is rendered in all of them, also where it has no values of its own for an environment.
 */
export function releasesIn(
  chart: HelmChart,
  environments: readonly Environment[],
  conditions: readonly Fact[],
): readonly HelmRelease[] {
  const namespacesOf = (name: string | undefined): readonly string[] =>
    environments.find((environment) => environment.name === name)?.match.namespaces ?? [];
  const inEach = (release: HelmRelease): readonly HelmRelease[] => {
    const namespaces = chart.hasNamespace ? [] : namespacesOf(release.environment);
    return namespaces.length === 0 ? [release] : namespaces.map((namespace) => ({ ...release, namespace }));
  };
  const named = chart.releases.flatMap(inEach);
  if (chart.hasNamespace || !conditions.includes('.Release.Namespace')) return named;
  const covered = new Set(chart.releases.map(({ environment }) => environment));
  const others = environments.filter(({ name }) => !covered.has(name));
  return [
    ...named,
    ...others.flatMap(({ name, match }) => match.namespaces.map((namespace) => ({ environment: name, namespace, values: [] }))),
  ];
}

/** The note in the coverage of a chart whose conditions were rendered for one answer only. */
export function scopeNote(
  chart: HelmChart,
  releases: readonly HelmRelease[],
  conditions: readonly Fact[],
  kubeVersions: string,
): string | undefined {
  if (conditions.length === 0) return undefined;
  const namespaces = [...new Set(releases.map(({ namespace }) => namespace ?? chart.namespace))].join(', ');
  const values = conditions.map((fact) => {
    if (fact === '.Release.Namespace') return `.Release.Namespace (${namespaces})`;
    if (fact === '.Release.Name') return `.Release.Name (${chart.releaseName})`;
    if (fact === '.Capabilities') return `.Capabilities (Kubernetes ${kubeVersions})`;
    return fact === 'lookup ' ? 'lookup (without results)' : `${fact} (of a first installation)`;
  });
  return `its conditions are out of scope for other values of ${values.join(', ')}`;
}
