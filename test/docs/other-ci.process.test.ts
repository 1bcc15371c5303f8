import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { readFlags } from '../../src/commands/check.ts';
import { bitbucketReporter } from '../../src/reports/bitbucket/reporter.ts';
import { gitlabNoteReporter } from '../../src/reports/gitlab-note/reporter.ts';
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
    for (const part of ['before_script', 'script', 'after_script', 'cache', 'rules', 'artifacts'])
      expect({ [part]: body['k8s-gate'][part] }).toEqual({ [part]: own[part] });
  });

  describe('post a note to GitLab', () => {
    const [script = ''] = parse(job)['k8s-gate'].after_script;
    const marker = '<!-- k8s-gate:note -->';
    interface Note {
      readonly id: number;
      readonly author: { readonly id: number };
      body: string;
    }

    /** As GitLab's API for notes: 100 of a page, a token in its own header, a form as body. */
    async function fakeGitLab(notes: Note[], token = 'secret') {
      const at = '/api/v4/projects/7/merge_requests/3/notes';
      const requests: string[] = [];
      const server = await serve((request, response) => {
        const chunks: Buffer[] = [];
        request.on('data', (chunk: Buffer) => chunks.push(chunk));
        request.on('end', () => {
          const { pathname, searchParams } = new URL(request.url ?? '', 'http://gitlab');
          const body = new URLSearchParams(Buffer.concat(chunks).toString()).get('body') ?? '';
          const send = (status: number, value: unknown) => {
            response.statusCode = status;
            response.end(JSON.stringify(value));
          };
          requests.push(`${request.method} ${pathname}`);
          if (request.headers['private-token'] !== token) return send(401, { message: '401 Unauthorized' });
          if (pathname === '/api/v4/user') return send(200, { id: 42 });
          const page = Number(searchParams.get('page'));
          if (request.method === 'GET') return send(200, notes.slice((page - 1) * 100, page * 100));
          const note = notes.find(({ id }) => pathname === `${at}/${id}`);
          if (request.method === 'PUT' && note !== undefined) note.body = body;
          else if (request.method === 'POST' && pathname === at) notes.push({ id: 900, author: { id: 42 }, body });
          else return send(404, {});
          return send(200, {});
        });
      });
      return { url: server.url, requests };
    }

    async function post(url: string, text: string, own: Readonly<Record<string, string>> = {}): Promise<unknown> {
      const folder = emptyFolder();
      mkdirSync(path.join(folder, 'reports'));
      writeFileSync(path.join(folder, 'reports', 'note.md'), text);
      const env = {
        PATH: process.env.PATH,
        K8S_GATE_NOTE_TOKEN: 'secret',
        CI_API_V4_URL: `${url}/api/v4`,
        CI_MERGE_REQUEST_PROJECT_ID: '7',
        CI_MERGE_REQUEST_IID: '3',
        ...own,
      };
      return new Promise((resolve) => {
        spawn('bash', ['-eo', 'pipefail', '-c', script], { cwd: folder, env, stdio: 'ignore' }).on('close', resolve);
      });
    }
    const others = (count: number): Note[] =>
      Array.from({ length: count }, (_, index) => ({ id: index + 1, author: { id: 1 }, body: `${marker}\nnot ours` }));
    const text = gitlabNoteReporter.render(huge, renderContext);

    it('that is created once, and updated from then on, beyond the first page and other authors', async () => {
      const notes = others(130);
      const { url } = await fakeGitLab(notes);
      expect(await post(url, text)).toBe(0);
      expect(await post(url, `${marker}\n% & + ünï 100%`)).toBe(0);
      expect(notes).toHaveLength(131);
      expect(notes.at(-1)).toEqual({ id: 900, author: { id: 42 }, body: `${marker}\n% & + ünï 100%` });
      expect(notes.slice(0, -1).every(({ body }) => body.endsWith('not ours'))).toBe(true);
    });

    it('only for a merge request and with a token', async () => {
      const { url, requests } = await fakeGitLab([]);
      expect(await post(url, text, { K8S_GATE_NOTE_TOKEN: '' })).toBe(0);
      expect(await post(url, text, { CI_MERGE_REQUEST_IID: '' })).toBe(0);
      expect(requests).toEqual([]);
    });

    it('or end with an error where the token is refused', async () => {
      const notes: Note[] = [];
      const { url } = await fakeGitLab(notes, 'another');
      expect(await post(url, text)).not.toBe(0);
      expect(notes).toEqual([]);
    });
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
