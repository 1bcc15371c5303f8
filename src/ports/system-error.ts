/** A request that failed, with a message for people. */
export class RequestError extends Error {
  override readonly name: string = 'RequestError';
  /** Another attempt would fail in the same way. */
  readonly final: boolean;
  /** The pause that the server asked for. */
  readonly retryAfterMs: number;

  constructor(message: string, options: { readonly final: boolean; readonly retryAfterMs?: number; readonly cause?: unknown }) {
    super(message, { cause: options.cause });
    this.final = options.final;
    this.retryAfterMs = options.retryAfterMs ?? 0;
  }
}

/** Codes that the next attempt would meet again: no such host, nobody listens, a silent firewall, a full disk. */
const hopelessCodes = [
  ...['ENOTFOUND', 'ECONNREFUSED', 'ENETUNREACH', 'EHOSTUNREACH', 'UND_ERR_CONNECT_TIMEOUT', 'ERR_INVALID_URL'],
  ...['ENOSPC', 'EDQUOT', 'EACCES', 'EROFS', 'ENOENT', 'ENOTDIR'],
];

/** Whether another attempt would fail in the same way; every error of TLS does. */
export function isHopeless(thrown: unknown): boolean {
  if (thrown instanceof RequestError) return thrown.final;
  const code = systemCode(thrown) ?? '';
  return hopelessCodes.includes(code) || /CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO/.test(code);
}

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
  EEXIST: 'a file with the name of a folder of the path exists',
  ENOTDIR: 'a part of the path is not a folder',
  ELOOP: 'too many symbolic links',
  EMFILE: 'too many open files',
  ENAMETOOLONG: 'the name is too long',
  ENOTFOUND: 'the host name is unknown',
  EAI_AGAIN: 'the host name could not be looked up',
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was closed',
  ETIMEDOUT: 'the connection timed out',
  UND_ERR_CONNECT_TIMEOUT: 'the host did not respond',
  UND_ERR_SOCKET: 'the connection was closed',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'the response does not have the announced length',
};

/** Why a system call or a request failed, in words, with the system's code. */
export function whyNot(thrown: unknown): string {
  if (thrown instanceof RequestError) return thrown.message;
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
  ENOENT: 'Correct the path.',
  EISDIR: 'Name a file instead.',
  EEXIST: 'Choose a path of which each part but the last is a folder.',
  ENOTDIR: 'Choose a path of which each part but the last is a folder.',
  EMFILE: 'Raise the limit on open files, or lower `concurrency`.',
};

/** What to do about a file that could not be read or written. */
export function remedyFor(thrown: unknown): string {
  return (
    remedies[systemCode(thrown) ?? ''] ??
    'Check that it exists and that nothing else changes it at the same time; then run the gate again.'
  );
}
