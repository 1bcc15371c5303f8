import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { enginesCommand } from '../../src/commands/engines.ts';
import { commandContext } from '../support/command-context.ts';
import { stopServers } from '../support/loopback.ts';
import { removeTempFolders } from '../support/temp-folders.ts';
import { type Publication, type Publisher, publish } from '../support/tool-publisher.ts';

afterEach(stopServers);
afterAll(removeTempFolders);

interface Run {
  readonly code: number;
  readonly text: string;
}

async function published(
  publication: Publication = {},
): Promise<{ readonly publisher: Publisher; readonly run: (...args: readonly string[]) => Promise<Run> }> {
  const platform = `${process.platform}-${process.arch}`;
  const publisher = await publish({ ...publication, platform });
  const env = { PATH: '/usr/bin:/bin' };
  const run = async (...args: readonly string[]): Promise<Run> => {
    const { gateRoot } = publisher;
    const { context, printed } = commandContext(gateRoot, {
      env,
      terminal: { color: false, width: 120 },
      gateRoot,
      gateVersion: '0.0.0',
      cores: 2,
    });
    const code = await enginesCommand.run([...args, '--cache-dir', publisher.cacheDir], context);
    return { code, text: printed() };
  };
  return { publisher, run };
}
const folderOf = (publisher: Publisher): string =>
  path.join(publisher.cacheDir, 'tools/probe', `1.2.3-${process.platform}-${process.arch}`);

describe('k8s-gate engines', () => {
  it('verify is well with what was installed, and names whatever differs', async () => {
    const { publisher, run } = await published();
    expect(await run('install')).toMatchObject({ code: 0 });
    expect(await run('verify')).toMatchObject({ code: 0, text: expect.stringMatching(/^probe .* ok /m) });
    writeFileSync(path.join(folderOf(publisher), 'probe'), 'changed');
    expect(await run('verify')).toMatchObject({
      code: 2,
      text: expect.stringContaining('has a probe that differs from the installed one'),
    });
    writeFileSync(path.join(folderOf(publisher), 'libz.so'), '');
    expect(await run('verify')).toMatchObject({
      code: 2,
      text: expect.stringContaining('contains libz.so, which was not installed'),
    });
    rmSync(path.join(folderOf(publisher), 'receipt.json'));
    expect(await run('verify')).toMatchObject({ code: 2, text: expect.stringContaining('no readable receipt') });
  });

  it('install with --require-signatures refuses one whose signature is gone, and without it accepts the engine and reports it', async () => {
    const publisher = { kind: 'sigstore', issuer: 'https://issuer.invalid', identity: 'https://identity.invalid' };
    const { run } = await published({ signature: '', entry: { publisher } });
    expect(await run('install', '--require-signatures')).toMatchObject({
      code: 2,
      text: expect.stringContaining('its signature is required and could not be checked'),
    });
    expect(await run('install')).toMatchObject({ code: 0 });
    expect(await run('list')).toMatchObject({ code: 0, text: expect.stringContaining('hash; signature missing') });
    expect(await run('verify', '--require-signatures')).toMatchObject({ code: 2 });
  });
});
