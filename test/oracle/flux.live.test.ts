import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { removeTempFolders } from '../support/temp-folders.ts';
import { installedTool } from '../support/tools.ts';
import { buildGo } from './build.ts';
import { kustomizations as cases } from './flux-cases.ts';
import { answersOf, askDeployer, comparable, differenceOf } from './gitops-oracle.ts';

const oracle = buildGo('flux', 'the record of Flux is not compared with its code', true);
const tools = [await installedTool('helm'), await installedTool('kustomize')].flatMap((tool) => tool ?? []);
const missing = tools.length < 2;
const folders = tools.map((tool) => path.dirname(tool.path));
const ask = oracle === undefined || missing ? undefined : () => askDeployer(oracle, cases, folders);
const answers = answersOf('flux-kustomize-v1.40.0.jsonl', cases, ask);

describe.skipIf(ask === undefined)(
  `recorded answers of Flux${ask === undefined ? ' (skipped: the oracle is not built)' : ''}`,
  () => {
    it('are those of its code', () => {
      expect(answers.map(comparable)).toEqual(ask?.().map(comparable));
    });
  },
);

describe.skipIf(missing)(`compared with Flux’s own code${missing ? ' (skipped: no helm or kustomize)' : ''}`, () => {
  afterAll(removeTempFolders);

  it('has at least 40 cases, most of which Flux builds', () => {
    expect(cases.length).toBeGreaterThanOrEqual(40);
    expect(answers.filter(({ error }) => error === undefined).length).toBeGreaterThanOrEqual(40);
  });

  it.each(cases.map((one, index) => [one.name, index] as const))('%s', async (_name, index) => {
    const [one, answer] = [cases[index], answers[index]];
    if (one === undefined || answer === undefined) throw new Error('no answer');
    const { hidden, more, gaps, failures } = await differenceOf(one, answer);
    // What Flux refuses is at least a gap here.
    if (answer.error !== undefined) expect([...gaps, ...failures].length, answer.error).toBeGreaterThan(0);
    else expect({ hidden, more, gaps, failures }).toEqual({ hidden: [], more: [], gaps: [], failures: [] });
  });
});
