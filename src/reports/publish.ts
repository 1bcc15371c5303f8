import type { Verdict } from '../model/verdict.ts';
import type { BoundReporter, Delivery, Destination, RenderContext, ReportPorts } from './reporter.ts';

/**
 * Renders and delivers every report. One after the other, so that two reports to stdout, or to one summary, never mix; a reporter that
 * throws or a place that can't be written is `degraded` and said in the log, and touches neither the verdict nor the other reports.
 * Never rejects.
 */
export async function publishAll(
  verdict: Verdict,
  bound: readonly BoundReporter[],
  context: Omit<RenderContext, 'generatedAt'>,
  ports: ReportPorts,
): Promise<readonly Delivery[]> {
  const generatedAt = ports.clock.now();
  const deliveries: Delivery[] = [];
  for (const { reporter, destination } of bound) {
    try {
      const color = context.color && destination.kind === 'stdout';
      await deliver(reporter.render(verdict, { ...context, color, generatedAt }), destination, ports);
      deliveries.push({ status: 'delivered', reporter: reporter.id, destination });
    } catch (thrown) {
      const reason = thrown instanceof Error ? thrown.message : String(thrown);
      ports.log.warn(`The ${reporter.id} report could not be delivered: ${reason}`);
      deliveries.push({ status: 'degraded', reporter: reporter.id, reason });
    }
  }
  return deliveries;
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
