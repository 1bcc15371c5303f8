import type { Overview } from './overview.ts';

/** The overview for programs. Fields may be added under the same `schemaVersion`. */
export function overviewJson({ generatedAt, repositories, ...rest }: Overview, gateVersion: string): string {
  const overview = {
    schemaVersion: 1,
    tool: { name: 'k8s-gate', version: gateVersion },
    generatedAt: generatedAt.toISOString(),
    ...rest,
    repositories: repositories.map(({ generatedAt: at, rules: _rules, waivers: _waivers, owners: _owners, ...row }) => ({
      ...row,
      generatedAt: at.toISOString(),
    })),
  };
  return `${JSON.stringify(overview, null, 2)}\n`;
}
