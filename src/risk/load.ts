import type { EngineRun } from '../model/engine-run.ts';
import {
  type ExploitedVulnerability,
  type RiskConfig,
  type RiskData,
  type RiskName,
  riskTitles,
  type UsedData,
} from '../model/risk.ts';
import { parseEpss } from './epss.ts';
import { parseKev } from './kev.ts';
import { type ReadContext, type Ready, read } from './read.ts';
import { Unfit } from './unfit.ts';

export interface LoadedRisk {
  readonly data: RiskData;
  readonly used: readonly UsedData[];
  readonly notes: readonly string[];
  /** Data that is wanted and could not be used. */
  readonly missing: readonly { readonly name: RiskName; readonly why: string }[];
}

/**
 * KEV and EPSS, as far as they are wanted. Never throws: data that could not be read is missing, and what is missing counts as risk.
 * @param ids CVE ids of this run: EPSS has scores of hundreds of thousands.
 */
export async function loadRisk(config: RiskConfig, ids: ReadonlySet<string>, context: ReadContext): Promise<LoadedRisk> {
  const { wanted, sources } = config;
  const [kev, epss] = await Promise.all([
    wanted.includes('kev') ? attempt(() => read('kev', sources.kev, parseKev, context)) : undefined,
    wanted.includes('epss') ? attempt(() => read('epss', sources.epss, (text) => parseEpss(text, ids), context)) : undefined,
  ]);
  const all: readonly (readonly [RiskName, Attempt<{ readonly released: Date }>])[] = [
    ['kev', kev],
    ['epss', epss],
  ];
  return {
    data: { ...listed(kev), ...scored(epss) },
    used: all.flatMap(([name, result]) =>
      isReady(result) ? [{ name, released: result.data.released.toISOString(), digest: result.digest }] : [],
    ),
    notes: all.flatMap(([name, result]) =>
      isReady(result)
        ? [
            `${riskTitles[name]} of ${result.data.released.toISOString().slice(0, 10)}`,
            ...result.notes.map((note) => `${name}: ${note}`),
          ]
        : [],
    ),
    missing: all.flatMap(([name, result]) => (typeof result === 'string' ? [{ name, why: result }] : [])),
  };
}

type Attempt<T> = Ready<T> | string | undefined;

async function attempt<T>(task: () => Promise<Ready<T>>): Promise<Ready<T> | string> {
  try {
    return await task();
  } catch (thrown) {
    return thrown instanceof Unfit || thrown instanceof Error ? thrown.message : 'unknown reason';
  }
}

function isReady<T>(result: Attempt<T>): result is Ready<T> {
  return typeof result === 'object';
}

function listed(result: Attempt<{ readonly entries: ReadonlyMap<string, ExploitedVulnerability> }>): Pick<RiskData, 'kev'> {
  return isReady(result) ? { kev: result.data.entries } : {};
}

function scored(result: Attempt<{ readonly scores: ReadonlyMap<string, number> }>): Pick<RiskData, 'epss'> {
  return isReady(result) ? { epss: result.data.scores } : {};
}

/** What is missing as findings of the gate, and what was used as its notes. */
export function riskRun(
  { missing, notes }: LoadedRisk,
  { needed }: RiskConfig,
  { file, line, version }: { readonly file: string; readonly line: (name: RiskName) => number; readonly version: string },
): EngineRun {
  return {
    status: 'completed',
    engine: 'gate',
    version,
    findings: missing.map(({ name, why }) => ({
      engine: 'gate',
      rule: 'risk-data',
      check: name,
      category: 'policy',
      title: `no ${riskTitles[name]} could be used: ${why}`.slice(0, 500),
      detail: needed.includes(name)
        ? 'Conditions of `severity` that need this data count as matched, so that missing data allows nothing.'
        : 'Reports do not contain it. No condition of `severity` needs it.',
      severity: needed.includes(name) ? 'unknown' : 'low',
      subject: { kind: 'file', location: { file, line: line(name), precision: 'field' } },
      fix: {
        text: `Set \`risk.${name}.url\` to a mirror or \`risk.${name}.file\` to a file, or see why the publisher could not be reached.`,
      },
    })),
    coverage: [],
    notes,
    durationMs: 0,
  };
}
