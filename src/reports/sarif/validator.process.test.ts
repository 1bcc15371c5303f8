import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { publishContext } from '../../../test/support/changes.ts';
import { MemoryGitHub } from '../../../test/support/github-memory.ts';
import { nodePorts } from '../../../test/support/node-ports.ts';
import { noSarifValidator, validateSarif } from '../../../test/support/sarif-validator.ts';
import { blocked, canned, compared, huge, renderContext } from '../../../test/support/verdicts.ts';
import { codeScanningPublisher } from '../code-scanning/publisher.ts';
import { sarifReporter } from './reporter.ts';

const why = noSarifValidator === undefined ? '' : ` (skipped: ${noSarifValidator})`;

describe.skipIf(noSarifValidator !== undefined)(`Microsoft's SARIF validator${why}`, () => {
  it('finds no error in the report of any sample, nor in what code scanning gets, and finds a planted error', async () => {
    const verdicts = Object.entries({ ...canned, huge });
    const reports = Object.fromEntries(verdicts.map(([name, verdict]) => [name, sarifReporter.render(verdict, renderContext)]));
    const broken = sarifReporter.render(blocked, renderContext).replaceAll('"startLine":12', '"startLine":0');
    const complaints = validateSarif({ ...reports, uploaded: await uploaded(), broken });
    const errors = complaints.filter(({ level }) => level === 'error');
    expect(errors.filter(({ log }) => log !== 'broken')).toEqual([]);
    expect(errors).not.toEqual([]);
  });
});

/** What GitHub code scanning receives. */
async function uploaded(): Promise<string> {
  const github = new MemoryGitHub();
  await codeScanningPublisher.publish(compared, publishContext, { clock: nodePorts.clock, log: nodePorts.log, github });
  return gunzipSync(Buffer.from(github.uploads[0]?.sarif ?? '', 'base64')).toString();
}
