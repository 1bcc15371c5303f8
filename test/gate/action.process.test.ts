import { existsSync, readFileSync } from 'node:fs';
import { afterAll, expect, it } from 'vitest';
import { repository, runAction, runGate } from '../support/gate-process.ts';
import { goodDeployment, privilegedDeployment } from '../support/manifests.ts';
import { removeTempFolders } from '../support/temp-folders.ts';

afterAll(removeTempFolders);

it('passes, with outputs and reports', async () => {
  const run = await runAction({ engines: 'cel' }, await repository({ 'web.yaml': goodDeployment }));
  expect(run.code).toBe(0);
  expect(run.outputs).toMatchObject({ verdict: expect.stringMatching(/^(pass|warn)$/), blocked: '0' });
  expect(JSON.parse(readFileSync(run.outputs['report-json'] ?? '', 'utf8'))).toBeTypeOf('object');
  expect(JSON.parse(readFileSync(run.outputs.sarif ?? '', 'utf8'))).toMatchObject({ version: '2.1.0' });
  expect(run.summary).not.toBe('');
});

it('blocks, with an annotation at the line', async () => {
  const run = await runAction({ engines: 'cel' }, await repository({ 'web.yaml': privilegedDeployment }));
  const line = privilegedDeployment.split('\n').findIndex((text) => text.includes('privileged: true')) + 1;
  expect(run.code).toBe(1);
  expect(run.outputs.verdict).toBe('block');
  expect(Number(run.outputs.blocked)).toBeGreaterThan(0);
  expect(run.stdout).toMatch(new RegExp(`^::error [^\\n]*file=web\\.yaml,line=${line}\\b`, 'm'));
});

it('ends as an error where an engine that applies cannot run', async () => {
  const run = await runAction(
    { engines: 'trivy', tools: 'trivy=/nonexistent/trivy' },
    await repository({ 'web.yaml': goodDeployment }),
  );
  expect(run.code).toBe(1);
  expect(run.outputs.verdict).toBe('error');
});

it('ends as an error on an invalid value, and does not fall back to a default', async () => {
  const run = await runAction({ engines: 'cel', annotations: 'yse' }, await repository({ 'web.yaml': goodDeployment }));
  expect(run.code).toBe(1);
  expect(run.outputs.verdict).toBe('error');
  expect(run.stdout).toContain('annotations');
});

it('lets no manifest write workflow commands', async () => {
  const evil = privilegedDeployment.replaceAll('name: web', 'name: "web%0A::stop-commands::x"');
  const run = await runAction({ engines: 'cel' }, await repository({ 'web.yaml': evil }));
  expect(run.code).toBe(1);
  expect(run.stdout).not.toMatch(/^::stop-commands/m);
});

it('fails before anything is known about the runner', async () => {
  const folder = await repository({ 'web.yaml': goodDeployment });
  const run = await runGate(['check', '--workspace', 'missing', '--engines', 'cel'], folder);
  expect(run.code).toBe(2);
  expect(existsSync(`${folder}/missing`)).toBe(false);
});
