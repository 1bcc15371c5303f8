import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkCommand } from '../../src/commands/check.ts';
import { verifyCommand } from '../../src/commands/verify.ts';
import { GateError } from '../../src/model/gate-error.ts';
import { type VerdictStatement, verdictStatementSchema } from '../../src/model/verdict-statement.ts';
import { checked, deployment, run } from '../support/checked-commit.ts';
import { commit, git } from '../support/git-repository.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';

afterAll(removeTempFolders);

const read = (file: string): VerdictStatement => verdictStatementSchema().parse(JSON.parse(readFileSync(file, 'utf8')));
/** A copy with another predicate. */
function edited(file: string, edit: (statement: VerdictStatement) => object): string {
  const copy = path.join(emptyFolder(), 'edited.json');
  writeFileSync(copy, JSON.stringify(edit(read(file))));
  return copy;
}

const withVerdict = (statement: VerdictStatement, part: object): object => ({
  ...statement,
  predicate: { ...statement.predicate, verdict: { ...statement.predicate.verdict, ...part } },
});

let good: Awaited<ReturnType<typeof checked>>;
beforeAll(async () => {
  good = await checked();
});
const verify = (file: string, ...args: readonly string[]) => run(verifyCommand, good.folder, [file, ...args]);

describe('the attestation of a verdict', () => {
  it('is an in-toto statement about the commit, with what the verdict was reached from', () => {
    expect(good.code).toBe(0);
    expect(read(good.file)).toMatchObject({
      subject: [{ name: 'commit', digest: { gitCommit: good.sha } }],
      predicateType: 'https://k8s-gate.io/verdict/v1',
      predicate: {
        gate: { version: '1.0.0' },
        commit: { sha: good.sha, uncommittedChanges: false },
        verdict: { outcome: 'pass', errors: [], notEvaluated: 0, findings: { block: 0 } },
        deployables: [{ kind: 'plain', path: 'deploy/web.yaml', status: 'rendered', resources: 1 }],
        images: [{ digest: `sha256:${'ab'.repeat(32)}` }],
        policies: [{ file: '.k8s-gate/policies/named.yaml', digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) }],
      },
    });
    expect(read(good.file).predicate.engines).toContainEqual(
      expect.objectContaining({ engine: 'cel', status: 'completed', evaluated: 1 }),
    );
  });

  it('states uncommitted changes, and other manifests and policies have other digests', async () => {
    writeFileSync(path.join(good.folder, 'deploy/more.yaml'), deployment(false).replace('web,', 'api,'));
    const file = path.join(emptyFolder(), 'verdict.json');
    try {
      await run(checkCommand, good.folder, ['--engines', 'cel', '--output', `attestation=${file}`]);
    } finally {
      git(good.folder, 'clean', '--quiet', '--force', 'deploy');
    }
    expect(read(file).predicate.commit.uncommittedChanges).toBe(true);
    expect(read(file).predicate.manifests).not.toBe(read(good.file).predicate.manifests);
    expect(read(file).predicate.configuration).toBe(read(good.file).predicate.configuration);
    expect((await verify(file, '--unsigned')).text).toContain('it is about a work tree with uncommitted changes');
  });

  it('needs a commit, and all of the work', async () => {
    const args = ['--engines', 'cel', '--allow-empty', '--output', 'attestation'];
    await expect(run(checkCommand, emptyFolder(), args)).rejects.toThrow('is not in a git repository');
    const shard = ['--shard', '1/2', '--shard-report', path.join(emptyFolder(), 'shard.json')];
    await expect(run(checkCommand, good.folder, [...args, ...shard])).rejects.toThrow('a shard evaluates only a part');
  });
});

