import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { imageError, isUnknownArchive } from './image-errors.ts';
import { imageWarnings, manifestDegradations, redact, tail } from './log-lines.ts';

const recorded = (name: string): string =>
  readFileSync(path.join(import.meta.dirname, '../../../test/fixtures/trivy', `${name}.0.74.0.stderr.txt`), 'utf8');

describe('an image that can not be judged', () => {
  it('is unknown to its registry', () => {
    const error = imageError('shop/web:1', recorded('image-unknown'));
    expect(error.code).toBe('IMAGE_UNAVAILABLE');
    expect(error.message).toContain('shop/web:1 was not scanned: its registry has no such image');
  });

  it('has a registry that is down', () => {
    const error = imageError('shop/web:1', recorded('registry-down'));
    expect(error.code).toBe('IMAGE_UNAVAILABLE');
    expect(error.message).toContain('could not be reached');
  });

  it('is an archive in OCI format', () => {
    expect(isUnknownArchive(recorded('oci-archive'))).toBe(true);
    expect(isUnknownArchive(recorded('image-unknown'))).toBe(false);
  });

  it('is refused for want of credentials', () => {
    const stderr =
      '2026-01-01T00:00:00Z\tFATAL\tFatal error\trun error: GET https://r/v2/: UNAUTHORIZED: authentication required';
    expect(imageError('r/web:1', stderr).message).toContain('refused access');
  });

  it('is a failure of Trivy if no known cause matches', () => {
    expect(imageError('r/web:1', '2026-01-01T00:00:00Z\tFATAL\tFatal error\trun error: panic').code).toBe('ENGINE_FAILED');
  });

  it('is not misjudged by what was logged before the failure', () => {
    const stderr = '2026-01-01T00:00:00Z\tWARN\tretry: connection refused\n2026-01-01T00:00:01Z\tFATAL\tFatal error\tdisk full';
    expect(imageError('r/web:1', stderr).code).toBe('ENGINE_FAILED');
  });
});

describe("Trivy's log", () => {
  it('of a scan of manifests has one expected error: the built-in checks', () => {
    expect(manifestDegradations(recorded('manifests'))).toEqual([]);
  });

  it('reports a skipped file', () => {
    const line = '2026-01-01T00:00:00Z\tERROR\t[kubernetes scanner] Failed to parse file\tfile_path="a.yaml" err="bad"\n';
    expect(manifestDegradations(recorded('manifests') + line)).toEqual([expect.stringContaining('Failed to parse file')]);
  });

  it('of a whole image has nothing to tell', () => {
    expect(imageWarnings(recorded('image-alpine'))).toEqual([]);
  });

  it('reports that an image has no package database', () => {
    const line = '2026-01-01T00:00:00Z\tWARN\tNo OS package is detected. Make sure you have not deleted any files\n';
    expect(imageWarnings(line)).toEqual(['no operating system packages were found']);
  });

  it('is shown without passwords, tokens and control characters', () => {
    const text = redact('\u001b[31mGET https://user:hunter2@registry.example/v2 Authorization: hunter3\u0007');
    expect(text).toBe(' GET https://***@registry.example/v2 Authorization: *** ');
  });

  it('is shown in part', () => {
    expect(tail('x'.repeat(10_000)).length).toBe(800);
  });
});
