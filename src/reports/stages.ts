import type { Category, Finding } from '../model/finding.ts';
import type { Verdict } from '../model/verdict.ts';

/** What a reader of a pipeline calls its stages; our own words, so that a chart may hold them unescaped. */
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
/** Engines of one stage, whatever the category. Trivy has two, told apart by category, as is an engine nobody has heard of. */
const byEngine: ReadonlyMap<string, Stage> = new Map([
  ['kube-linter', 'Lint'],
  ['cel', 'Policies'],
  ['kyverno', 'Policies'],
  ['opa', 'Policies'],
  ['kube-bench', 'Benchmark'],
  ['sarif', 'Imported'],
]);
const ofTrivy: readonly Stage[] = ['Image scan', 'Lint'];

/** The stage of the engine that said it first, so that each finding counts once. */
export function stageOf({ engine, category }: Finding): Stage {
  return byEngine.get(engine) ?? byCategory[category];
}

/** Stages that an engine completed or that have a finding; of the others nothing is known, and 0 would look as if it were. */
export function stagesRun(verdict: Verdict): ReadonlySet<Stage> {
  const completed = verdict.engines.filter((engine) => engine.status === 'completed').flatMap(({ engine }) => stagesOf(engine));
  return new Set([...completed, ...verdict.findings.map(({ finding }) => stageOf(finding))]);
}

function stagesOf(engine: string): readonly Stage[] {
  const stage = byEngine.get(engine);
  if (stage !== undefined) return [stage];
  return engine === 'trivy' ? ofTrivy : [];
}
