import { execFileSync, spawnSync } from 'node:child_process';
import { afterAll, describe, expect, it } from 'vitest';
import { completionCommand } from '../../src/commands/completion.ts';
import { commands } from '../../src/commands/registry.ts';
import { runCommand } from '../support/in-process.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';

afterAll(removeTempFolders);

const script = async (shell: string): Promise<string> => (await runCommand(completionCommand, [shell], '/')).stdout;

/** What bash offers for the words of a line, the last of which is being typed. */
function offered(completion: string, words: readonly string[], cwd = '/'): readonly string[] {
  const program = `${completion}\nCOMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _k8s_gate; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['--norc', '-c', program], { cwd, encoding: 'utf8' })
    .split('\n')
    .filter((word) => word !== '');
}

describe('the completion of bash', () => {
  it('offers every command, and those that begin with what is typed', async () => {
    const completion = await script('bash');
    expect(offered(completion, ['k8s-gate', ''])).toEqual(expect.arrayContaining(commands.map(({ name }) => name)));
    expect(offered(completion, ['k8s-gate', 'exp'])).toEqual(['explain']);
  });

  it('offers the options of a command, values of --engines, and words that follow a command', async () => {
    const completion = await script('bash');
    expect(offered(completion, ['k8s-gate', 'check', '--only'])).toEqual(['--only-new']);
    expect(offered(completion, ['k8s-gate', 'check', '--engines', 'kub'])).toEqual(['kube-linter', 'kube-bench']);
    expect(offered(completion, ['k8s-gate', 'engines', 'in'])).toEqual(['install']);
    expect(offered(completion, ['k8s-gate', 'help', 'fi'])).toEqual(['fix']);
  });

  it('offers files elsewhere', async () => {
    const folder = emptyFolder();
    execFileSync('touch', ['web.yaml'], { cwd: folder });
    expect(offered(await script('bash'), ['k8s-gate', 'check', 'we'], folder)).toEqual(['web.yaml']);
  });
});

const others = ['zsh', 'fish'].map((shell) => ({ shell, absent: spawnSync(shell, ['--version']).error !== undefined }));

describe.each(others)('the completion of $shell', ({ shell, absent }) => {
  it('has every command', async () => {
    const text = await script(shell);
    for (const { name } of commands) expect(text).toMatch(new RegExp(`\\b${name}\\b`));
  });

  it.skipIf(absent)(`is accepted by the shell${absent ? ` (skipped: no ${shell})` : ''}`, async () => {
    expect(spawnSync(shell, ['-n'], { input: await script(shell), encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
  });
});

it('names the shells for another word', async () => {
  const { code, log } = await runCommand(completionCommand, ['bsh'], '/');
  expect([code, log]).toEqual([2, 'error: completion: unknown shell `bsh`; expected `bash`']);
});
