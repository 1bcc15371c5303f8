import { GateError, toGateError } from '../model/gate-error.ts';
import { nearest } from '../model/nearest.ts';
import type { Toolchain, ToolState } from './toolchain.ts';

/** The output of `k8s-gate engines ...` on stdout, and whether it succeeded. Ends with a line break. */
export interface CommandOutput {
  readonly text: string;
  readonly ok: boolean;
}

/** `k8s-gate engines list`: every tool but those for the gate's own tests, which `all` adds. */
export async function listCommand(toolchain: Toolchain, options: { readonly all: boolean }): Promise<CommandOutput> {
  const states = (await toolchain.list()).filter((tool) => options.all || tool.purpose !== 'test');
  const rows = states.map((tool) => [
    tool.id,
    tool.version,
    tool.purpose,
    tool.state,
    megabytes(tool.bytes),
    tool.checked ?? '',
    tool.source,
  ]);
  return { text: table(['TOOL', 'VERSION', 'PURPOSE', 'STATE', 'SIZE', 'CHECKED', 'SOURCE'], rows), ok: true };
}

/**
 * `k8s-gate engines install [ids...]`: the given tools, or every engine and renderer. One after another: a build takes all
 * cores anyway. Continues after a failure and reports each.
 * @throws GateError INPUT_INVALID for an unknown tool, before anything is installed.
 */
export async function installCommand(toolchain: Toolchain, ids: readonly string[]): Promise<CommandOutput> {
  const rows: string[][] = [];
  let ok = true;
  for (const id of await chosen(toolchain, ids)) {
    try {
      const tool = await toolchain.install(id);
      rows.push([tool.id, tool.version, 'installed', tool.path]);
    } catch (thrown) {
      ok = false;
      rows.push([id, '', 'failed', toGateError(thrown).message]);
    }
  }
  return { text: table(['TOOL', 'VERSION', 'STATE', 'WHERE OR WHY NOT'], rows), ok };
}

/** `k8s-gate engines verify [ids...]`: hashes installed copies again. Without ids, one that is missing is fine. */
export async function verifyCommand(toolchain: Toolchain, ids: readonly string[]): Promise<CommandOutput> {
  const results = await Promise.all((await chosen(toolchain, ids)).map((id) => toolchain.verify(id)));
  const bad = results.filter((result) => result.state === 'changed' || (result.state === 'missing' && ids.length > 0));
  const rows = results.map((result) => [result.id, result.version, result.state, result.detail]);
  return { text: table(['TOOL', 'VERSION', 'STATE', 'DETAIL'], rows), ok: bad.length === 0 };
}

async function chosen(toolchain: Toolchain, ids: readonly string[]): Promise<readonly string[]> {
  const tools = await toolchain.list();
  const unknown = ids.find((id) => !tools.some((tool) => tool.id === id));
  if (unknown !== undefined) {
    const known = tools.map((tool: ToolState) => tool.id);
    const near = nearest(unknown, known);
    throw new GateError('INPUT_INVALID', {
      message: `there is no tool \`${unknown}\``,
      expected: near === undefined ? known.join(', ') : `\`${near}\``,
    });
  }
  return ids.length > 0 ? [...new Set(ids)] : tools.filter((tool) => tool.purpose !== 'test').map((tool) => tool.id);
}

function megabytes(bytes: number | undefined): string {
  return bytes === undefined ? '' : `${Math.max(1, Math.round(bytes / 1_000_000))} MB`;
}

/** Columns as wide as their widest cell; the last one is not padded. */
function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]): string =>
    row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join('  ');
  return `${all.map((row) => line(row).trimEnd()).join('\n')}\n`;
}
