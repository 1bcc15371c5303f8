import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { parseEvent } from '../../src/inputs/event.ts';
import { GateError } from '../../src/model/gate-error.ts';

const folder = path.dirname(createRequire(import.meta.url).resolve('@octokit/webhooks-examples/package.json'));
const indexSchema = z.array(z.object({ name: z.string(), examples: z.array(z.unknown()) }));

/** Every example payload of an event, of github.com and each GitHub Enterprise Server. */
function examples(event: string): readonly unknown[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((entry) => indexSchema.parse(JSON.parse(readFileSync(path.join(folder, entry.name, 'index.json'), 'utf8'))))
    .filter((entry) => entry.name === event)
    .flatMap((entry) => entry.examples);
}

function outcome(event: string, payload: unknown): string {
  try {
    parseEvent({
      GITHUB_EVENT_NAME: event,
      GITHUB_SHA: 'c'.repeat(40),
      GITHUB_REF: 'refs/heads/main',
      GITHUB_REPOSITORY: 'octo-org/octo-repo',
      GITHUB_SERVER_URL: 'https://github.com',
      GITHUB_RUN_ID: '1',
      GITHUB_RUN_ATTEMPT: '1',
      payload: JSON.stringify(payload),
    });
    return 'parsed';
  } catch (thrown) {
    if (thrown instanceof GateError) return thrown.details.message;
    throw thrown;
  }
}

function outcomes(event: string): Readonly<Record<string, number>> {
  const count: Record<string, number> = {};
  for (const example of examples(event)) {
    const told = outcome(event, example);
    count[told] = (count[told] ?? 0) + 1;
  }
  return count;
}

describe('the example payloads of @octokit/webhooks-examples', () => {
  it.each([
    ['pull_request', { parsed: 42, 'the pull request was closed: there is nothing left to evaluate': 4 }],
    ['push', { parsed: 8, 'the push deleted a branch or tag: there is nothing left to evaluate': 6 }],
    ['merge_group', { parsed: 2 }],
    ['workflow_dispatch', { parsed: 7 }],
    ['workflow_run', { parsed: 8, '`action`: only a completed run has left a report: set types: [completed]': 2 }],
    ['schedule', {}],
  ])('of %s are parsed or refused by the rules', (event, expected) => {
    expect(outcomes(event)).toEqual(expected);
  });

  it('have none of schedule, whose payload holds little more than the schedule', () => {
    expect(outcome('schedule', { schedule: '0 4 * * *', repository: { full_name: 'octo-org/octo-repo' } })).toBe('parsed');
  });
});
