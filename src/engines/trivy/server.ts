import { randomBytes, randomInt } from 'node:crypto';
import path from 'node:path';
import * as z from 'zod';
import { GateError, toGateError } from '../../model/gate-error.ts';
import { digest } from '../reuse.ts';
import { serverArgs } from './args.ts';
import { metadataSchema, type ReadyDatabase, requireFresh } from './database.ts';
import { imageWarnings, tail } from './log-lines.ts';
import { pause } from './part.ts';
import { type Run, runTrivy, type TrivyContext } from './process.ts';

/** A `trivy server`, with the settings for its clients. */
export interface ScanServer extends Run {
  readonly url: string;
}

/** The user's server, if configured; it is then used for all scans. */
export function givenServer({ options: { server: url } }: TrivyContext): ScanServer | undefined {
  return url === undefined ? undefined : { url, network: 'allowed' };
}

const healthyMs = 20_000;
const pollMs = 50;
const maxAnswerBytes = 64 * 1024;

/**
 * Runs `work` with a server for this run only, which is always stopped afterwards. It listens on this machine only and requires a token.
 * Throws ENGINE_FAILED if it does not start, or exits early: then all its results are discarded, since another process may have taken its
 * port.
 */
export async function withServer<Result>(
  context: TrivyContext,
  use: (server: ScanServer) => Promise<Result>,
): Promise<{ readonly result: Result; readonly warnings: readonly string[] }> {
  const stop = new AbortController();
  const started = await start(context, stop);
  try {
    const result = await use(started.server);
    const failure = started.failure();
    if (failure !== undefined) throw failure;
    return { result, warnings: imageWarnings(started.lines.join('\n')) };
  } catch (thrown) {
    throw started.failure() ?? thrown;
  } finally {
    stop.abort();
    await started.ended;
  }
}

interface Started {
  readonly server: ScanServer;
  /** Its output so far. */
  readonly lines: readonly string[];
  readonly failure: () => GateError | undefined;
  readonly ended: Promise<void>;
}

async function start(context: TrivyContext, stop: AbortController): Promise<Started> {
  // Below the range of ephemeral ports; three attempts, in case a port is in use.
  for (const last of [false, false, true]) {
    const attempt = startOn(context, randomInt(20_000, 32_000), stop.signal);
    const isUp = await healthy(context, attempt).catch(async (thrown: unknown) => {
      stop.abort();
      await attempt.ended;
      throw thrown;
    });
    if (isUp) return attempt;
    await attempt.ended;
    const failure = attempt.failure();
    if (last || failure === undefined || !/address already in use/.test(failure.message)) {
      throw failure ?? new GateError('ENGINE_FAILED', { message: 'the Trivy server did not start', next: 'Run the gate again.' });
    }
  }
  throw new GateError('INTERNAL', { message: 'not reached: the last try returns or throws' });
}

function startOn(context: TrivyContext, port: number, stop: AbortSignal): Started {
  const address = `127.0.0.1:${port}`;
  const token = randomBytes(32).toString('hex');
  const secret = { env: { TRIVY_TOKEN: token }, conceal: (text: string) => text.replaceAll(token, '***') };
  const died = new AbortController();
  const lines: string[] = [];
  let failure: GateError | undefined;
  const signal = AbortSignal.any([context.signal, stop]);
  const ended = runTrivy(context, serverArgs(context.folders, address), {
    ...{ network: 'allowed', signal, timeoutMs: context.timeoutMs, onLine: (line) => void lines.push(line) },
    ...secret,
  })
    .then(
      (result) =>
        new GateError('ENGINE_FAILED', {
          message: `the Trivy server exited unexpectedly with exit code ${result.exitCode ?? 'none'}: ${tail(result.stderr)}`,
          next: 'Run the gate again; if this repeats, with debug logging.',
        }),
      (thrown: unknown) => (signal.aborted ? undefined : toGateError(thrown, 'ENGINE_FAILED')),
    )
    .then((error) => {
      failure = error;
      died.abort();
    });
  const client = AbortSignal.any([context.signal, died.signal]);
  const server = { url: `http://${address}`, network: 'allowed', signal: client, ...secret } as const;
  return { server, lines, failure: () => failure, ended };
}

/** Returns false if it exited instead. Throws ENGINE_TIMEOUT if it does neither. */
async function healthy(context: TrivyContext, { server, ended }: Started): Promise<boolean> {
  const { clock } = context.ports;
  const sinceMs = clock.monotonicMs();
  while (server.signal?.aborted !== true) {
    if ((await answer(context, server.url, '/healthz')) !== undefined) return true;
    if (clock.monotonicMs() - sinceMs > healthyMs) {
      throw new GateError('ENGINE_TIMEOUT', {
        message: `the Trivy server was not ready within ${healthyMs / 1000} s`,
        next: 'Run the gate again; if this repeats, set `engines.trivy.server` to your own server.',
      });
    }
    await Promise.race([pause(pollMs, context.signal), ended]);
  }
  return false;
}

async function answer(context: TrivyContext, url: string, what: string): Promise<string | undefined> {
  const { http, files } = context.ports;
  const file = path.join(context.workdir, `server-${digest(what).slice(0, 8)}`);
  try {
    await http.download(`${url.replace(/\/+$/, '')}${what}`, file, {
      maxBytes: maxAnswerBytes,
      timeoutMs: 5_000,
      signal: context.signal,
    });
    return await files.readText(file);
  } catch {
    return undefined;
  }
}

const versionSchema = z.object({ Version: z.string(), VulnerabilityDB: metadataSchema });

/**
 * The database of the user's server; undefined if it cannot be queried (plain http to another machine is not supported), so that only a scan
 * can check it. Throws RESULT_STALE.
 */
export async function databaseOfServer(context: TrivyContext, url: string): Promise<ReadyDatabase | undefined> {
  const readIdentity = async (): Promise<string | undefined> => {
    try {
      const { Version, VulnerabilityDB } = versionSchema.parse(JSON.parse((await answer(context, url, '/version')) ?? ''));
      return JSON.stringify({
        Version,
        database: [VulnerabilityDB.Version, VulnerabilityDB.UpdatedAt],
        date: VulnerabilityDB.UpdatedAt,
      });
    } catch {
      return undefined;
    }
  };
  const before = await readIdentity();
  if (before === undefined) return undefined;
  const { date } = z.object({ date: z.string() }).parse(JSON.parse(before));
  requireFresh(context, new Date(date));
  return {
    identity: digest(before),
    notes: [serverNote(date)],
    unchanged: async () => (await readIdentity()) === before,
  };
}

export function serverNote(date: string): string {
  return `vulnerability database of ${date.slice(0, 10)} (server)`;
}
