import { renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { createHeadLines } from '../../src/findings/head-lines.ts';
import { commit, git, gitPort, repository } from '../support/git-repository.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';

afterAll(removeTempFolders);

/** The mapping between two states of a repository, by the real git. */
async function headLines(
  old: Readonly<Record<string, string>>,
  edit: (folder: string) => Readonly<Record<string, string>> | undefined,
  options: { readonly prefix?: string; readonly attributes?: string } = {},
) {
  const folder = repository();
  const from = commit(folder, { ...old, ...(options.attributes && { '.gitattributes': options.attributes }) });
  const to = commit(folder, edit(folder) ?? {});
  return createHeadLines(await gitPort().diff(folder, from, to), options.prefix ?? '');
}
const lines = (...all: readonly string[]) => `${all.join('\n')}\n`;
const five = lines('a', 'b', 'c', 'd', 'e');

describe('createHeadLines', () => {
  it('keeps the lines of a file that did not change', async () => {
    const line = await headLines({ 'x.yaml': five, 'y.yaml': five }, () => ({ 'y.yaml': '' }));
    expect([line('x.yaml', 3), line('y.yaml', 3)]).toEqual([3, undefined]);
  });

  it('shifts lines past an insertion, a change and a deletion, and gives none inside', async () => {
    const line = await headLines({ x: five }, () => ({ x: lines('new', 'new', 'a', 'B', 'c', 'e') }));
    expect([1, 2, 3, 4, 5].map((old) => line('x', old))).toEqual([3, undefined, 5, undefined, 6]);
  });

  it('gives no line of a deleted file', async () => {
    const line = await headLines({ x: five }, (folder) => {
      rmSync(path.join(folder, 'x'));
      return undefined;
    });
    expect(line('x', 1)).toBeUndefined();
  });

  it('gives no line of a deleted empty file', async () => {
    const line = await headLines({ x: '' }, (folder) => {
      rmSync(path.join(folder, 'x'));
      return undefined;
    });
    expect(line('x', 1)).toBeUndefined();
  });

  it('follows a renamed file, edited or not', async () => {
    const line = await headLines({ x: five, 'y y': `${five}f\n` }, (folder) => {
      renameSync(path.join(folder, 'x'), path.join(folder, 'x2'));
      renameSync(path.join(folder, 'y y'), path.join(folder, 'y "2"'));
      return { 'y "2"': `new\n${five}f\n` };
    });
    expect([line('x', 5), line('y y', 5)]).toEqual([5, 6]);
  });

  it('gives no line of a file that became a symlink', async () => {
    const line = await headLines({ x: five }, (folder) => {
      rmSync(path.join(folder, 'x'));
      symlinkSync('elsewhere', path.join(folder, 'x'));
      return undefined;
    });
    expect(line('x', 1)).toBeUndefined();
  });

  it('gives no line of a binary file that changed', async () => {
    const line = await headLines({ 'x b/x': `\0${five}` }, () => ({ 'x b/x': `\0new\n${five}` }));
    expect([line('x b/x', 1), line('x b/x', 5)]).toEqual([undefined, undefined]);
  });

  it('is not misled by attributes that call a text binary', async () => {
    const line = await headLines({ x: five }, () => ({ x: `new\n${five}` }), { attributes: '* binary\n' });
    expect(line('x', 1)).toBe(2);
  });

  it('is not misled by lines that look like headers', async () => {
    const fake = lines('-- a/y', '++ b/y', '@@ -1 +9 @@', '\\ No newline');
    const line = await headLines({ x: fake + five, y: five }, () => ({ x: five + fake }));
    expect([line('x', 5), line('y', 1)]).toEqual([1, 1]);
  });

  it('counts files from the workspace', async () => {
    const line = await headLines({ 'apps/shop/x': five }, () => ({ 'apps/shop/x': `new\n${five}` }), { prefix: 'apps/shop' });
    expect([line('x', 1), line('apps/shop/x', 1)]).toEqual([2, 1]);
  });

  it.each(['a b', '"', 'a\\b'.replace('\\', '"\t'), 'ü', 'b/a b/x', ' ', "a'b", 'new\nline', '🚢.yaml', 'tab\t'])(
    'knows the file named %j',
    async (name) => {
      const line = await headLines({ [name]: five }, () => ({ [name]: `new\n${five}` }));
      expect(line(name, 1)).toBe(2);
    },
  );

  it('agrees with a line-by-line reading of the edits', async () => {
    const folder = repository();
    // Every line is one of a kind, so that git has one way only to tell which stayed.
    const edits = fc.array(fc.constantFrom('keep', 'drop', 'change', 'insert', 'insert twice'), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(edits, fc.boolean(), fc.boolean(), async (plan, oldEnds, newEnds) => {
        const old = plan.map((_, at) => `line ${at}`);
        const young: string[] = [];
        const expected = plan.map((step, at) => {
          if (step.startsWith('insert')) young.push(`before ${at}`);
          if (step === 'insert twice') young.push(`and ${at}`);
          if (step === 'drop') return undefined;
          young.push(step === 'change' ? `other ${at}` : `line ${at}`);
          return step === 'change' ? undefined : young.length;
        });
        // A last line that gains or loses its newline has changed.
        const same = plan.at(-1) !== 'drop' && oldEnds === newEnds;
        fc.pre(same || plan.length === 0);
        const text = (all: readonly string[], ends: boolean) => all.join('\n') + (ends && all.length > 0 ? '\n' : '');
        const from = commit(folder, { 'ü "x" y': text(old, oldEnds) });
        writeFileSync(path.join(folder, 'ü "x" y'), text(young, newEnds));
        const line = createHeadLines(await gitPort().diff(folder, from, commit(folder)), '');
        expect(plan.map((_, at) => line('ü "x" y', at + 1))).toEqual(expected);
      }),
      { numRuns: 30, endOnFailure: true },
    );
  });

  it('takes a last line for changed that lost its newline', async () => {
    const line = await headLines({ x: five }, () => ({ x: five.slice(0, -1) }));
    expect([line('x', 4), line('x', 5)]).toEqual([4, undefined]);
  });

  it('works on the folder of a shallow clone', async () => {
    const origin = repository();
    const from = commit(origin, { 'a/x': five });
    const to = commit(origin, { 'a/x': `new\n${five}` });
    const clone = emptyFolder();
    git(clone, 'clone', '--quiet', '--depth=1', `file://${origin}`, '.');
    await gitPort().fetchCommit(clone, from);
    const line = createHeadLines(await gitPort().diff(path.join(clone, 'a'), from, to), 'a');
    expect(line('x', 1)).toBe(2);
  });
});
