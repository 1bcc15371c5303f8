import { describe, expect, it } from 'vitest';
import { newerRelease } from '../../scripts/engines/releases.ts';

const now = new Date('2026-04-20T00:00:00Z');
const ask = (id: string, version: string, times: Readonly<Record<string, string>>) =>
  newerRelease({ id, version, module: 'example.com/m' }, { minimumAgeDays: 14, now }, async (args) => {
    const last = args.at(-1) ?? '';
    if (args.includes('-versions')) return JSON.stringify({ Path: last, Versions: Object.keys(times) });
    const found = last.replace('example.com/m@', '');
    return JSON.stringify({ Version: found, Time: times[found] });
  });
const old = '2026-01-01T00:00:00Z';

describe('newerRelease', () => {
  it('is the newest by number, not by text', async () => {
    expect(await ask('opa', '1.9.0', { 'v1.9.0': old, 'v1.10.0': old, 'v1.9.9': old })).toEqual({
      release: { version: '1.10.0', releasedAt: old },
      skipped: [],
    });
  });

  it('is undefined if there is nothing newer', async () => {
    expect(await ask('opa', '1.9.0', { 'v1.8.0': old, 'v1.9.0': old })).toEqual({ skipped: [] });
  });

  it('is not a pre-release', async () => {
    expect(await ask('opa', '1.9.0', { 'v2.0.0-rc.1': old, 'v1.9.1-0.20260101000000-abcdefabcdef': old })).toEqual({
      skipped: [],
    });
  });

  it('is not younger than two weeks', async () => {
    const times = { 'v1.1.0': '2026-04-06T00:00:00Z', 'v1.2.0': '2026-04-06T00:00:01Z', 'v1.3.0': '2026-04-19T23:00:00Z' };
    expect(await ask('opa', '1.0.0', times)).toEqual({
      release: { version: '1.1.0', releasedAt: '2026-04-06T00:00:00Z' },
      skipped: [
        { version: '1.3.0', why: 'younger than 14 days (2026-04-19)' },
        { version: '1.2.0', why: 'younger than 14 days (2026-04-06)' },
      ],
    });
  });

  it('is never one that is known to be malicious, however old', async () => {
    expect(await ask('trivy', '0.69.2', { 'v0.69.3': old, 'v0.69.4': old, 'v0.69.5': old, 'v0.69.6': old })).toMatchObject({
      release: { version: '0.69.3' },
      skipped: ['0.69.6', '0.69.5', '0.69.4'].map((version) => ({ version, why: 'known to be malicious' })),
    });
  });

  it.each(['', 'null', '{"Versions":"v1"}'])('is not guessed from %j', async (text) => {
    const rule = { minimumAgeDays: 14, now };
    const failed = newerRelease({ id: 'opa', version: '1.0.0', module: 'm' }, rule, async () => text);
    await expect(failed).rejects.toMatchObject({ code: 'TOOL_UNAVAILABLE' });
  });
});
