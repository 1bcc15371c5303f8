import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { initializeTUFRepo, tufHandlers } from '@tufjs/repo-mock';
import { listen } from './loopback.ts';

export interface TufRepository {
  /** `http://127.0.0.1:41234` */
  readonly url: string;
  readonly host: string;
  /** The root metadata by which the rest is verified. */
  readonly root: string;
  /** `/timestamp.json`, in the order they came. */
  readonly seen: string[];
  /** Asked first; true if it has answered. */
  intercept(answer: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined): void;
  stop(): Promise<void>;
}

/** A TUF repository of a test's own, which has one file: the trusted root. */
export async function startTufRepository(trustedRoot: string): Promise<TufRepository> {
  const repository = initializeTUFRepo([{ name: 'trusted_root.json', content: trustedRoot }]);
  const handlers = tufHandlers(repository, { metadataPathPrefix: '', targetPathPrefix: '/targets' });
  const seen: string[] = [];
  let first: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
  const server = createServer((request, response) => {
    seen.push(request.url ?? '');
    if (first?.(request, response)) return;
    const handler = handlers.find(({ path }) => path === request.url);
    const answer = handler?.fn();
    void Promise.resolve(answer).then((found) => response.writeHead(found?.statusCode ?? 404).end(found?.response));
  });
  const url = await listen(server);
  return {
    url,
    host: new URL(url).host,
    root: JSON.stringify(repository.rootMeta.toJSON()),
    seen,
    intercept(answer) {
      first = answer;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
