import { describe, expect, it } from 'vitest';
import { type EventName, eventNames } from '../model/change.ts';
import { GateError } from '../model/gate-error.ts';
import { type GateMode, gateModes, refuseUnsafe } from './event-safety.ts';

function refusal(event: EventName, mode: GateMode): string | undefined {
  try {
    refuseUnsafe({ event }, mode);
    return undefined;
  } catch (thrown) {
    if (thrown instanceof GateError && thrown.code === 'INPUT_INVALID') return thrown.message;
    throw thrown;
  }
}

describe('refuseUnsafe', () => {
  it('lets each mode run under these events and no other', () => {
    const allowed = gateModes.map((mode) => [mode, eventNames.filter((event) => refusal(event, mode) === undefined)]);
    const judged = ['push', 'pull_request', 'merge_group', 'schedule', 'workflow_dispatch'];
    expect(Object.fromEntries(allowed)).toEqual({ judge: judged, collect: judged, publish: ['workflow_run'], merge: judged });
  });

  it('explains for pull_request_target what is wrong with each checkout, and what to do', () => {
    const text = refusal('pull_request_target', 'judge');
    for (const part of ['secrets', 'head checked out', 'base checked out', '`on: pull_request`', 'docs/github.md'])
      expect(text).toContain(part);
  });

  it('explains how to judge for a workflow_run', () => {
    expect(refusal('workflow_run', 'collect')).toContain('`mode: publish`');
  });

  it('explains where publish belongs', () => {
    expect(refusal('push', 'publish')).toContain('`on: workflow_run`');
  });
});
