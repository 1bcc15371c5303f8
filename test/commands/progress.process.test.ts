import { execFile } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { distFile } from '../support/dist.ts';
import { repository } from '../support/gate-process.ts';
import { goodDeployment } from '../support/manifests.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';

afterAll(removeTempFolders);

/** Runs a command with its stderr, and on demand its stdout, on a terminal of 80 columns; prints what the terminal received. */
const onTerminal = `
import fcntl, os, pty, struct, subprocess, sys, termios
main, side = pty.openpty()
fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 80, 0, 0))
child = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=side)
os.close(side)
while True:
    try: data = os.read(main, 65536)
    except OSError: break
    if not data: break
    sys.stdout.buffer.write(data)
sys.exit(child.wait())
`;
const esc = String.fromCharCode(27);

async function received(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = await repository({ 'web.yaml': goodDeployment });
  const slow = path.join(emptyFolder(), 'kube-linter');
  writeFileSync(slow, '#!/bin/sh\nif [ "$1" = version ]; then echo 0.8.3; exit; fi\nsleep 1.5\nexit 3\n');
  chmodSync(slow, 0o755);
  const command = [process.execPath, distFile('cli', 'index.js'), 'check', '--engines', 'kube-linter,cel', ...args];
  const { PATH = '', HOME = '' } = process.env;
  const options = { cwd: folder, env: { PATH, HOME, TERM: 'xterm', XDG_STATE_HOME: '/dev/null', ...env } };
  const run = promisify(execFile)('python3', ['-c', onTerminal, ...command, '--tool', `kube-linter=${slow}`], options);
  return run.then(
    ({ stdout }) => stdout,
    (failed: { readonly stdout: string }) => failed.stdout,
  );
}

describe('the status line of check', () => {
  it('counts engines on a terminal, and leaves only the log behind', async () => {
    const text = await received([]);
    expect(text).toMatch(/engines 1\/2 · \d s/);
    const left = text.split('\n').map((line) => line.split(`${esc}[1G${esc}[2K`).at(-1) ?? '');
    expect(left.join('\n')).not.toContain(' · ');
    expect(left.join('\n')).toContain('kube-linter: failed');
  });

  it.each<[string, readonly string[], Readonly<Record<string, string>>]>([
    ['in a CI job', [], { CI: 'true' }],
    ['on a terminal that cannot clear a line', [], { TERM: 'dumb' }],
    ['with --quiet', ['--quiet'], {}],
  ])('is not written %s', async (_where, args, env) => {
    expect(await received(args, env)).not.toContain(esc);
  });
});
