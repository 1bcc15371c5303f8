import { createServer } from 'node:http';

export interface Listener {
  readonly url: string;
  /** Requests that came. */
  readonly hits: () => number;
  readonly close: () => Promise<void>;
}

/** A server on this machine that counts who asks it: whatever is cut off from the network never does. */
export async function listener(): Promise<Listener> {
  let hits = 0;
  const server = createServer((_request, response) => {
    hits += 1;
    response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return { url: `http://127.0.0.1:${port}`, hits: () => hits, close };
}
