import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { commit, git, repository } from './support/git-repository.ts';
import { root } from './support/root.ts';
import { removeTempFolders } from './support/temp-folders.ts';

afterAll(removeTempFolders);

/** Runs the check on a commit with these files and this message, on top of a base. */
function check(files: Readonly<Record<string, string>>, message = 'a change') {
  const folder = repository();
  const base = commit(folder, { 'CHANGELOG.md': '# Changelog\n\n## [Unreleased]\n', 'src/a.ts': 'a\n' });
  commit(folder, files);
  git(folder, 'commit', '--quiet', '--amend', '--message', message);
  const { status, stderr } = spawnSync(process.execPath, [path.join(root, 'scripts/changelog.mjs'), base], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { status, stderr };
}
const entry = { 'CHANGELOG.md': '# Changelog\n\n## [Unreleased]\n\n* A new rule.\n' };

describe('the changelog check', () => {
  it.each([
    ['a change of src with an entry', { 'src/a.ts': 'b\n', ...entry }, 'a change'],
    ['tests and docs', { 'src/a.test.ts': 'b\n', 'docs/a.md': 'b\n', 'test/a.ts': 'b\n' }, 'a change'],
    ['a commit message with a reason', { 'src/a.ts': 'b\n' }, 'Rename a\n\nNo changelog: a refactoring'],
  ])('accepts %s', (_what, files, message) => {
    expect(check(files, message)).toEqual({ status: 0, stderr: '' });
  });

  it.each([
    ['a change of src without an entry', { 'src/a.ts': 'b\n' }, 'a change'],
    ['a changelog that only loses lines', { 'src/a.ts': 'b\n', 'CHANGELOG.md': '# Changelog\n' }, 'a change'],
    ['a message without a reason', { 'policies/a.yaml': 'b\n' }, 'Rename a\n\nNo changelog:'],
  ])('refuses %s', (_what, files, message) => {
    const { status, stderr } = check(files, message);
    expect(status).toBe(1);
    expect(stderr).toContain('Add a line under [Unreleased]');
  });
});
