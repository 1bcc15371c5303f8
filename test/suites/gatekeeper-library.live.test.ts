import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { gatekeeperEngine } from '../../src/engines/gatekeeper/engine.ts';
import { judgeByPolicies } from '../support/policy-bench.ts';
import { removeTempFolders } from '../support/temp-folders.ts';
import { installedTool } from '../support/tools.ts';
import { casesOf, holds, type PublishedCase, suitesBelow } from './suite.ts';

/** A clone of https://github.com/open-policy-agent/gatekeeper-library; docs/gatekeeper.md states the commit and the numbers. */
const clone = process.env.K8S_GATE_TEST_GATEKEEPER_LIBRARY ?? '';
const tool = await installedTool('gatekeeper');
const missing =
  tool === undefined
    ? 'no gatekeeper in the tool cache'
    : existsSync(path.join(clone, 'library'))
      ? undefined
      : 'K8S_GATE_TEST_GATEKEEPER_LIBRARY is not a clone of gatekeeper-library';

async function answer(one: PublishedCase): Promise<string> {
  if (one.resources.length === 0) return 'error: no resource in the file';
  try {
    const run = await judgeByPolicies(gatekeeperEngine, { tool, policies: one.policies, resources: one.resources });
    const own = run.findings.filter(({ subject }) => subject.kind === 'resource' && subject.resource === 'obj-0');
    if (own.some(({ severity }) => severity === 'unknown')) return `unknown: ${own[0]?.title}`;
    return holds(one.assertions, own) ? 'right' : `wrong: ${own.map(({ title }) => title).join('; ') || 'no finding'}`;
  } catch (thrown) {
    return `error: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
  }
}

describe.skipIf(missing !== undefined)(
  `the suites of gatekeeper-library${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  () => {
    afterAll(removeTempFolders);

    it('have the published result through the engine', async () => {
      const cases = suitesBelow(path.join(clone, 'library')).flatMap(casesOf);
      const judged = cases.filter(({ isRequest }) => !isRequest);
      const answers: string[] = [];
      for (const one of judged) answers.push(`${one.name}: ${await answer(one)}`);
      const right = answers.filter((text) => text.endsWith(': right')).length;
      const others = answers.filter((text) => !text.endsWith(': right'));
      console.info(
        `${cases.length} cases, ${cases.length - judged.length} are requests, ${right} of ${judged.length} right\n${others.join('\n')}`,
      );
      expect(right / judged.length).toBeGreaterThanOrEqual(0.95);
      expect(others.filter((text) => /: (?:wrong|error)/.test(text))).toEqual([]);
    });
  },
);
