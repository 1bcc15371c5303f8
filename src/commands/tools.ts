import path from 'node:path';
import type { Given } from '../inputs/options/table.ts';
import { GateError } from '../model/gate-error.ts';
import type { ToolProvider } from '../model/tool.ts';
import type { Ports } from '../ports/ports.ts';
import { type GivenTool, parseGivenTool } from '../toolchain/given-tool.ts';
import { createToolchain, type Toolchain } from '../toolchain/toolchain.ts';
import type { CommandContext } from './command.ts';

/** `--engines auto` skips an engine that takes longer to install. */
const autoInstallBudgetMs = 60_000;

export interface ToolSettings {
  /** Entries such as `trivy=/usr/bin/trivy`. */
  readonly given: readonly string[];
  /** Absolute. */
  readonly cacheDir: string;
  readonly mirror: string | undefined;
  /** `required`: a signed release asset is refused if its signature is not available. */
  readonly signatures?: 'required' | 'when-there';
  readonly auto: boolean;
}

interface ToolSurroundings {
  readonly ports: Ports;
  readonly gateRoot: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/** The toolchain for the commands and the action. Throws GateError INPUT_INVALID for an invalid tool setting. */
export function openToolchain(settings: Omit<ToolSettings, 'auto'>, surroundings: ToolSurroundings): Promise<Toolchain> {
  const { given, cacheDir, mirror, signatures = 'when-there' } = settings;
  const chosen = { cacheDir, given: givenTools(given), signatures, ...(mirror !== undefined && { mirror }) };
  return createToolchain({ ...surroundings, ...chosen });
}

/** The tools that the gate needs. Renderers are installed however long it takes: without them nothing can be judged. */
export async function createTools(
  settings: ToolSettings,
  surroundings: ToolSurroundings,
): Promise<{ readonly engineTools: ToolProvider; readonly rendererTools: ToolProvider }> {
  const toolchain = await openToolchain(settings, surroundings);
  return { rendererTools: toolchain.lazily(), engineTools: toolchain.lazily(settings.auto ? autoInstallBudgetMs : undefined) };
}

function givenTools(given: readonly string[]): Readonly<Record<string, GivenTool>> {
  const entries = given.map((text): [string, GivenTool] => {
    const [id = '', ...rest] = text.split('=');
    if (id === '' || rest.length === 0) {
      throw new GateError('INPUT_INVALID', {
        message: `tool: \`${text}\` is invalid`,
        expected: 'ID=PATH, such as trivy=/usr/bin/trivy',
      });
    }
    return [id.trim(), parseGivenTool(rest.join('=').trim())];
  });
  const twice = entries.find(([id], index) => entries.findIndex(([other]) => other === id) !== index);
  if (twice === undefined) return Object.fromEntries(entries);
  throw new GateError('INPUT_INVALID', {
    message: `tool: \`${twice[0]}\` is given twice`,
    expected: 'one path for each tool',
    next: 'Remove all but one.',
  });
}

/** The options about tools, of the action or a command. */
export function toolSettings({ tools = [], mirror, requireSignatures }: Given, cacheDir: string): Omit<ToolSettings, 'auto'> {
  return { given: tools, cacheDir, mirror, signatures: requireSignatures === true ? 'required' : 'when-there' };
}

/** The folder of engines and databases: --cache-dir, or the user's cache folder. */
export function cacheDirOf(given: string | undefined, { env }: Pick<CommandContext, 'env'>): string {
  return given ?? defaultCacheDir(env);
}

/** The user's cache folder, by the XDG base directory specification. */
function defaultCacheDir(env: Readonly<Record<string, string | undefined>>): string {
  const xdg = env.XDG_CACHE_HOME ?? '';
  if (path.isAbsolute(xdg)) return path.join(xdg, 'k8s-gate');
  const home = env.HOME ?? '';
  if (home === '') {
    throw new GateError('INPUT_INVALID', {
      message: 'neither HOME nor XDG_CACHE_HOME is set',
      next: 'Name a folder for engines with --cache-dir.',
    });
  }
  return path.join(home, '.cache', 'k8s-gate');
}
