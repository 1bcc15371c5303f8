import { hash } from 'node:crypto';
import type { EngineFinding } from '../model/finding.ts';

/**
 * The identity of a finding: 32 hex characters of SHA-256 over engine, rule, check and subject. Without line, text or file, so that moving a
 * manifest or rewording a rule does not make an old finding new.
 */
export function fingerprint(finding: Pick<EngineFinding, 'engine' | 'rule' | 'check'>, identity: string): string {
  const about = [finding.engine, finding.rule, identity];
  if (finding.check !== undefined) about.push(finding.check);
  return hash('sha256', JSON.stringify(about), 'hex').slice(0, 32);
}
