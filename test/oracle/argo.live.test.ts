import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { removeTempFolders } from '../support/temp-folders.ts';
import { installedTool } from '../support/tools.ts';
import { applicationSets, applications } from './argo-cases.ts';
import { buildGo } from './build.ts';
import { answersOf, askDeployer, comparable, differenceOf } from './gitops-oracle.ts';

const oracle = buildGo('argo', 'the record of Argo CD is not compared with its code', true);
const tools = [await installedTool('helm'), await installedTool('kustomize')].flatMap((tool) => tool ?? []);
const missing = tools.length < 2;
const folders = tools.map((tool) => path.dirname(tool.path));
/** Where they differ, and why; docs/gitops.md has the same list. */
const known: Readonly<Record<string, { readonly why: string; readonly more?: boolean; readonly error?: boolean }>> = {
  'values files by a pattern': { why: 'the version of the oracle knows no patterns, which Argo CD 3.5 does', error: true },
  'a values file by a pattern and by name': { why: 'the same', error: true },
  'files without Go templates': { why: 'the gate also takes what the newer globbing of files finds', more: true },
};
const cases = [...applications, ...applicationSets];

const ask = oracle === undefined || missing ? undefined : () => askDeployer(oracle, cases, folders);
const answers = answersOf('argocd-v3.2.12.jsonl', cases, ask);

describe.skipIf(ask === undefined)(
  `recorded answers of Argo CD${ask === undefined ? ' (skipped: the oracle is not built)' : ''}`,
  () => {
    it('are those of its code', () => {
      expect(answers.map(comparable)).toEqual(ask?.().map(comparable));
    });
  },
);

describe.skipIf(missing)(`compared with Argo CD’s own code${missing ? ' (skipped: no helm or kustomize)' : ''}`, () => {
  afterAll(removeTempFolders);

  it('has at least 40 cases, most of which Argo CD renders', () => {
    expect(cases.length).toBeGreaterThanOrEqual(40);
    expect(answers.filter(({ error }) => error === undefined).length).toBeGreaterThanOrEqual(40);
  });

  it.each(cases.map((one, index) => [one.name, index] as const))('%s', async (_name, index) => {
    const [one, answer] = [cases[index], answers[index]];
    if (one === undefined || answer === undefined) throw new Error('no answer');
    const { hidden, more, gaps, failures } = await differenceOf(one, answer);
    // What Argo CD refuses is at least a gap here.
    const difference = known[one.name];
    if (difference?.error === true) expect(answer.error, difference.why).toBeDefined();
    else if (answer.error !== undefined) expect([...gaps, ...failures].length, answer.error).toBeGreaterThan(0);
    else
      expect({ hidden, more: difference?.more === true ? [] : more, gaps, failures }).toEqual({
        hidden: [],
        more: [],
        gaps: [],
        failures: [],
      });
  });
});
