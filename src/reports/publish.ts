import { GitHubError } from '../model/github-error.ts';
import type { Verdict } from '../model/verdict.ts';
import type { GitHub } from '../ports/ports.ts';
import type { PublishContext, Publisher } from './publisher.ts';
import type { BoundReporter, Delivery, Destination, LogSection, RenderContext, ReportPorts } from './reporter.ts';

/**
 * Delivers every report, one after the other so that two reports to stdout or to one summary never interleave. A report that cannot be
 * delivered (the reporter throws, the file cannot be written, GitHub refuses) is logged as `degraded` and affects neither the verdict nor
 * other reports. Fallbacks for a GitHub report (`standsInFor`) run last, and only if that report was not delivered. Never rejects.
 */
export async function publishAll(
  verdict: Verdict,
  reports: { readonly reporters: readonly BoundReporter[]; readonly publishers: readonly Publisher[] },
  context: Omit<RenderContext, 'generatedAt'>,
  ports: ReportPorts,
  toGitHub?: Pick<PublishContext, 'change' | 'gateName' | 'headLine' | 'untrusted' | 'comment'> & { readonly github: GitHub },
): Promise<readonly Delivery[]> {
  const generatedAt = ports.clock.now();
  const standIns = reports.reporters.filter(({ reporter }) => reporter.standsInFor !== undefined);
  const deliveries: Delivery[] = [];
  const write = async ({ reporter, destination }: BoundReporter): Promise<void> => {
    deliveries.push(
      await attempt(reporter.id, ports, async () => {
        const color = context.color && destination.kind === 'stdout';
        const renderContext = { ...context, color, generatedAt };
        if (destination.kind === 'log' && reporter.sections !== undefined)
          logSections(reporter.sections(verdict, renderContext), ports.log);
        else await deliver(reporter.render(verdict, renderContext), destination, ports);
        return { status: 'delivered', reporter: reporter.id, destination };
      }),
    );
  };
  for (const bound of reports.reporters) if (!standIns.includes(bound)) await write(bound);
  if (toGitHub !== undefined) {
    ports.log.group?.('Reports on GitHub');
    const { github, ...rest } = toGitHub;
    let down: string | undefined;
    for (const publisher of reports.publishers) {
      const publishContext: PublishContext = { ...context, color: false, generatedAt, ...rest };
      const work = async (): Promise<Delivery> => {
        if (down !== undefined)
          throw new GitHubError('unavailable', `skipped, because GitHub was unavailable for an earlier report: ${down}`);
        return publish(publisher, verdict, publishContext, ports, github);
      };
      const delivery = await attempt(publisher.id, ports, work, (error) => {
        if (error.kind === 'unavailable' || error.kind === 'rate-limited') down ??= error.message;
      });
      deliveries.push(delivery);
    }
  }
  const delivered = new Set(deliveries.flatMap((delivery) => (delivery.status === 'delivered' ? [delivery.reporter] : [])));
  // Annotations are lines of the log as well, which nobody should have to unfold.
  ports.log.group?.(undefined);
  for (const bound of standIns) if (!delivered.has(bound.reporter.standsInFor ?? '')) await write(bound);
  return deliveries;
}

async function publish(
  publisher: Publisher,
  verdict: Verdict,
  context: PublishContext,
  { clock, log }: ReportPorts,
  github: GitHub,
): Promise<Delivery> {
  const publication = await publisher.publish(verdict, context, { clock, log, github });
  if (publication.status === 'not-applicable') {
    log.debug(`The ${publisher.id} report does not apply: ${publication.reason}`);
    return { status: 'not-applicable', reporter: publisher.id, reason: publication.reason };
  }
  for (const note of publication.notes) log.info(`${publisher.id}: ${note}`);
  const { url } = publication;
  return { status: 'delivered', reporter: publisher.id, destination: { kind: 'github', ...(url !== undefined && { url }) } };
}

async function attempt(
  reporter: string,
  { log }: ReportPorts,
  work: () => Promise<Delivery>,
  onGitHubError: (error: GitHubError) => void = () => {},
): Promise<Delivery> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof GitHubError) onGitHubError(thrown);
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    log.warn(`The ${reporter} report could not be delivered${hint(thrown)}: ${reason}`);
    return { status: 'degraded', reporter, reason };
  }
}

/** Runs of forks have a read-only token by design, so the message points to the reports that are still available. */
function hint(thrown: unknown): string {
  return thrown instanceof GitHubError && thrown.kind === 'forbidden'
    ? ' (the token of this job has no write access, as in runs of forks and Dependabot or without the permission; see the job summary and annotations)'
    : '';
}

function logSections(sections: readonly LogSection[], log: ReportPorts['log']): void {
  for (const { folded, lines } of sections) {
    if (lines.length === 0) continue;
    log.group?.(folded);
    for (const line of lines) log.info(line);
    log.group?.(undefined);
  }
}

async function deliver(text: string, destination: Destination, { files, log, stdout }: ReportPorts): Promise<void> {
  switch (destination.kind) {
    case 'file':
      return await files.write(destination.path, text);
    case 'stdout':
      return stdout(text);
    case 'log':
      for (const line of text.trimEnd().split('\n')) log.info(line);
      return;
    case 'append': {
      const before = (await files.stat(destination.path)) === undefined ? '' : await files.readText(destination.path);
      return await files.write(destination.path, before + text);
    }
  }
}
