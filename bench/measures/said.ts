import { readFileSync } from 'node:fs';
import * as z from 'zod';
import type { Report } from '../../src/reports/json/schema.ts';
import type { Measured } from '../measured.ts';

/** `policy Kind namespace/name`: what was refused, in a common form for all tools. */
type Said = ReadonlySet<string>;

/** Refusals reported by only one of the two, each with the name of the tool. */
export function differences(gate: Said, other: Said): readonly string[] {
  const only = (some: Said, all: Said, who: string): readonly string[] =>
    [...some].filter((entry) => !all.has(entry)).map((entry) => `only ${who}: ${entry}`);
  return [...only(gate, other, 'the gate'), ...only(other, gate, 'the other')];
}

export function saidByGate({ findings }: Report): Said {
  return new Set(
    findings.flatMap(({ sources, resources }) =>
      sources.flatMap(({ engine, rule }) => (engine === 'cel' ? resources.map((resource) => `${rule} ${resource}`) : [])),
    ),
  );
}

const ConftestOutput = z.array(
  z.object({
    failures: z.array(z.object({ metadata: z.object({ policy: z.string(), resource: z.string() }) })).optional(),
  }),
);

export function saidByConftest({ stdoutFile }: Pick<Measured, 'stdoutFile'>): Said {
  const files = ConftestOutput.parse(JSON.parse(readFileSync(stdoutFile, 'utf8')));
  return new Set(
    files.flatMap(({ failures }) => (failures ?? []).map(({ metadata }) => `${metadata.policy} ${metadata.resource}`)),
  );
}

const KyvernoReport = z.object({
  results: z.array(
    z.object({
      policy: z.string(),
      result: z.string(),
      resources: z.array(z.object({ kind: z.string(), namespace: z.string().optional(), name: z.string().optional() })),
    }),
  ),
});

/** Kyverno writes its report between other lines. */
export function saidByKyverno({ stdoutFile }: Pick<Measured, 'stdoutFile'>): Said {
  const line = readFileSync(stdoutFile, 'utf8')
    .split('\n')
    .find((text) => text.startsWith('{"kind":"ClusterReport"'));
  if (line === undefined) throw new Error('kyverno wrote no report');
  const { results } = KyvernoReport.parse(JSON.parse(line));
  return new Set(
    results
      .filter(({ result }) => result === 'fail' || result === 'warn')
      .flatMap(({ policy, resources }) =>
        resources.map(({ kind, namespace, name }) => `${policy} ${kind} ${namespace ?? 'default'}/${name}`),
      ),
  );
}