describe('k8s-gate verify', () => {
  it('accepts it if the signature is checked elsewhere, and never alone', async () => {
    expect(await verify(good.file, '--unsigned')).toMatchObject({
      code: 0,
      text: expect.stringContaining(`pass for ${good.sha}, evaluated at`),
    });
    await expect(verify(good.file)).rejects.toThrow('its signature was not checked: anybody could have written it');
    await expect(verify(good.file)).rejects.toBeInstanceOf(GateError);
  });

  it.each<[string, (statement: VerdictStatement) => object, string]>([
    [
      'a verdict that blocks',
      (s) => ({ ...s, predicate: { ...s.predicate, verdict: { ...s.predicate.verdict, outcome: 'block' } } }),
      'its verdict is block',
    ],
    [
      'errors',
      (s) => ({ ...s, predicate: { ...s.predicate, verdict: { ...s.predicate.verdict, errors: ['ENGINE_FAILED'] } } }),
      'something could not be evaluated: ENGINE_FAILED',
    ],
    [
      'findings that block',
      (s) => ({
        ...s,
        predicate: { ...s.predicate, verdict: { ...s.predicate.verdict, findings: { block: 1, warn: 0, allow: 0 } } },
      }),
      'it has findings that block',
    ],
    [
      'another commit',
      (s) => ({ ...s, subject: [{ name: 'x', digest: { gitCommit: '0'.repeat(40) } }] }),
      'its subject is not the commit in its predicate',
    ],
    [
      'one subject too many',
      (s) => ({ ...s, subject: [...s.subject, { name: 'x', digest: { sha256: 'ab' } }] }),
      'its subject is not the commit in its predicate',
    ],
    ['the past', (s) => ({ ...s, predicate: { ...s.predicate, evaluatedAt: '2020-01-01T00:00:00.000Z' } }), 'which is too old'],
    [
      'the future',
      (s) => ({ ...s, predicate: { ...s.predicate, evaluatedAt: '2100-01-01T00:00:00.000Z' } }),
      'which is in the future',
    ],
  ])('does not accept %s', async (_what, edit, complaint) => {
    const { code, text } = await verify(edited(good.file, edit), '--unsigned');
    expect([code, text]).toEqual([1, expect.stringContaining(complaint)]);
  });

  it('does not accept a verdict that blocks, nor one that only warns if it has to pass', async () => {
    const bad = await checked(true);
    expect(bad.code).toBe(1);
    const { code, text } = await run(verifyCommand, bad.folder, [bad.file, '--unsigned']);
    expect([code, text]).toEqual([1, expect.stringContaining('its verdict is block')]);
    expect((await verify(good.file, '--unsigned', '--require-pass')).code).toBe(0);
    const warned = edited(good.file, (s) => withVerdict(s, { outcome: 'warn' }));
    expect((await verify(warned, '--unsigned')).code).toBe(0);
    expect((await verify(warned, '--unsigned', '--require-pass')).text).toContain('its verdict is warn');
    const partial = edited(good.file, (s) => withVerdict(s, { notEvaluated: 2 }));
    expect((await verify(partial, '--unsigned')).text).toContain('pass (2 items were not evaluated) for ');
    expect((await verify(partial, '--unsigned', '--require-pass')).text).toContain('2 items were not evaluated');
  });

  it('does not accept another commit, or a work tree that was edited', async () => {
    const other = await checked();
    commit(other.folder, { 'deploy/other.yaml': deployment(false) });
    const later = await run(verifyCommand, other.folder, [other.file, '--unsigned']);
    expect([later.code, later.text]).toEqual([1, expect.stringContaining(`it is about commit ${other.sha}, not `)]);
    expect((await run(verifyCommand, other.folder, [other.file, '--unsigned', '--commit', 'HEAD~1'])).code).toBe(0);
    const dirty = await checked();
    writeFileSync(path.join(dirty.folder, 'deploy/web.yaml'), deployment(true));
    expect(await run(verifyCommand, dirty.folder, [dirty.file, '--unsigned'])).toMatchObject({
      code: 1,
      text: expect.stringContaining('the work tree has uncommitted changes'),
    });
  });

  it.each<[string, string]>([
    ['no JSON', '{'],
    [
      'another predicate',
      JSON.stringify({
        _type: 'https://in-toto.io/Statement/v1',
        subject: [{ name: 'x', digest: {} }],
        predicateType: 'https://slsa.dev/provenance/v1',
        predicate: {},
      }),
    ],
    ['a report', '{"schemaVersion":1,"outcome":"pass"}'],
  ])('is an error for %s', async (_what, text) => {
    const file = path.join(emptyFolder(), 'x.json');
    writeFileSync(file, text);
    await expect(verify(file, '--unsigned')).rejects.toThrow('is not the attestation of a verdict');
  });

  it('prints no control characters of the file', async () => {
    const file = edited(good.file, (s) => ({
      ...s,
      predicate: { ...s.predicate, verdict: { ...s.predicate.verdict, outcome: 'block', reason: '\u001b[2Jpass' } },
    }));
    expect((await verify(file, '--unsigned')).text).not.toContain('\u001b');
  });
});

describe('the bill of materials', () => {
  it('lists every image with what runs it, also those that no engine scanned', async () => {
    const file = path.join(emptyFolder(), 'bom.json');
    await run(checkCommand, good.folder, ['--engines', 'cel', '--output', `sbom=${file}`]);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      components: [
        {
          type: 'container',
          version: `sha256:${'ab'.repeat(32)}`,
          properties: [
            { name: 'k8s-gate:workload', value: 'Deployment shop/web' },
            { name: 'k8s-gate:not-scanned', value: 'true' },
          ],
        },
      ],
    });
  });
});
