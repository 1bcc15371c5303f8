import { createServer, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';

export interface LoopbackProxy {
  /** `127.0.0.1:3128` */
  readonly host: string;
  /** `CONNECT mirror.invalid:443`, `GET http://registry.invalid/v2/`, in the order they came. */
  readonly seen: string[];
  /** `Proxy-Authorization` of each. */
  readonly authorizations: (string | undefined)[];
  /** Answers with this status instead of connecting. */
  status: number | undefined;
  close(): void;
}

/** A proxy on 127.0.0.1 that connects whatever it is asked for to one port of this machine. */
export async function startProxy(port: () => number): Promise<LoopbackProxy> {
  const note = ({ method, url, headers }: IncomingMessage): void => {
    proxy.seen.push(`${method} ${url}`);
    proxy.authorizations.push(headers['proxy-authorization']);
  };
  const server = createServer((request, response) => {
    note(request);
    response.writeHead(proxy.status ?? 200, { 'docker-content-digest': `sha256:${'f'.repeat(64)}` }).end();
  });
  server.on('connect', (request, socket) => {
    note(request);
    if (proxy.status !== undefined) {
      socket.end(`HTTP/1.1 ${proxy.status} no\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    const upstream = connect(port(), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    for (const end of [upstream, socket]) end.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const proxy: LoopbackProxy = {
    ...{ host: `127.0.0.1:${typeof address === 'object' ? address?.port : 0}`, seen: [], authorizations: [], status: undefined },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return proxy;
}
