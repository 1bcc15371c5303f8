import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { repository, runAction, runGate } from '../support/gate-process.ts';
import { readToken, startGitHub, writeToken } from '../support/github-server/server.ts';
import { goodDeployment, privilegedDeployment } from '../support/manifests.ts';
import { checkOut, openPull, pullRequestEvent } from '../support/pull-request.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';

afterAll(removeTempFolders);

const secret = 'hunter2-correct-horse';
const encoded = Buffer.from(secret).toString('base64');
/** Secrets next to what the gate reports, so that it has reason to show the objects. */
const manifests = {
  'secret.yaml': `apiVersion: v1\nkind: Secret\nmetadata: {name: db}\ndata: {password: ${encoded}}\nstringData: {token: ${secret}}\n`,
  'web.yaml': privilegedDeployment
    .replace(
      '          image:',
      `          env: [{name: TOKEN, value: ${secret}}]\n          args: ["--token=${secret}"]\n          image:`,
    )
    .replace('  namespace: shop', `  namespace: shop\n  annotations: {token: ${secret}}`),
};

/** Every text that a run left anywhere, its file names included. */
function everything(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((entry) => (entry.isFile() ? entry.name + readFileSync(path.join(entry.parentPath, entry.name), 'utf8') : entry.name))
    .join('\n');
}

describe('a secret in a manifest', () => {
  it('is in no report, log, comment or annotation', async () => {
    const server = await startGitHub();
    const reports = emptyFolder();
    const file = (name: string) => path.join(reports, name);
    const inputs = {
      ...{ engines: 'cel', token: writeToken, 'upload-sarif': 'true', html: file('r.html'), junit: file('r.xml') },
      ...{ 'policy-report': file('p.yaml'), 'report-json': file('r.json'), sarif: file('r.sarif') },
    };
    const checkout = await checkOut({ base: { 'web.yaml': goodDeployment }, head: manifests });
    openPull(server, checkout);
    const run = await runAction(inputs, checkout.folder, { event: pullRequestEvent(checkout), apiUrl: server.url });
    await server.close();
    expect(run.outputs.verdict).toBe('block');
    const shop = server.state.repositories.get('octo/shop');
    const told = JSON.stringify([shop?.comments, shop?.checkRuns, shop?.reviewComments, shop?.sarifs]);
    expect(told).toContain('privileged');
    expect(readdirSync(reports).toSorted()).toEqual(['p.yaml', 'r.html', 'r.json', 'r.sarif', 'r.xml']);
    const seen = [run.stdout, run.stderr, run.summary, JSON.stringify(run.outputs), told, everything(reports)].join('\n');
    expect(seen).not.toContain(secret);
    expect(seen).not.toContain(encoded);
  });

  it.each([
    ['that is not closed', `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {password: "${secret}\n`],
    ['behind a tab', `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n\tpassword: ${secret}\n`],
    ['twice', `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n  password: ${secret}\n  password: ${secret}\n`],
    ['as an alias that is nowhere', `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {a: ${secret}, b: *x}\n`],
    ['as a value of a wrong type', `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {a: !!int ${secret}}\n`],
  ])('is not quoted where the file is broken: %s', async (_what, text) => {
    const run = await runGate(
      ['check', '--engines', 'cel', '-o', 'terminal', '-o', 'json=r.json'],
      await repository({ 'a.yaml': text }),
    );
    expect(run.code).toBe(2);
    expect(run.stdout).toContain('a.yaml:');
    expect(run.stdout + run.stderr).not.toContain(secret);
  });
});

it.each([writeToken, readToken])('the job’s token is masked and shown nowhere, whatever it may do: %s', async (token) => {
  const server = await startGitHub();
  const checkout = await checkOut({ base: { 'web.yaml': goodDeployment }, head: { 'web.yaml': privilegedDeployment } });
  openPull(server, checkout);
  const html = path.join(emptyFolder(), 'r.html');
  const inputs = { engines: 'cel', token, html };
  const run = await runAction(inputs, checkout.folder, { event: pullRequestEvent(checkout), apiUrl: server.url });
  await server.close();
  const told = JSON.stringify([...(server.state.repositories.get('octo/shop')?.comments ?? [])]);
  const lines = [run.stdout, run.stderr, run.summary, told, readFileSync(html, 'utf8')].join('\n').split('\n');
  expect(lines.filter((line) => line.includes(token))).toEqual([`::add-mask::${token}`]);
});
