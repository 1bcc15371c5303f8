import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { operation } from '../support/github-server/openapi.ts';
import { requestProblems } from '../support/github-server/validate.ts';
import { codeBlocks } from '../support/markdown-blocks.ts';
import { root } from '../support/root.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';
import { installedTool } from '../support/tools.ts';

afterAll(removeTempFolders);

const folder = path.join(root, 'examples/organization');
const page = readFileSync(path.join(root, 'docs/rollout.md'), 'utf8');
const caller = codeBlocks(page).find(({ text }) => text.startsWith('# .github/workflows/k8s-gate.yml'))?.text ?? '';
const actionlint = await installedTool('actionlint');
if (actionlint === undefined)
  console.warn('actionlint: skipped, not installed (node dist/cli/index.js engines install actionlint)');

it.each(readdirSync(folder))('%s is a ruleset that GitHub accepts for an organization', (name) => {
  const body: unknown = JSON.parse(readFileSync(path.join(folder, name), 'utf8'));
  const create = operation('POST /orgs/{org}/rulesets');
  expect(requestProblems(create, { path: { org: 'org' }, query: {}, body })).toEqual([]);
  expect(
    requestProblems(create, { path: { org: 'org' }, query: {}, body: { ...Object(body), enforcement: 'sometimes' } }),
  ).not.toEqual([]);
  expect(page).toContain(`(../examples/organization/${name})`);
});

it('the required status is that of the job of docs/rollout.md and of the reusable workflow', () => {
  const ruleset = JSON.parse(readFileSync(path.join(folder, 'ruleset-status-check.json'), 'utf8'));
  const [outer = ''] = Object.keys(parse(caller).jobs);
  const inner = parse(readFileSync(path.join(root, 'examples/workflows/reusable.yml'), 'utf8')).jobs.gate.name;
  expect(ruleset.rules[1].parameters.required_status_checks[0].context).toBe(`${outer} / ${inner}`);
});

it.skipIf(actionlint === undefined)('actionlint finds nothing in the workflow that calls the reusable one', () => {
  const own = emptyFolder();
  mkdirSync(path.join(own, '.github/workflows'), { recursive: true });
  // A local call, so that actionlint compares inputs and permissions as well.
  writeFileSync(
    path.join(own, '.github/workflows/k8s-gate.yml'),
    caller.replace(/uses: \S+/, 'uses: ./.github/workflows/reusable.yml'),
  );
  cpSync(path.join(root, 'examples/workflows/reusable.yml'), path.join(own, '.github/workflows/reusable.yml'));
  spawnSync('git', ['init', '--quiet'], { cwd: own });
  const { status, stdout, stderr } = spawnSync(actionlint?.path ?? '', [], {
    cwd: own,
    encoding: 'utf8',
    env: { PATH: process.env.PATH },
  });
  expect({ status, output: stdout + stderr }).toEqual({ status: 0, output: '' });
});
