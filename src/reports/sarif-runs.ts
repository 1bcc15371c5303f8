import { createHash } from 'node:crypto';
import type { JudgedFinding, Verdict } from '../model/verdict.ts';
import { sarifRunsPerFile } from './limits.ts';

/** A run of the log: a category of code scanning and its findings. */
export interface RunPlan {
  /** `k8s-gate/<gate>/<engine>/<environment>/`: code scanning reads `category/run`, so the trailing slash makes all of it the category. */
  readonly category: string;
  readonly takes: (judged: JudgedFinding) => boolean;
}

/**
 * One run per engine and environment, preceded by a run for the gate's own errors, so that code scanning shows which environments a
 * problem reaches. Code scanning closes alerts that are missing from the next upload of their category, and keeps the alerts of categories
 * that are not uploaded. Therefore the runs depend on the configuration and never on the findings:
 * - an engine that completed has all its runs, including empty ones, or its last alert would stay open forever;
 * - an engine that failed or was skipped has none, or alerts would be closed without an evaluation.
 * A finding that reaches several environments is a result in each of their runs: the same tool, rule, file and fingerprint form one alert,
 * which closes when it is gone from all of them. A finding without an environment is in the engine's plain run. GitHub rejects uploads
 * with several runs of one category.
 * https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support-for-code-scanning
 * https://github.blog/changelog/2024-05-06-code-scanning-will-stop-combining-runs-from-a-single-upload/
 */
export function planRuns(verdict: Verdict, gateName = 'k8s-gate'): readonly RunPlan[] {
  const gate = `k8s-gate/${part(gateName)}/`;
  const engines = enginesOf(verdict);
  const environments = environmentsOf(verdict);
  const nothing: RunPlan = { category: gate, takes: () => false };
  // A file may have 20 runs. Beyond that, runs are joined by configuration and not by findings, so that categories stay stable.
  const configured = engines.length + verdict.engines.filter(({ status }) => status === 'failed').length;
  if (1 + configured > sarifRunsPerFile) return [{ category: gate, takes: () => true }];
  if (1 + configured * (1 + environments.length) > sarifRunsPerFile)
    return [nothing, ...engines.map((engine) => ofEngine(gate, engine))];
  return [
    nothing,
    ...engines.flatMap((engine) => [plain(gate, engine), ...environments.map((name) => reaching(gate, engine, name))]),
  ];
}

function ofEngine(gate: string, engine: string): RunPlan {
  return { category: `${gate}${part(engine)}/`, takes: ({ finding }) => finding.engine === engine };
}

function plain(gate: string, engine: string): RunPlan {
  const run = ofEngine(gate, engine);
  return { ...run, takes: (judged) => run.takes(judged) && judged.finding.environments.length === 0 };
}

function reaching(gate: string, engine: string, environment: string): RunPlan {
  const run = ofEngine(gate, engine);
  return {
    category: `${run.category}${part(environment)}/`,
    takes: (judged) => run.takes(judged) && judged.finding.environments.includes(environment),
  };
}

function enginesOf(verdict: Verdict): readonly string[] {
  const completed = verdict.engines.filter(({ status }) => status === 'completed').map(({ engine }) => engine);
  return [...new Set([...completed, ...verdict.findings.map(({ finding }) => finding.engine)])].toSorted();
}

function environmentsOf(verdict: Verdict): readonly string[] {
  const configured = Object.keys(verdict.policies).filter((name) => name !== 'default');
  return [...new Set([...configured, ...verdict.findings.flatMap(({ finding }) => finding.environments)])].toSorted();
}

/** A name as one segment of a category. If it has to be altered or cut, it gets a hash, so that two names never share a category. */
function part(name: string): string {
  const plainName = name.replace(/[^\w.+-]+/g, '-').slice(0, 60);
  if (plainName === name && name !== '') return name;
  return `${plainName}-${createHash('sha256').update(name).digest('hex').slice(0, 8)}`;
}
