import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * One line of a file: `<seal> <day> <key> <JSON>`. The seal is an HMAC-SHA-256 over the content of the line and its owner, so that
 * a line that was written without the secret, moved to another key, engine or version of the gate, or truncated, is rejected.
 */
export interface Line {
  readonly seal: string;
  /** When it was last used, `2026-11-25`. */
  readonly day: string;
  readonly key: string;
  readonly json: string;
}

export interface Owner {
  readonly secret: string;
  /** Version and build of the gate. */
  readonly build: string;
  readonly engine: string;
}

export function sealed(owner: Owner, { day, key, json }: Omit<Line, 'seal'>): string {
  return `${sealOf(owner, day, key, json)} ${day} ${key} ${json}`;
}

const shape = /^([0-9a-f]{64}) (\d{4}-\d{2}-\d{2}) ([0-9a-f]{64}) (.+)$/s;

export function readLine(text: string): Line | undefined {
  const [, seal, day, key, json] = shape.exec(text) ?? [];
  return seal === undefined || day === undefined || key === undefined || json === undefined
    ? undefined
    : { seal, day, key, json };
}

export function isOurs(owner: Owner, { seal, day, key, json }: Line): boolean {
  return timingSafeEqual(Buffer.from(seal, 'hex'), Buffer.from(sealOf(owner, day, key, json), 'hex'));
}

/** One of the gate's own that reveals nothing of the secret it is derived from. */
export function secretOf(secret: string, build: string): string {
  return createHmac('sha256', secret).update(`stand-ins\n${build}`).digest('hex');
}

function sealOf({ secret, build, engine }: Owner, day: string, key: string, json: string): string {
  return createHmac('sha256', secret).update(`${build}\n${engine}\n${day}\n${key}\n${json}`).digest('hex');
}
