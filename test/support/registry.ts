import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface TestRegistry {
  /** `127.0.0.1:41234` */
  readonly host: string;
  stop(): void;
}

/** Starts go-containerregistry's in-memory `registry` on a free loopback port; `stop` ends that process and no other. */
export async function startRegistry(executable: string): Promise<TestRegistry> {
  const child = spawn(executable, ['-port', '0'], { stdio: ['ignore', 'ignore', 'pipe'], env: {} });
  const port = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the registry did not report its port within 10 s')), 10_000);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the registry ended at once with ${code}`)));
    createInterface({ input: child.stderr }).on('line', (line) => {
      const found = /serving on port (\d+)/.exec(line)?.[1];
      if (found === undefined) return;
      clearTimeout(timer);
      resolve(found);
    });
  });
  return { host: `127.0.0.1:${port}`, stop: () => child.kill('SIGTERM') };
}
