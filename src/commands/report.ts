import path from 'node:path';
import { GateError } from '../model/gate-error.ts';
import { type Command, type CommandContext, parseFlags } from './command.ts';

const options = {
  from: { type: 'string' },
  html: { type: 'string' },
  json: { type: 'string' },
} as const;

export const reportCommand: Command = {
  name: 'report',
  usage: 'k8s-gate report --from DIR [--html FILE] [--json FILE]',
  help: `Summarizes the JSON reports of many repositories: verdicts, rules with findings, waivers that expire, and outdated reports and versions of
the gate.

  --from DIR    Folder with the JSON reports, in any subfolders (DIR/org/shop/report.json).
  --html FILE   Write the overview as a page that needs no other files.
  --json FILE   Write the overview as JSON. Without --html and --json it goes to stdout.

Reports are validated; files that are not reports are listed with the reason.

Exit code: 0 success, 2 a file is not a report (the overview is written) or there is none.`,
  async run(args, context) {
    const { values, positionals } = parseFlags(reportCommand, args, options);
    if (values.from === undefined || positionals.length > 0)
      throw new GateError('INPUT_INVALID', {
        message: positionals[0] === undefined ? 'report: --from is missing' : `report: unexpected \`${positionals[0]}\``,
        expected: '--from with a folder of JSON reports',
        next: 'See `k8s-gate report --help`.',
      });
    return write(path.resolve(context.cwd, values.from), values, context);
  },
};

async function write(
  folder: string,
  { html, json }: { readonly html?: string | undefined; readonly json?: string | undefined },
  { cwd, ports, stdout, gateVersion }: CommandContext,
): Promise<number> {
  const [{ readFolder }, { overviewOf }] = await Promise.all([import('../overview/read.ts'), import('../overview/overview.ts')]);
  const { files, clock, log } = ports;
  if ((await files.stat(folder))?.kind !== 'folder')
    throw new GateError('INPUT_INVALID', { message: `report: ${folder} is not a folder`, expected: 'a folder of JSON reports' });
  const read = await readFolder(folder, ports);
  if (read.summaries.length === 0 && read.unread.length === 0)
    throw new GateError('INPUT_INVALID', {
      message: `report: ${folder} has no JSON file`,
      expected: 'JSON reports, as `k8s-gate check --output json=FILE` writes them',
    });
  const overview = overviewOf(read, clock.now());
  if (html !== undefined) {
    const { overviewPage } = await import('../overview/page.ts');
    await files.write(path.resolve(cwd, html), overviewPage(overview));
  }
  if (json !== undefined || html === undefined) {
    const { overviewJson } = await import('../overview/json.ts');
    const text = overviewJson(overview, gateVersion);
    if (json === undefined) stdout(text);
    else await files.write(path.resolve(cwd, json), text);
  }
  for (const { file, reason } of read.unread) log.warn(`${file} is not a report: ${reason}`);
  return read.unread.length === 0 ? 0 : 2;
}
