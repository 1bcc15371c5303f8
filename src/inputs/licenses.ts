import type { LicensePolicy } from '../model/license-policy.ts';
import type { LoadedConfig } from './config-file.ts';

/** `licenses` of the configuration. Throws CONFIG_INVALID for an entry that matches no license: it would deny nothing, unnoticed. */
export async function licensePolicy(loaded: LoadedConfig): Promise<LicensePolicy | undefined> {
  const { licenses } = loaded.config;
  if (licenses === undefined) return undefined;
  const { compileEntry } = await import('../licenses/entry.ts');
  const { deny = [], allow, unknown = 'unknown' } = licenses;
  for (const [key, entries] of Object.entries({ deny, allow: allow ?? [] }))
    for (const [index, entry] of entries.entries()) {
      try {
        compileEntry(entry);
      } catch (thrown) {
        if (!(thrown instanceof RangeError)) throw thrown;
        const [message = '', expected] = thrown.message.split('; expected ');
        throw loaded.at(['licenses', key, index], message, expected);
      }
    }
  return { deny, ...(allow !== undefined && { allow }), unknown };
}
