import { expect, it } from 'vitest';
import type { ProcessResult } from '../ports/ports.ts';
import { notEnded } from './ended.ts';

const late = new DOMException('late', 'TimeoutError');
const ended = (part: Partial<ProcessResult>, reason?: unknown) => {
  const controller = new AbortController();
  if (reason !== undefined) controller.abort(reason);
  const result = {
    exitCode: undefined,
    signal: undefined,
    stdout: '',
    stderr: '',
    durationMs: 1,
    end: 'exited',
    ...part,
  } as const;
  const error = notEnded('opa eval', result, { timeoutMs: 5_000, signal: controller.signal }, 'its last words');
  return [error.code, error.message];
};

it.each<[string, Partial<ProcessResult>, unknown, string, RegExp]>([
  ['its own deadline', { end: 'timeout', signal: 'SIGTERM' }, undefined, 'ENGINE_TIMEOUT', /within 5 s.*Raise `timeout`/],
  ["the engine's deadline", { end: 'aborted', signal: 'SIGTERM' }, late, 'ENGINE_TIMEOUT', /within 5 s/],
  [
    'a cancelled run',
    { end: 'aborted', signal: 'SIGKILL' },
    new Error('cancelled'),
    'ENGINE_FAILED',
    /\(cancelled\).*last words/,
  ],
  ['a flood', { end: 'output-limit', signal: 'SIGTERM' }, undefined, 'ENGINE_FAILED', /more output than allowed/],
  ['no start', { end: 'not-started', startError: 'EACCES' }, undefined, 'ENGINE_FAILED', /EACCES/],
  ['a kill from outside', { signal: 'SIGKILL' }, undefined, 'ENGINE_FAILED', /SIGKILL.*more memory/],
])('tells %s', (_what, part, reason, code, message) => {
  const [said, text] = ended(part, reason);
  expect(said).toBe(code);
  expect(text).toMatch(message);
});
