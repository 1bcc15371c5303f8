import * as core from '@actions/core';
import * as fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { holds } from '../../test/support/property.ts';
import { commandData, commandProperty, httpsUrl, relativeUri, urlText } from './escape.ts';

/** What @actions/core itself writes for an error. */
function byActionsCore(message: string, title: string): string {
  const written: string[] = [];
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  core.error(message, { title });
  spy.mockRestore();
  return written.join('');
}

describe('workflow commands', () => {
  it('are escaped as @actions/core does it', () => {
    holds(
      fc.property(
        fc.string({ unit: fc.constantFrom('%', '\r', '\n', ':', ',', '0', 'A', 'a') }),
        fc.string({ minLength: 1 }),
        (message, title) => {
          expect(`::error title=${commandProperty(title)}::${commandData(message)}\n`).toBe(byActionsCore(message, title));
        },
      ),
    );
  });
});

describe('relativeUri', () => {
  it('percent-encodes each step', () => {
    expect(relativeUri('./a b/c#d?e:f/ü.yaml')).toBe('a%20b/c%23d%3Fe%3Af/%C3%BC.yaml');
  });

  it.each(['', '/', '.', '/etc/passwd', '../x', 'a/../../x'])('refuses %j', (path) => {
    expect(relativeUri(path)).toBeUndefined();
  });

  it('stays below the base, whatever the path', () => {
    holds(
      fc.property(fc.string({ unit: 'binary' }), (path) => {
        const uri = relativeUri(path);
        expect(
          uri === undefined || new URL(uri, 'https://base.example/root/').href.startsWith('https://base.example/root/'),
        ).toBe(true);
      }),
    );
  });
});

describe('httpsUrl', () => {
  it.each([undefined, '', 'http://a.example', 'javascript:alert(1)', 'https://user:pw@a.example', '//a.example'])(
    'refuses %j',
    (address) => {
      expect(httpsUrl(address)).toBeUndefined();
    },
  );

  it('leaves nothing in an address that could end a link', () => {
    const url = httpsUrl('https://a.example/)](x)<b>"|\\ é`*');
    expect(url && urlText(url)).toBe('https://a.example/%29%5D%28x%29%3Cb%3E%22%7C/%20%C3%A9%60%2A');
  });
});
