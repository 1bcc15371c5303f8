import type { Category } from '../model/category.ts';
import type { Finding } from '../model/finding.ts';
import type { Verdict } from '../model/verdict.ts';

/** The usual stages of a pipeline. Constants, so that charts can contain them unescaped. */
export const stages = ['Image scan', 'Lint', 'Policies', 'Benchmark', 'Imported'] as const;
export type Stage = (typeof stages)[number];

const byCategory: Readonly<Record<Category, Stage>> = {
  vulnerability: 'Image scan',
  secret: 'Image scan',
  misconfiguration: 'Lint',
  'best-practice': 'Lint',
  policy: 'Policies',
  benchmark: 'Benchmark',
};
/** Engines with a single stage. Trivy's findings, and those of unknown engines, are assigned by category. */
const byEngine: ReadonlyMap<string, Stage> = new Map([
  ['kube-linter', 'Lint'],
  ['cel', 'Policies'],
  ['kyverno', 'Policies'],
  ['opa', 'Policies'],
  ['gatekeeper', 'Policies'],
  ['kube-bench', 'Benchmark'],
  ['sarif', 'Imported'],
]);
const ofTrivy: readonly Stage[] = ['Image scan', 'Lint'];

/** The stage of the engine that reported the finding first, so that each finding counts once. */
export function stageOf({ engine, category }: Finding): Stage {
  return byEngine.get(engine) ?? byCategory[category];
}

/** Stages in which an engine completed or that have a finding. The others are unknown, and must not be shown as 0 findings. */
export function stagesRun(verdict: Verdict): ReadonlySet<Stage> {
  const completed = verdict.engines.filter((engine) => engine.status === 'completed').flatMap(({ engine }) => stagesOf(engine));
  return new Set([...completed, ...verdict.findings.map(({ finding }) => stageOf(finding))]);
}

function stagesOf(engine: string): readonly Stage[] {
  const stage = byEngine.get(engine);
  if (stage !== undefined) return [stage];
  return engine === 'trivy' ? ofTrivy : [];
}
