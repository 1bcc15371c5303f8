import { expect, it } from 'vitest';
import { parsePackageUrl } from './package-url.ts';

it.each([
  ['pkg:npm/%40scope/thing@1.2.0', 'npm/@scope/thing@1.2.0'],
  ['pkg:NPM/%40Scope/Thing@1.2.0', 'npm/@scope/thing@1.2.0'],
  ['pkg:pypi/Django_X@1.0', 'pypi/django-x@1.0'],
  ['pkg:apk/alpine/libstdc++@1:2.3+4?arch=x86_64', 'apk/alpine/libstdc++@1:2.3+4'],
  ['pkg:apk/alpine/libstdc%2B%2B@1:2.3%2B4#sub', 'apk/alpine/libstdc++@1:2.3+4'],
  ['pkg:golang/github.com/org/app/v2@v2.0.0#cmd', 'golang/github.com/org/app/v2@v2.0.0'],
  ['pkg:maven/org.example/app', 'maven/org.example/app@'],
  ['pkg://deb/debian/libc6@2.36-9', 'deb/debian/libc6@2.36-9'],
])('the package URL %s is %s', (text, key) => {
  expect(parsePackageUrl(text)?.key).toBe(key);
});

it.each(['', 'npm/a@1', 'pkg:npm', 'pkg:npm/', 'pkg:npm/%zz@1', 'https://example.com'])('%j is not a package URL', (text) => {
  expect(parsePackageUrl(text)).toBeUndefined();
});

it.each([
  ['upstream=openssl', { name: 'openssl' }],
  ['arch=amd64&upstream=glibc%402.36-9%2Bdeb12u1', { name: 'glibc', version: '2.36-9+deb12u1' }],
  ['upstream=libstdc++', { name: 'libstdc++' }],
  ['upstream=openssl-libs-3.0.7-1.el9.src.rpm&distro=rhel-9', { name: 'openssl-libs' }],
  ['upstream=', undefined],
  ['distro=debian-12', undefined],
])('the source package of %s', (query, source) => {
  expect(parsePackageUrl(`pkg:deb/debian/x@1?${query}`)?.source).toEqual(source);
});
