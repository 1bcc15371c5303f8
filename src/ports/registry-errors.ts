import { systemCode } from './system-error.ts';

/** No host, nobody listening, no way, or a certificate that is not its: the next try would meet it again. */
export function isHopeless(thrown: unknown): boolean {
  const code = systemCode(thrown) ?? '';
  return ['ENOTFOUND', 'ECONNREFUSED', 'ENETUNREACH', 'EHOSTUNREACH'].includes(code) || /CERT|SELF_SIGNED|UNABLE_TO/.test(code);
}
