import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ports, repository } from '../../../test/render/bench.ts';
import { removeTempFolders } from '../../../test/support/temp-folders.ts';
import { GateError } from '../../model/gate-error.ts';
import { baselineFileName, loadBaseline, parseBaseline } from './load.ts';

afterAll(removeTempFolders);

const text = (...lines: readonly string[]) =>
  ['version: 1', 'findings:', '  - rule: cel/privileged', ...lines.map((line) => `    ${line}`), ''].join('\n');
const rest = [`fingerprints: [${'a'.repeat(32)}]`, 'severity: critical'];

function refusal(content: string): string {
  try {
    parseBaseline(content);
  } catch (thrown) {
    if (thrown instanceof GateError && thrown.code === 'CONFIG_INVALID') return thrown.message;
    throw thrown;
  }
  throw new Error('was not refused');
}

describe('the baseline file', () => {
  it('is read with the line of each entry', () => {
    expect(parseBaseline(text(...rest, 'added: 2026-11-28', 'expires: 2027-05-01'))).toEqual([
      {
        rule: 'cel/privileged',
        severity: 'critical',
        resources: [],
        environments: [],
        fingerprints: ['a'.repeat(32)],
        added: '2026-11-28',
        expires: '2027-05-01',
        line: 3,
      },
    ]);
    expect(parseBaseline('version: 1\nfindings: []\n')).toEqual([]);
  });

  it.each<[string, string, string]>([
    [
      'a finding of the gate itself',
      text(...rest, 'added: 2026-11-28').replace('cel/privileged', 'gate/config-loosened'),
      'cannot be accepted',
    ],
    ['an unknown engine', text(...rest, 'added: 2026-11-28').replace('cel/', 'cell/'), 'there is no engine `cell`'],
    ['no date', text(...rest), 'added'],
    ['a date that does not exist', text(...rest, 'added: 2026-02-30'), '.k8s-gate/baseline.yaml:6:5: `findings.0.added`'],
    ['an end that does not exist', text(...rest, 'added: 2026-11-28', 'expires: 2027-02-30'), 'is not a valid date'],
    ['a shortened fingerprint', text('fingerprints: [abc]', 'severity: high', 'added: 2026-11-28'), '32 hex digits'],
    ['a glob in place of fingerprints', text('fingerprints: ["*"]', 'severity: high', 'added: 2026-11-28'), '32 hex digits'],
    ['no fingerprint', text('fingerprints: []', 'severity: high', 'added: 2026-11-28'), 'fingerprints'],
    ['an unknown key', text(...rest, 'added: 2026-11-28', 'target: "*"'), 'unknown key `target`'],
  ])('is refused with %s', (_what, content, message) => {
    expect(refusal(content)).toContain(message);
  });

  it('is absent without the file', async () => {
    expect(await loadBaseline(repository({ 'a.yaml': '' }), ports)).toBeUndefined();
  });

  it('is refused as a symlink', async () => {
    const folder = repository({ 'other.yaml': 'version: 1\nfindings: []\n' });
    mkdirSync(path.join(folder, '.k8s-gate'));
    symlinkSync('../other.yaml', path.join(folder, baselineFileName));
    await expect(loadBaseline(folder, ports)).rejects.toThrow('is a symlink');
  });
});
