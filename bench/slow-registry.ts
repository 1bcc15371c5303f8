import { createServer, request as send } from 'node:http';

export interface SlowRegistry {
  readonly host: string;
  stop(): void;
}

/** A registry that is some way off: hands each request on after a delay. Bytes are handed on as fast as loopback is. */
export async function startSlowRegistry(host: string, delayMs: number): Promise<SlowRegistry> {
  const [hostname, port] = host.split(':');
  const server = createServer((incoming, outgoing) => {
    setTimeout(() => {
      const options = { hostname, port, path: incoming.url, method: incoming.method, headers: incoming.headers };
      const onward = send(options, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      onward.on('error', () => outgoing.destroy());
      incoming.pipe(onward);
    }, delayMs);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the slow registry got no port');
  const stop = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { host: `127.0.0.1:${address.port}`, stop };
}
