import { describe, expect, it } from 'vitest';
import { normalizeRepository } from './here.ts';
import { cleanPath } from './workspace.ts';

describe('the name of a repository', () => {
  it.each([
    'https://github.com/Org/Repo.git',
    'https://github.com/org/repo/',
    'https://user:token@github.com/org/repo',
    'git@github.com:org/repo.git',
    'ssh://git@github.com/org/repo',
    'ssh://git@github.com:22/org/repo.git',
    'https://github.com:443/org/repo',
    'git://github.com/org/repo?ref=main',
  ])('%s is github.com/org/repo', (url) => {
    expect(normalizeRepository(url)).toBe('github.com/org/repo');
  });

  it.each([
    'https://github.com/org/repo2',
    'https://gitlab.com/org/repo',
    'https://github.com:8443/org/repo',
    'https://evil.com/github.com/org/repo',
  ])('%s is not', (url) => {
    expect(normalizeRepository(url)).not.toBe('github.com/org/repo');
  });
});

describe('the path of a pointer', () => {
  it.each([
    ['./apps/web/', '', 'apps/web'],
    ['/apps', 'charts/x', 'apps'],
    ['../values.yaml', 'charts/x', 'charts/values.yaml'],
    ['.', '', ''],
    ['../x', '', undefined],
    ['a/../../x', '', undefined],
  ])('%s from %j is %j', (path, from, clean) => {
    expect(cleanPath(path, from)).toBe(clean);
  });
});
