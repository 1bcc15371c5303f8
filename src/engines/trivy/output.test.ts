import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseReport } from './output.ts';

const recorded = (name: string): string =>
  readFileSync(path.join(import.meta.dirname, '../../../test/fixtures/trivy', `${name}.0.74.0.json`), 'utf8');

const invalid = expect.objectContaining({ code: 'ENGINE_OUTPUT_INVALID' });

describe("Trivy's report", () => {
  it.each(['image-alpine', 'image-eol', 'image-bare', 'manifests', 'canary'])('of version 0.74.0 is read: %s', (name) => {
    expect(parseReport(recorded(name), 'scan').SchemaVersion).toBe(2);
  });

  it('keeps the end of life of an operating system', () => {
    expect(parseReport(recorded('image-eol'), 'scan').Metadata?.OS).toEqual({ Family: 'alpine', Name: '3.10.9', EOSL: true });
  });

  it('keeps nothing of a secret but its rule and lines', () => {
    const secrets = parseReport(recorded('image-alpine'), 'scan').Results?.flatMap((result) => result.Secrets ?? []);
    expect(secrets).toEqual([
      { RuleID: 'aws-access-key-id', Title: 'AWS Access Key ID', Severity: 'CRITICAL', StartLine: 2, EndLine: 2 },
    ]);
  });

  it('is refused when empty', () => {
    expect(() => parseReport(' \n', 'scan')).toThrow(invalid);
  });

  it('is refused wherever it is cut off', () => {
    const whole = recorded('image-alpine').trimEnd();
    for (let length = 1; length < whole.length; length += 97) {
      expect(() => parseReport(whole.slice(0, length), 'scan')).toThrow(invalid);
    }
  });

  it('does not quote what it could not parse', () => {
    const text = '{"SchemaVersion": 2, "Match": "hunter2", ';
    expect(() => parseReport(text, 'scan')).toThrow(expect.objectContaining({ message: expect.not.stringContaining('hunter2') }));
  });

  it.each([
    ['another schema version', { SchemaVersion: 3, ArtifactName: 'a', ArtifactType: 'container_image' }],
    ['no artifact', { SchemaVersion: 2 }],
    ['a list', []],
    ['results of another shape', { SchemaVersion: 2, ArtifactName: 'a', ArtifactType: 'x', Results: {} }],
    ['a vulnerability without id', result({ Vulnerabilities: [{ PkgName: 'a', Severity: 'HIGH' }] })],
    [
      'an ignored misconfiguration',
      result({ Misconfigurations: [{ ID: 'A', Title: 'a', Severity: 'LOW', Status: 'EXCEPTION' }] }),
    ],
  ])('is refused with %s', (_, value) => {
    expect(() => parseReport(JSON.stringify(value), 'scan')).toThrow(invalid);
  });
});

function result(part: object): object {
  return { SchemaVersion: 2, ArtifactName: 'a', ArtifactType: 'x', Results: [{ Target: 't', Class: 'config', ...part }] };
}
