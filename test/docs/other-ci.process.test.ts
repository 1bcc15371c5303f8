import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { readFlags } from '../../src/commands/check.ts';
import { bitbucketReporter } from '../../src/reports/bitbucket/reporter.ts';
import { reporters } from '../../src/reports/registry.ts';
import { serve, stopServers } from '../support/loopback.ts';
import { codeBlocks } from '../support/markdown-blocks.ts';
import { root } from '../support/root.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';
import { huge, renderContext } from '../support/verdicts.ts';

afterAll(() => {
  stopServers();
  removeTempFolders();
});

const page = readFileSync(path.join(root, 'docs/other-ci.md'), 'utf8');
const blocks = codeBlocks(page);
const component = readFileSync(path.join(root, 'examples/gitlab/templates/k8s-gate.yml'), 'utf8');
const job = readFileSync(path.join(root, 'examples/gitlab/.gitlab-ci.yml'), 'utf8');
const commands = [page, component, job].flatMap((text) =>
  [...text.matchAll(/k8s-gate check ([^'\n]*)/g)].map((match) => match[1] ?? ''),
);

describe('the examples for other CI systems', () => {
  it.each(commands)('call the gate with flags and reports that exist: %s', (text) => {
    const args = text
      .replaceAll(/\$\{\w+:\+([^}]*)\}/g, '$1')
      .replaceAll('$base', '--base main')
      .replaceAll(/["']/g, '')
      .trim()
      .split(/\s+/);
    const { given, positionals } = readFlags('check', args, { cwd: '/w' });
    expect(positionals).toEqual([]);
    const ids = (given.output ?? []).map((output) => output.replace(/=.*/, ''));
    expect(ids.length).toBeGreaterThan(1);
    expect(ids.filter((id) => !reporters.some((reporter) => reporter.id === id))).toEqual([]);
  });

  it('are YAML that their systems can read', () => {
    for (const { language, text } of blocks) if (language === 'yaml') expect(parse(text)).toBeTypeOf('object');
    const [header, body] = parseAllDocuments(component).map((document) => document.toJS());
    expect(Object.keys(header.spec.inputs)).toEqual(['version', 'sha256', 'engines', 'stage']);
    const used = [...component.matchAll(/\$\[\[ inputs\.(\w+) \]\]/g)].map((match) => match[1]);
    expect(used.toSorted()).toEqual(Object.keys(header.spec.inputs).toSorted());
    const own = parse(job)['k8s-gate'];
    for (const part of ['before_script', 'script', 'cache', 'rules', 'artifacts'])
      expect({ [part]: body['k8s-gate'][part] }).toEqual({ [part]: own[part] });
  });

  it('send the report and every annotation to Bitbucket', async () => {
    const seen: { readonly request: string; readonly body: unknown }[] = [];
    const server = await serve((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        seen.push({ request: `${request.method} ${request.url}`, body: JSON.parse(Buffer.concat(chunks).toString()) });
        response.end('{}');
      });
    });
    const folder = emptyFolder();
    const script = blocks.find(({ text }) => text.startsWith('#!/usr/bin/env bash'))?.text ?? '';
    writeFileSync(path.join(folder, 'insights.sh'), script);
    writeFileSync(path.join(folder, 'insights.json'), bitbucketReporter.render(huge, renderContext));
    const own = {
      BITBUCKET_API: server.url,
      BITBUCKET_PROXY: '',
      BITBUCKET_REPO_FULL_NAME: 'octo/shop',
      BITBUCKET_COMMIT: 'abc',
    };
    const code = await new Promise((resolve) => {
      const child = spawn('bash', ['insights.sh', 'insights.json'], {
        cwd: folder,
        env: { PATH: process.env.PATH, ...own },
        stdio: 'inherit',
      });
      child.on('close', resolve);
    });
    expect(code).toBe(0);
    const at = '/2.0/repositories/octo/shop/commit/abc/reports/k8s-gate';
    const [first, ...parts] = seen;
    expect(first).toMatchObject({ request: `PUT ${at}`, body: { title: expect.any(String) } });
    expect(parts.map(({ request, body }) => `${request} ${Array.isArray(body) ? body.length : 'no list'}`)).toEqual(
      Array.from({ length: 10 }, () => `POST ${at}/annotations 100`),
    );
  });
});
