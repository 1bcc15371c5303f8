import { describe, expect, it } from 'vitest';
import { finding } from '../../test/support/model.ts';
import { parseCodeOwners, withOwners } from './owners.ts';

describe('parseCodeOwners', () => {
  // The examples of GitHub's page, with what it states about them.
  const ownersOf = parseCodeOwners(`
# a comment
*       @global-owner1 @global-owner2
*.js    @js-owner #This is an inline comment.
*.go docs@example.com
*.txt @octo-org/octocats
/build/logs/ @doctocat
docs/*  docs@example.com
apps/ @octocat
/docs/ @doctocat
/scripts/ @doctocat @octocat
**/logs @octocat
/apps/ @octocat
/apps/github
/apps/slack @doctocat
`);

  it.each<[string, readonly string[]]>([
    ['README.md', ['@global-owner1', '@global-owner2']],
    ['a/b/c.js', ['@js-owner']],
    ['main.go', ['docs@example.com']],
    ['a/notes.txt', ['@octo-org/octocats']],
    ['build/logs/a.md', ['@octocat']],
    ['a/apps/b.md', ['@octocat']],
    ['docs/a/b.md', ['@doctocat']],
    ['scripts/x/run.sh', ['@doctocat', '@octocat']],
    ['deeply/nested/logs/a.md', ['@octocat']],
    ['apps/web/a.md', ['@octocat']],
    ['apps/github/a.md', []],
    ['apps/slack/a.md', ['@doctocat']],
  ])('%s is owned by %j', (file, owners) => {
    expect(ownersOf(file)).toEqual(owners);
  });

  it.each<[string, string, boolean]>([
    ['docs/*', 'docs/a.md', true],
    ['docs/*', 'docs/a/b.md', false],
    ['docs/**', 'docs/a/b.md', true],
    ['docs/', 'docs', false],
    ['docs', 'docs', true],
    ['docs', 'x/docs/y', true],
    ['/docs', 'x/docs/y', false],
    ['a/**/b', 'a/b', true],
    ['a/**/b', 'a/x/y/b/c', true],
    ['a/b', 'x/a/b', false],
    ['*.y?ml', 'a/b.yaml', true],
    ['a\\ b.yaml', 'a b.yaml', true],
    ['(a|b)+.yaml', '(a|b)+.yaml', true],
    ['!a', 'a', false],
    ['[ab].yaml', 'a.yaml', false],
    ['/', 'a', false],
  ])('%s matches %s: %s', (pattern, file, expected) => {
    expect(parseCodeOwners(`${pattern} @org/team\n`)(file)).toEqual(expected ? ['@org/team'] : []);
  });

  it('skips a line with something that is not an owner, as GitHub does', () => {
    expect(parseCodeOwners('* @org/team\n*.yaml @org/team nobody\n')('a.yaml')).toEqual(['@org/team']);
  });

  it('takes no longer for a pattern of stars', () => {
    const steps = `${Array.from({ length: 30 }, () => '**').join('/')}/${'*a'.repeat(50)}b`;
    expect(parseCodeOwners(`${steps} @a`)(`${'x/'.repeat(30)}${'a'.repeat(200)}`)).toEqual([]);
  });
});

describe('withOwners', () => {
  it('takes the first place of a finding, from the root of the repository', () => {
    const ownersOf = parseCodeOwners('/apps/shop/ @org/shop\n');
    const at = (file: string) => finding({ locations: [{ file, line: 1, precision: 'field' }] });
    const [shop, none] = withOwners([at('deploy.yaml'), finding({ locations: [] })], ownersOf, 'apps/shop');
    expect([shop?.owners, none?.owners]).toEqual([['@org/shop'], undefined]);
  });
});
