import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { removeTempFolders } from '../../test/support/temp-folders.ts';
import { type Publisher, publish } from '../../test/support/tool-publisher.ts';
import { installCommand, listCommand, verifyCommand } from './commands.ts';
import { parseGivenTool } from './given-tool.ts';

const publishers: Publisher[] = [];
const published = async (...given: Parameters<typeof publish>): Promise<Publisher> => {
  const publisher = await publish(...given);
  publishers.push(publisher);
  return publisher;
};
afterEach(() => {
  for (const publisher of publishers.splice(0)) publisher.stop();
});
afterAll(removeTempFolders);

describe('engines', () => {
  it('list shows what is missing, and after install what is there', async () => {
    const publisher = await published();
    const toolchain = await publisher.toolchain();
    expect((await listCommand(toolchain, { all: false })).text).toBe(
      'TOOL   VERSION  PURPOSE  STATE    SIZE  CHECKED  SOURCE\nprobe  1.2.3    engine   missing                 release asset\n',
    );
    const installed = await installCommand(toolchain, []);
    expect(installed).toMatchObject({ ok: true, text: expect.stringMatching(/^probe {2}1\.2\.3 {4}installed {2}\/.*\/probe$/m) });
    expect((await listCommand(toolchain, { all: false })).text).toContain(
      `probe  1.2.3    engine   installed  1 MB  hash     ${publisher.url}/v1.2.3/probe\n`,
    );
  });

  it('list leaves out what only tests use', async () => {
    const toolchain = await (await published({ entry: { purpose: 'test' } })).toolchain();
    expect((await listCommand(toolchain, { all: false })).text).not.toContain('probe');
    expect((await listCommand(toolchain, { all: true })).text).toContain('probe');
  });

  it('install reports what failed and is not ok', async () => {
    const toolchain = await (await published({ status: 404 })).toolchain();
    const { text, ok } = await installCommand(toolchain, ['probe', 'probe']);
    expect(ok).toBe(false);
    expect(text.match(/^probe .*failed.*HTTP 404/gm)).toHaveLength(1);
  });

  it('install refuses a name it does not know before it does anything', async () => {
    const publisher = await published();
    await expect(installCommand(await publisher.toolchain(), ['probe', 'trivi'])).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      details: { expected: 'probe' },
    });
    expect(publisher.requests).toEqual([]);
  });

  it('verify finds a changed copy, and leaves it where it is', async () => {
    const publisher = await published();
    const toolchain = await publisher.toolchain();
    expect(await verifyCommand(toolchain, [])).toMatchObject({ ok: true, text: expect.stringContaining('missing') });
    expect(await verifyCommand(toolchain, ['probe'])).toMatchObject({ ok: false });
    const { path: file } = await toolchain.install('probe');
    expect(await verifyCommand(toolchain, [])).toMatchObject({
      ok: true,
      text: expect.stringContaining('1 files as installed from'),
    });
    writeFileSync(file, 'changed');
    chmodSync(file, 0o755);
    const changed = await verifyCommand(toolchain, []);
    expect(changed).toMatchObject({
      ok: false,
      text: expect.stringContaining('the installed copy has a probe that differs from the installed one'),
    });
    expect(await verifyCommand(toolchain, [])).toEqual(changed);
    expect(publisher.requests).toHaveLength(1);
  });

  it('verify prints the hash of a given path, to be copied', async () => {
    const publisher = await published();
    const given = { probe: { path: path.join(publisher.gateRoot, 'tools.lock.json') } };
    const { text } = await verifyCommand(await publisher.toolchain({ given }), []);
    expect(text).toMatch(/^probe .*unchecked .*tools\.lock\.json@sha256:[0-9a-f]{64}$/m);
  });
});

describe('parseGivenTool', () => {
  it('reads a path, with or without a hash', () => {
    expect(parseGivenTool('/usr/bin/trivy')).toEqual({ path: '/usr/bin/trivy' });
    expect(parseGivenTool(`/a@b/trivy@sha256:${'A'.repeat(64)}`)).toEqual({ path: '/a@b/trivy', sha256: 'a'.repeat(64) });
  });

  it.each(['trivy', './trivy', '', '/usr/bin/trivy@sha256:', '/usr/bin/trivy@sha256:abc', `/x@sha256:${'g'.repeat(64)}`])(
    'refuses %j',
    (text) => {
      expect(() => parseGivenTool(text)).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }));
    },
  );
});
