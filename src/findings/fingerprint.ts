import { createHash } from 'node:crypto';
import type { EngineFinding } from '../model/finding.ts';

/**
 * Identity of a complaint: 32 hex characters of SHA-256 over engine, rule, the part of it, and what it is about. No line, no text, no file:
 * moving a manifest or rewording a rule does not make an old finding new.
 */
export function fingerprint(finding: Pick<EngineFinding, 'engine' | 'rule' | 'check'>, identity: string): string {
  return createHash('sha256')
    .update(JSON.stringify([finding.engine, finding.rule, identity, ...(finding.check === undefined ? [] : [finding.check])]))
    .digest('hex')
    .slice(0, 32);
}
