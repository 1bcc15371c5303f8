/** `ENOENT`, `ECONNREFUSED` ...: the code of an error of the system or of node's fetch, which hides it in `cause`. */
export function systemCode(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error)) return undefined;
  if ('code' in thrown && typeof thrown.code === 'string') return thrown.code;
  return systemCode(thrown.cause);
}

const meanings: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is no folder',
  ELOOP: 'too many symbolic links',
  EMFILE: 'too many open files',
  ENAMETOOLONG: 'the name is too long',
  ENOTFOUND: 'the host name is unknown',
  EAI_AGAIN: 'the host name could not be looked up',
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was cut',
  ETIMEDOUT: 'the connection timed out',
  UND_ERR_CONNECT_TIMEOUT: 'the host did not answer',
  UND_ERR_SOCKET: 'the connection was cut',
};

/** Why a system call failed, in words, with its code. */
export function whyNot(thrown: unknown): string {
  const code = systemCode(thrown);
  const meaning = meanings[code ?? ''];
  if (code !== undefined && meaning !== undefined) return `${meaning} (${code})`;
  return code ?? (thrown instanceof Error ? thrown.message : String(thrown));
}

const remedies: Readonly<Record<string, string>> = {
  ENOSPC: 'Free some space, or use a larger disk.',
  EDQUOT: 'Free some space, or raise the quota.',
  EACCES: 'Let the user that runs the gate read and write there.',
  EPERM: 'Let the user that runs the gate read and write there.',
  EROFS: 'Choose a folder that can be written to.',
  EMFILE: 'Raise the limit on open files, or lower `concurrency`.',
};

/** What to do about a file that could not be read or written. */
export function remedyFor(thrown: unknown): string {
  return (
    remedies[systemCode(thrown) ?? ''] ??
    'See whether it is there and whether something else changes it meanwhile; then run the gate again.'
  );
}
