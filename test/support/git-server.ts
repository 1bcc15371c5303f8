import { spawn } from 'node:child_process';
import type { IncomingMessage } from 'node:http';
import path from 'node:path';
import { git } from './git-repository.ts';
import { type LoopbackServer, serve } from './loopback.ts';

/** Git's own HTTP server over one repository, as `octo/shop`. */
export async function serveGit(
  folder: string,
  onRequest: (request: IncomingMessage) => void = () => {},
): Promise<LoopbackServer> {
  const program = path.join(git(folder, '--exec-path'), 'git-http-backend');
  git(folder, 'config', 'uploadpack.allowAnySHA1InWant', 'true');
  return serve((request, response) => {
    onRequest(request);
    const { pathname, search } = new URL(request.url ?? '', 'http://127.0.0.1');
    const child = spawn(program, {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: {
        PATH: process.env.PATH,
        GIT_PROJECT_ROOT: path.join(folder, '.git'),
        GIT_HTTP_EXPORT_ALL: '1',
        GIT_CONFIG_COUNT: '1',
        GIT_CONFIG_KEY_0: 'safe.directory',
        GIT_CONFIG_VALUE_0: '*',
        PATH_INFO: pathname.replace('/octo/shop', ''),
        QUERY_STRING: search.slice(1),
        REQUEST_METHOD: request.method,
        CONTENT_TYPE: request.headers['content-type'] ?? '',
        HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
        GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      },
    });
    request.pipe(child.stdin);
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('close', () => {
      const answer = Buffer.concat(chunks);
      const end = answer.indexOf('\r\n\r\n');
      const headers = answer
        .subarray(0, end)
        .toString()
        .split('\r\n')
        .map((line) => line.split(': '));
      const status = Number(headers.find(([name]) => name === 'Status')?.[1]?.slice(0, 3) ?? 200);
      response.writeHead(
        status,
        headers.flatMap(([name = '', value = '']) => (name === 'Status' ? [] : [name, value])),
      );
      response.end(answer.subarray(end + 4));
    });
  });
}
