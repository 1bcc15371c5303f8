import { describe, expect, it } from 'vitest';
import { canonicalImage, matchesImage, parseImageName } from './image-name.ts';

const digest = `sha256:${'ab'.repeat(32)}`;

describe('canonicalImage', () => {
  it.each([
    ['nginx', 'docker.io/library/nginx:latest'],
    ['docker.io/library/nginx:1.25', 'docker.io/library/nginx:1.25'],
    ['docker.io/nginx:1.25', 'docker.io/library/nginx:1.25'],
    ['index.docker.io/org/app', 'docker.io/org/app:latest'],
    ['localhost/app:1', 'localhost/app:1'],
    ['localhost:5000/app', 'localhost:5000/app:latest'],
    [`ghcr.io/org/app:1@${digest}`, `ghcr.io/org/app:1@${digest}`],
    [`nginx@${digest}`, `docker.io/library/nginx@${digest}`],
  ])('reads %s as %s', (reference, canonical) => {
    expect(canonicalImage(reference)).toBe(canonical);
  });
});

describe('parseImageName', () => {
  it.each(['https://example.com/app', 'urn:x:y', '', '/app', 'app/', 'a//b', 'a b', 'nginx:', 'nginx@sha256:ab'])(
    'is not had by %j',
    (text) => {
      expect(parseImageName(text)).toBeUndefined();
    },
  );
});

describe('matchesImage', () => {
  it.each([
    ['nginx:1.25', 'docker.io/library/nginx:1.25', true],
    ['nginx', 'nginx:latest', true],
    ['nginx', 'nginx:1.25', false],
    ['nginx:*', 'docker.io/nginx:1.25', true],
    ['nginx*', 'nginx.evil.example/app:1', false],
    ['nginx:1.25', `nginx:1.25@${digest}`, false],
    ['nginx:1.25@*', `nginx:1.25@${digest}`, true],
    ['*/web:1.4', 'registry.example/shop/web:1.4', true],
    ['ghcr.io/org/*', 'ghcr.io/org-evil/app:1', false],
    ['*', 'anything:1', true],
  ])('%s against %s: %s', (pattern, reference, expected) => {
    expect(matchesImage(pattern, reference)).toBe(expected);
  });
});
