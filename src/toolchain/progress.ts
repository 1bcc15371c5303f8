import type { DownloadOptions, Ports } from '../ports/ports.ts';

const everyMs = 10_000;

/** A line in the log every ten seconds, none for a download that is quicker: `downloading trivy 0.74.0: 23 of 61 MB`. */
export function withProgress(
  what: string,
  { clock, log }: Pick<Ports, 'clock' | 'log'>,
): NonNullable<DownloadOptions['onProgress']> {
  let saidMs = clock.monotonicMs();
  return (bytes, total) => {
    const nowMs = clock.monotonicMs();
    if (nowMs - saidMs < everyMs) return;
    saidMs = nowMs;
    const whole = total === undefined ? '' : ` of ${megabytes(total)}`;
    log.info(`downloading ${what}: ${megabytes(bytes)}${whole} MB`);
  };
}

const megabytes = (bytes: number): string => (bytes / 1_000_000).toFixed(0);
