import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { image } from '../../../test/support/model.ts';
import { digestOf } from './digest.ts';
import { parseReport } from './output.ts';

const [one, two] = [`sha256:${'1'.repeat(64)}`, `sha256:${'2'.repeat(64)}`];
const of = (reference: string, ...RepoDigests: readonly string[]) =>
  digestOf(image(reference), { Metadata: { RepoDigests: [...RepoDigests] } });

it('is read from what Trivy wrote', () => {
  const file = path.join(import.meta.dirname, '../../../test/fixtures/trivy/image-alpine.0.74.0.json');
  const report = parseReport(readFileSync(file, 'utf8'), 'fixture');
  expect(digestOf(image('127.0.0.1:46197/team/alpine:1'), report)).toBe(
    'sha256:dab42a3b0db3296736d9889dbfd0e08f298ef7a6a9897601604dd4484532d784',
  );
});

it('knows a repository by any of its names', () => {
  expect(of('nginx:1.25', `nginx@${one}`)).toBe(one);
  expect(of('docker.io/library/nginx', `nginx@${one}`, `index.docker.io/library/nginx@${one}`)).toBe(one);
});

it.each([
  ['another repository', [`other/nginx@${one}`]],
  ['two digests', [`nginx@${one}`, `nginx@${two}`]],
  ['another algorithm', [`nginx@sha512:${'1'.repeat(128)}`]],
  ['no digest', ['nginx:1.25']],
  ['nothing', []],
])('is unknown where the report names %s', (_what, digests) => {
  expect(of('nginx:1.25', ...digests)).toBeUndefined();
});

it('is unknown for a file, whatever it calls itself', () => {
  const source = { kind: 'archive', path: 'nginx.tar' } as const;
  expect(digestOf({ ...image('nginx:1.25'), source }, { Metadata: { RepoDigests: [`nginx@${one}`] } })).toBeUndefined();
});
