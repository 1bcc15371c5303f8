import { describe, expect, it } from 'vitest';
import { parseUrl } from './urls.ts';

describe('URLs', () => {
  it.each([
    ['https://A.example:443/x?y#z', { scheme: 'https', host: 'A.example:443', path: '/x' }],
    ['http://h/a/../b', { scheme: 'http', host: 'h', path: '/a/../b' }],
    ['/path', { scheme: '', host: '', path: '/path' }],
    ['//x/y', { scheme: '', host: 'x', path: '/y' }],
    ['http://ü.example/ü', { scheme: 'http', host: 'ü.example', path: '/%C3%BC' }],
    ['http://[::1]:80/', { scheme: 'http', host: '[::1]:80', path: '/' }],
    ['http://user@h', { scheme: 'http', host: 'h', path: '' }],
  ])('reads %s', (text, parts) => {
    expect(parseUrl(text)).toMatchObject(parts);
  });

  it.each(['', 'nope', 'http://a b/', 'http://h:x/', 'http://h/%zz', 'http://h/\n', '1http://x'])('rejects %j', (text) => {
    expect(parseUrl(text)).toBeUndefined();
  });
});
