import { hash } from 'node:crypto';
import type { EngineFinding } from '../model/finding.ts';

/**
 * Identity of a complaint: 32 hex characters of SHA-256 over engine, rule, the part of it, and what it is about. No line, no text, no file:
 * moving a manifest or rewording a rule does not make an old finding new.
 */
export function fingerprint(finding: Pick<EngineFinding, 'engine' | 'rule' | 'check'>, identity: string): string {
  const about = [finding.engine, finding.rule, identity];
  if (finding.check !== undefined) about.push(finding.check);
  return hash('sha256', JSON.stringify(about), 'hex').slice(0, 32);
}
