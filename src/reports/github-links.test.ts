import { describe, expect, it } from 'vitest';
import { publishContext } from '../../test/support/changes.ts';
import { basePlace, blobAddress, commitLink, headPlace, hyperlink, runAddress } from './github-links.ts';

const { change } = publishContext;
const blob = 'https://github.example/octo/shop/blob';

describe('links to GitHub', () => {
  it('encode a path, which starts at the root of the repository', () => {
    expect(blobAddress(change, 'abc', 'a b/#1?.yaml', 'apps/shop', 3)).toBe(`${blob}/abc/apps/shop/a%20b/%231%3F.yaml#L3`);
  });

  it('lead to no path outside of the repository', () => {
    expect(blobAddress(change, 'abc', '../../etc/passwd', undefined, 3)).toBeUndefined();
    expect(headPlace({ file: '/etc/passwd', line: 1 }, publishContext)).toBe('`/etc/passwd:1`');
  });

  it('name the line that the head has, and lead nowhere where it has none', () => {
    const place = { file: 'a.yaml', line: 9 };
    expect(headPlace(place, { ...publishContext, headLine: () => 7 })).toBe(
      `[\`a.yaml:7\`](<${blob}/${'a'.repeat(40)}/a.yaml#L7>)`,
    );
    expect(headPlace(place, { ...publishContext, headLine: () => undefined })).toBe('`a.yaml:9`');
  });

  it('lead to the base for locations there', () => {
    expect(basePlace({ file: 'a.yaml', line: 9 }, publishContext)).toBe(`[\`a.yaml:9\`](<${blob}/${'b'.repeat(40)}/a.yaml#L9>)`);
  });

  it('shorten a commit', () => {
    expect(commitLink(change, 'c'.repeat(40))).toBe(`[\`ccccccc\`](<https://github.example/octo/shop/commit/${'c'.repeat(40)}>)`);
  });

  it('lead to no commit where there is no SHA', () => {
    expect(commitLink(change, 'abc\ud800def')).toBe('<code>abc&#92;u{d800}def</code>');
    expect(commitLink(change, '../../evil')).toBe('`../../e`');
  });

  it('name the attempt of a re-run', () => {
    expect(runAddress(change)).toBe('https://github.example/octo/shop/actions/runs/4711');
    expect(runAddress({ run: { ...change.run, attempt: 3 } })).toBe(
      'https://github.example/octo/shop/actions/runs/4711/attempts/3',
    );
  });

  it('may lead to a GitHub Enterprise Server at http', () => {
    const onPremises = { ...change, serverUrl: 'http://git.internal:8080' };
    expect(commitLink(onPremises, 'c'.repeat(40))).toBe(
      `[\`ccccccc\`](<http://git.internal:8080/octo/shop/commit/${'c'.repeat(40)}>)`,
    );
  });

  it('are plain text if an address is invalid or too long', () => {
    expect(hyperlink('x', 'javascript:alert(1)')).toBe('x');
    expect(hyperlink('x', 'https://user:secret@git.internal/')).toBe('x');
    expect(hyperlink('x', `https://a.example/${'ä'.repeat(500)}`)).toBe('x');
  });
});
