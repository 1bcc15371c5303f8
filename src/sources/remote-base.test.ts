import { describe, expect, it } from 'vitest';
import { parseRemoteBase } from './remote-base.ts';

function shown(text: string): string {
  const base = parseRemoteBase(text);
  if (base === undefined) return 'none';
  return base.kind === 'file' ? `file ${base.url.href}` : `${base.url.href} | ${base.path} | ${base.ref}`;
}

describe('a remote base', () => {
  it.each([
    ['https://github.com/org/repo//deploy/base?ref=v1.2.0', 'https://github.com/org/repo | deploy/base | v1.2.0'],
    ['https://github.com/org/repo/deploy/base?ref=v1.2.0', 'https://github.com/org/repo | deploy/base | v1.2.0'],
    ['https://github.com/org/repo?version=main&timeout=90s', 'https://github.com/org/repo |  | main'],
    ['github.com/org/repo//base', 'https://github.com/org/repo | base | '],
    ['gh:org/repo/base', 'https://github.com/org/repo | base | '],
    ['git@git.example.com:team/group/repo.git//base?ref=abc', 'https://git.example.com/team/group/repo.git | base | abc'],
    ['git@git.example.com:team/repo.git/base', 'https://git.example.com/team/repo.git | base | '],
    ['ssh://git@github.com/org/repo//base?ref=v1', 'https://github.com/org/repo | base | v1'],
    ['git::https://user:secret@git.example.com/group/sub/repo.git/base?ref=v1', 'none'],
    ['https://raw.githubusercontent.com/org/repo/v1/crds.yaml', 'file https://raw.githubusercontent.com/org/repo/v1/crds.yaml'],
    ['https://github.com/org/repo/releases/download/v1/all.yml', 'file https://github.com/org/repo/releases/download/v1/all.yml'],
    ['https://github.com/org/repo//base/crds.yaml?ref=v1', 'https://github.com/org/repo | base/crds.yaml | v1'],
  ])('%s', (text, expected) => {
    expect(shown(text)).toBe(expected);
  });

  it.each([
    '../base',
    'base',
    'file:///etc/passwd',
    'ext::sh -c id',
    'https://github.com/org/repo//a/../../b',
    'https://github.com/org/repo//base?ref=--upload-pack=id',
    'https://github.com/org/repo//base?ref=a..b',
    'https://github.com/',
    'https://',
  ])('is not %s', (text) => {
    expect(shown(text)).toBe('none');
  });
});
