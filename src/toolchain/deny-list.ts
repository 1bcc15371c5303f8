import { GateError } from '../model/gate-error.ts';

/**
 * Versions that are known to be malicious. In code and not in the lock file or the configuration, so that no hash, path or mirror
 * that somebody gives can bring one back. A signature would not have helped: Trivy 0.69.4 was built and published by the
 * project's own release workflow in March 2026 (CVE-2026-33634, GHSA-69fq-xp46-6x23).
 */
const denied: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  trivy: {
    '0.69.4': 'CVE-2026-33634: it steals credentials',
    '0.69.5': 'CVE-2026-33634: it steals credentials',
    '0.69.6': 'CVE-2026-33634: it steals credentials',
  },
};

/** @throws GateError TOOL_UNTRUSTED for a version that must never run. */
export function refuseDenied(id: string, version: string, file?: string): void {
  const reason = denied[id]?.[version];
  if (reason === undefined) return;
  throw new GateError('TOOL_UNTRUSTED', {
    ...(file !== undefined && { file }),
    message: `${id} ${version} is never used: ${reason}`,
    next: 'Delete every copy of it, and treat every secret that it could read as stolen.',
  });
}

/**
 * A release that is too new to have been reviewed is not used, even if it is signed: the malicious Trivy was discovered within a day.
 * @throws GateError TOOL_UNTRUSTED
 */
export function refuseYoung(
  id: string,
  release: { readonly version: string; readonly releasedAt: string },
  minimumAgeDays: number,
  now: Date,
): void {
  if (isOldEnough(release.releasedAt, minimumAgeDays, now)) return;
  throw new GateError('TOOL_UNTRUSTED', {
    message: `${id} ${release.version} was released on ${release.releasedAt}, less than ${minimumAgeDays} days ago`,
    next: 'Wait, or correct the clock of this machine.',
  });
}

/** @param releasedAt Anything that Date reads. */
export function isOldEnough(releasedAt: string, minimumAgeDays: number, now: Date): boolean {
  return now.getTime() - Date.parse(releasedAt) >= minimumAgeDays * 86_400_000;
}

export function isDenied(id: string, version: string): boolean {
  return denied[id]?.[version] !== undefined;
}
