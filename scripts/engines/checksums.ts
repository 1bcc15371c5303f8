import { GateError } from '../../src/model/gate-error.ts';

/**
 * The SHA-256 that a publisher's list states for a file: lines of `<64 hex>  <name>` as sha256sum writes them (`*` before the name of a binary
 * file), or a single hash in a separate file.
 * @throws GateError TOOL_UNTRUSTED if it states none, or two.
 */
export function checksumOf(list: string, name: string, url: string): string {
  const lines = list.split(/\r?\n/).filter((line) => line.trim() !== '');
  const stated = lines.flatMap((line) => {
    const [, hash, file] = /^([0-9a-fA-F]{64})(?:\s+\*?(?:\.\/)?(\S+))?\s*$/.exec(line) ?? [];
    const fits = file === name || (file === undefined && lines.length === 1);
    return hash !== undefined && fits ? [hash.toLowerCase()] : [];
  });
  const [first, ...others] = new Set(stated);
  if (first !== undefined && others.length === 0) return first;
  throw new GateError('TOOL_UNTRUSTED', {
    message: `${url} states ${others.length > 0 ? 'two hashes' : 'no hash'} for ${name}`,
    next: 'Check the release by hand.',
  });
}
