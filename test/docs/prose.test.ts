import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { proseFaults, proseFiles } from '../../scripts/prose.mjs';
import { root } from '../support/root.ts';

describe('the prose check', () => {
  it.each([
    ['Markdown', 'page.md', 'A word.\n\nWhat is *said*\n', ['page.md:3: said -> ']],
    ['a phrase that spans lines', 'page.md', 'It can be\nhad.\n', ['page.md:1: be had -> ']],
    ['YAML', 'action.yml', 'description: A skipped engine is\n  said.\n', ['action.yml:2: said -> ']],
    [
      'a comment of YAML',
      'a.yaml',
      '# stands here\n# in a line of\n# its own, and be\n# had\n',
      ['a.yaml:1: stands -> ', 'a.yaml:3: be had -> '],
    ],
    ['a comment', 'a.ts', 'const a = 1; // the mode is none\n', ['a.ts:1: is none -> ']],
    ['a JSDoc comment over lines', 'a.ts', '/**\n * What can be\n * had.\n */\nexport const a = 1;\n', ['a.ts:2: be had -> ']],
    ['a string', 'a.ts', "throw new Error('it is none');\n", ['a.ts:1: is none -> ']],
    ['a template', 'a.ts', 'const a = `mode: \\`$' + '{b}\\` is none`;\n', ['a.ts:1: is none -> ']],
    ['the end of a file', 'a.ts', 'const a = 1;\n// anew\n', ['a.ts:2: anew -> ']],
    ['a script', 'a.mjs', '// Looks anew.\n', ['a.mjs:1: anew -> ']],
  ])('reads %s', (_what, file, text, expected) => {
    expect(proseFaults(file, text)).toEqual(expected.map((fault) => expect.stringContaining(fault)));
  });

  it.each([
    ['code of Markdown', 'page.md', 'Read `errors[].said`.\n\n```sh\nk8s-gate said\n```\n'],
    ['the target of a link', 'page.md', '[a page](docs/ledger.md)\n'],
    ['a generated table', 'page.md', '<!-- begin fields: from code -->\n\nWhat is said.\n\n<!-- end fields -->\n'],
    ['names in code', 'a.ts', "import { said } from './said.ts';\nconst ledger = said['ledger'];\n"],
    ['code in a message', 'a.ts', "const next = 'See `ledger[]`.';\n"],
    ['a regular expression', 'a.ts', 'const find = /is none`/;\n'],
    ['two strings side by side', 'a.ts', "const a = ['what can be', 'had before'];\n"],
    ['what is idiomatic', 'page.md', 'It is no longer used, there is no base, and it stands for itself.\n'],
  ])('leaves %s alone', (_what, file, text) => {
    expect(proseFaults(file, text)).toEqual([]);
  });

  it('covers the pages and leaves out those that a run writes', () => {
    const files = proseFiles(['README.md', 'docs']);
    expect(files).toEqual(expect.arrayContaining(['README.md', 'docs/architecture.md']));
    expect(files).not.toContain('docs/faults.md');
  });
});

it('is clean where .prose.yaml demands it: `npm run prose` lists what is not', () => {
  expect(proseFiles().flatMap((file) => proseFaults(file, readFileSync(path.join(root, file), 'utf8')))).toEqual([]);
});
