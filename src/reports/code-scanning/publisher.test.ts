import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { publishContext, pullRequestChange } from '../../../test/support/changes.ts';
import { MemoryGitHub } from '../../../test/support/github-memory.ts';
import { nodePorts } from '../../../test/support/node-ports.ts';
import { blocked, compared, huge } from '../../../test/support/verdicts.ts';
import { GitHubError } from '../../model/github-error.ts';
import type { Verdict } from '../../model/verdict.ts';
import type { PublishContext } from '../publisher.ts';
import { codeScanningPublisher } from './publisher.ts';

const Log = z.object({
  runs: z.array(
    z.object({
      automationDetails: z.object({ id: z.string() }),
      results: z.array(
        z.object({
          ruleId: z.string(),
          partialFingerprints: z.object({ primaryLocationLineHash: z.string() }),
          locations: z.tuple([z.object({ physicalLocation: z.object({ region: z.object({ startLine: z.int() }) }) })]),
        }),
      ),
    }),
  ),
});
async function publish(verdict: Verdict, context: Partial<PublishContext> = {}, github = new MemoryGitHub()) {
  const { clock, log } = nodePorts;
  const publication = await codeScanningPublisher.publish(verdict, { ...publishContext, ...context }, { clock, log, github });
  const [upload] = github.uploads;
  const bytes = upload === undefined ? undefined : Buffer.from(upload.sarif, 'base64');
  const text = bytes === undefined ? '{"runs":[]}' : gunzipSync(bytes).toString();
  return { publication, upload, bytes, text, results: Log.parse(JSON.parse(text)).runs.flatMap((run) => run.results), github };
}

describe('code scanning', () => {
  it('gets the log for the head of a pull request, and its alerts are linked', async () => {
    const { publication, upload, results } = await publish(blocked);
    expect(upload).toMatchObject({ commitSha: 'a'.repeat(40), ref: 'refs/pull/7/head' });
    expect(results).toHaveLength(blocked.findings.length);
    expect(publication).toEqual({
      status: 'delivered',
      url: 'https://github.example/octo/shop/security/code-scanning?query=is%3Aopen%20pr%3A7',
      notes: [],
    });
  });

  it('gets a branch under its own name', async () => {
    const { pullRequest: _none, ...push } = pullRequestChange;
    const { upload } = await publish(blocked, { change: { ...push, event: 'push', ref: 'refs/heads/main' } });
    expect(upload?.ref).toBe('refs/heads/main');
  });

  it('gets nothing for a ref it has no alerts for', async () => {
    const { pullRequest: _none, ...other } = pullRequestChange;
    const { publication, github } = await publish(blocked, { change: other });
    expect(publication.status).toBe('not-applicable');
    expect(github.calls).toEqual([]);
  });

  it('gets no verdict that the change could have made up', async () => {
    const { publication, github } = await publish(blocked, { untrusted: true });
    expect(publication.status).toBe('not-applicable');
    expect(github.calls).toEqual([]);
  });

  it('knows each alert by the fingerprint, at the line that the head has', async () => {
    const headLine = (file: string, line: number) => (file === 'deploy/web.yaml' ? undefined : line + 100);
    const { results } = await publish(compared, { headLine });
    expect(
      results.map((result) => [
        result.ruleId,
        result.locations[0].physicalLocation.region.startLine,
        result.partialFingerprints.primaryLocationLineHash,
      ]),
    ).toEqual([
      ['cel/latest-tag', 1, `${'e5'.repeat(16)}:1`],
      ['cel/privileged', 112, `${'a1'.repeat(16)}:1`],
      ['cel/require-limits', 107, `${'b2'.repeat(16)}:1`],
    ]);
  });

  it('keeps the gates of a repository apart', async () => {
    const { text } = await publish(blocked, { gateName: 'k8s-gate production' });
    for (const { automationDetails } of Log.parse(JSON.parse(text)).runs)
      expect(automationDetails.id).toMatch(/^k8s-gate\/k8s-gate-production-[0-9a-f]{8}\//);
  });

  it('stays below 10 MB, whatever the texts, and reports what did not fit', async () => {
    let state = 1;
    const noise = (): string =>
      Array.from({ length: 1_000 }, () => {
        state = (state * 48_271) % 2_147_483_647;
        return String.fromCodePoint(0x4e00 + (state % 20_000));
      }).join('');
    const findings = huge.findings.map(({ finding, ...judged }, index) => ({
      ...judged,
      finding: { ...finding, rule: `${index}`, title: noise(), detail: noise() },
    }));
    const { bytes, publication } = await publish({ ...huge, findings });
    expect(bytes?.length).toBeLessThan(10_000_000);
    expect(bytes?.length).toBeGreaterThan(1_000_000);
    expect(publication).toMatchObject({ status: 'delivered', notes: [expect.stringContaining('did not fit')] });
  });

  it('lets a refusal of GitHub through', async () => {
    const github = new MemoryGitHub();
    github.before = () => {
      throw new GitHubError('forbidden', 'Advanced Security must be enabled for this repository', { status: 403 });
    };
    await expect(publish(blocked, {}, github)).rejects.toThrow('Advanced Security must be enabled');
  });
});
