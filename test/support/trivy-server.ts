import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { emptyFolder } from './temp-folders.ts';

export interface TrivyServer {
  readonly url: string;
  stop(): void;
}

/** Starts `trivy server` on a free loopback port with a database of its own; `stop` ends that process and no other. */
export async function startTrivyServer(executable: string, database: string): Promise<TrivyServer> {
  const folder = emptyFolder();
  const address = `127.0.0.1:${await freePort()}`;
  const args = ['server', '--listen', address, '--db-repository', database, '--cache-dir', folder];
  const child = spawn(executable, args, { cwd: folder, stdio: 'ignore', env: { HOME: folder } });
  const url = `http://${address}`;
  for (let attempt = 0; attempt < 100; attempt++) {
    if (child.exitCode !== null) break;
    const healthy = await fetch(`${url}/healthz`).then(
      (response) => response.ok,
      () => false,
    );
    if (healthy) return { url, stop: () => child.kill('SIGTERM') };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  child.kill('SIGTERM');
  throw new Error('trivy server did not become healthy within 10 s');
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = address !== null && typeof address === 'object' ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
