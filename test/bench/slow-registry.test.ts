import { afterEach, describe, expect, it } from 'vitest';
import { type SlowRegistry, startSlowRegistry } from '../../bench/slow-registry.ts';
import { serve, stopServers } from '../support/loopback.ts';

describe('a registry that is some way off', () => {
  let slow: SlowRegistry | undefined;
  afterEach(() => {
    slow?.stop();
    stopServers();
  });

  it('hands on what is asked and what is answered', async () => {
    const registry = await serve(async (request, response) => {
      const body = await request.setEncoding('utf8').reduce((all: string, part: string) => all + part, '');
      response.writeHead(201, { 'docker-content-digest': 'sha256:1' }).end(`${request.method} ${body}`);
    });
    slow = await startSlowRegistry(registry.url.replace('http://', ''), 5);
    const answer = await fetch(`http://${slow.host}/v2/team/app/manifests/1.0`, { method: 'PUT', body: 'layers' });
    expect([answer.status, answer.headers.get('docker-content-digest'), await answer.text()]).toEqual([
      201,
      'sha256:1',
      'PUT layers',
    ]);
    expect(registry.seen).toEqual(['/v2/team/app/manifests/1.0']);
  });

  it('breaks off where the registry is gone', async () => {
    const registry = await serve(() => {});
    stopServers();
    slow = await startSlowRegistry(registry.url.replace('http://', ''), 0);
    await expect(fetch(`http://${slow.host}/v2/`)).rejects.toThrow();
  });
});
