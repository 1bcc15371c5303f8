import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { root } from './support/root.ts';
import { emptyFolder, removeTempFolders } from './support/temp-folders.ts';

afterAll(removeTempFolders);

interface Job {
  readonly needs: string | readonly string[];
  readonly permissions: Readonly<Record<string, string>>;
  readonly steps: readonly {
    readonly run?: string;
    readonly uses?: string;
    readonly with?: Readonly<Record<string, unknown>>;
  }[];
}
const { jobs }: { readonly jobs: Readonly<Record<string, Job>> } = parse(
  readFileSync(path.join(root, '.github/workflows/release.yml'), 'utf8'),
);
const job = (name: string): Job => jobs[name] ?? expect.fail(`no job ${name}`);
const script = (name: string): string => job(name).steps.find(({ run }) => run !== undefined)?.run ?? expect.fail('no script');
const digest = `sha256:${'ab'.repeat(32)}`;

/** Runs a script of the workflow as the runner does, with a docker that records its arguments and gives the configured answers. */
function play(
  text: string,
  own: Readonly<Record<string, string>>,
  answers: { readonly digest?: string; readonly tagged?: boolean },
) {
  const folder = emptyFolder();
  const [bin, temp, calls, output] = ['bin', 'temp', 'calls', 'output'].map((name) => path.join(folder, name)) as [
    string,
    string,
    string,
    string,
  ];
  mkdirSync(bin);
  const docker = `#!/bin/bash
echo "$*" >> '${calls}'
[[ $1 == login ]] && cat >> '${calls}'
[[ "$2 $3" == 'imagetools inspect' ]] && exit ${answers.tagged === true ? 0 : 1}
while [[ $# -gt 1 ]]; do [[ $1 == --metadata-file ]] && echo '{"containerimage.digest":"${answers.digest ?? digest}"}' > "$2"; shift; done
exit 0
`;
  writeFileSync(path.join(bin, 'docker'), docker);
  chmodSync(path.join(bin, 'docker'), 0o755);
  const release = path.join(temp, 'release');
  mkdirSync(path.join(release, 'k8s-gate-1.2.3'), { recursive: true });
  spawnSync('tar', ['-czf', 'k8s-gate-1.2.3.tgz', 'k8s-gate-1.2.3'], { cwd: release });
  const sum = createHash('sha256')
    .update(readFileSync(path.join(release, 'k8s-gate-1.2.3.tgz')))
    .digest('hex');
  writeFileSync(path.join(release, 'SHA256SUMS'), `${own.SUM ?? sum}  k8s-gate-1.2.3.tgz\n`);
  for (const file of [calls, output]) writeFileSync(file, '');
  const env = {
    ...{ PATH: `${bin}:/usr/bin:/bin`, RUNNER_TEMP: temp, RELEASE_TAG: 'v1.2.3', GITHUB_OUTPUT: output, GITHUB_ACTOR: 'octo' },
    ...{ GITHUB_REPOSITORY: 'Octo-Org/K8s-Gate', GITHUB_SHA: 'c0ffee', GH_TOKEN: 'token', ...own },
  };
  // https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#exit-codes-and-error-action-preference
  const { status, stdout } = spawnSync('bash', ['-e', '-c', text], { cwd: folder, encoding: 'utf8', env });
  return { status, stdout, calls: readFileSync(calls, 'utf8').trimEnd().split('\n'), output: readFileSync(output, 'utf8') };
}

describe('the image of a release', () => {
  it('is built after the release is published, attested by a job that builds nothing, and tagged last', () => {
    expect([job('image').needs, job('attest-image').needs, job('tag-image').needs]).toEqual([
      'publish',
      'image',
      ['image', 'attest-image'],
    ]);
    expect(job('image').permissions).toEqual({ packages: 'write' });
    expect(job('tag-image').permissions).toEqual({ packages: 'write' });
    expect(job('attest-image').permissions).toEqual({ 'id-token': 'write', attestations: 'write', packages: 'write' });
    const attesting = job('attest-image').steps.map(({ run, uses = '' }) => run ?? uses.replace(/@.*/, ''));
    expect(attesting).toEqual([expect.stringMatching(/^docker login [^\n]*$/), 'actions/attest-build-provenance']);
    expect(job('attest-image').steps[1]?.with).toEqual({
      'subject-name': expect.stringContaining('needs.image.outputs.name'),
      'subject-digest': expect.stringContaining('needs.image.outputs.digest'),
      'push-to-registry': true,
    });
  });

  it('is pushed by digest, with provenance and SBOM, from the archive of the release', () => {
    const run = play(script('image'), {}, {});
    expect(run).toMatchObject({ status: 0, output: `name=ghcr.io/octo-org/k8s-gate\ndigest=${digest}\n` });
    const [login, token, , build = ''] = run.calls;
    expect([login, token]).toEqual(['login ghcr.io --username octo --password-stdin', 'token']);
    expect(build).toContain('buildx build k8s-gate-1.2.3 --file k8s-gate-1.2.3/packaging/Dockerfile');
    expect(build).toContain('--provenance mode=max --sbom true');
    expect(build).toContain('type=image,name=ghcr.io/octo-org/k8s-gate,push-by-digest=true,name-canonical=true,push=true');
    expect(build).not.toContain('--tag');
  });

  it('is not built from an archive with another checksum, and its digest is checked', () => {
    const other = play(script('image'), { SUM: '0'.repeat(64) }, {});
    expect(other.status).not.toBe(0);
    expect(other.calls).toEqual(['']);
    expect(play(script('image'), {}, { digest: 'null' })).toMatchObject({ status: 1, output: '' });
  });

  it('gets its tag by digest, and never moves one that exists', () => {
    const own = { IMAGE: 'ghcr.io/octo-org/k8s-gate', DIGEST: digest };
    expect(play(script('tag-image'), own, {}).calls.at(-1)).toBe(
      `buildx imagetools create --tag ghcr.io/octo-org/k8s-gate:1.2.3 ghcr.io/octo-org/k8s-gate@${digest}`,
    );
    const again = play(script('tag-image'), own, { tagged: true });
    expect(again.status).toBe(1);
    expect(again.calls.join('\n')).not.toContain('imagetools create');
  });
});
