import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import type { Tool } from '../src/model/tool.ts';
import { installedTool } from '../test/support/tools.ts';
import { once } from './once.ts';

export const engineTools = ['helm', 'kustomize', 'trivy', 'kyverno', 'opa', 'registry'] as const;
export type EngineTool = (typeof engineTools)[number];

/** A program that only the bench needs, or why it is not available. */
export type Provided = { readonly path: string; readonly version: string } | { readonly missing: string };

export interface BenchTools {
  readonly engines: Readonly<Partial<Record<EngineTool, Tool>>>;
  readonly kubeLinter: string | undefined;
  /** Versions of the programs that were used, for the page. */
  readonly versions: Record<string, string>;
  readonly conftest: () => Provided;
  readonly checkov: () => Provided;
  readonly kubeconform: () => Provided;
}

/** More than a build takes on two idle cores. */
const installMs = 15 * 60_000;
const conftestVersion = '0.69.0';
const checkovVersion = '3.3.13';
const kubeconformVersion = '0.8.0';

/** Engines come from the gate's cache; conftest and checkov are installed into the bench's own cache when they are first used. */
export async function findTools(): Promise<BenchTools> {
  const found = await Promise.all(engineTools.map(async (id) => [id, await installedTool(id)] as const));
  const engines = Object.fromEntries(found.flatMap(([id, tool]) => (tool === undefined ? [] : [[id, tool] as const])));
  const versions = Object.fromEntries(Object.values(engines).map((tool) => [tool.id, `${tool.id} ${tool.version}`]));
  const given = process.env.K8S_GATE_TEST_KUBE_LINTER;
  const kubeLinter = given === undefined || !existsSync(given) ? undefined : given;
  if (kubeLinter !== undefined) versions['kube-linter'] = `kube-linter ${firstLine(kubeLinter, 'version')}`;
  return {
    engines,
    kubeLinter,
    versions,
    conftest: once(() => noted(versions, 'conftest', conftest)),
    checkov: once(() => noted(versions, 'checkov', checkov)),
    kubeconform: once(() => noted(versions, 'kubeconform', kubeconform)),
  };
}

function noted(versions: Record<string, string>, name: string, find: () => Provided): Provided {
  const found = find();
  if ('path' in found) versions[name] = `${name} ${found.version}`;
  return found;
}

const cacheFolder = path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'k8s-gate', 'bench');

function conftest(): Provided {
  return goTool('conftest', conftestVersion, 'github.com/open-policy-agent/conftest');
}

function kubeconform(): Provided {
  return goTool('kubeconform', kubeconformVersion, 'github.com/yannh/kubeconform/cmd/kubeconform');
}

function goTool(name: string, version: string, module: string): Provided {
  const folder = path.join(cacheFolder, `${name}-${version}`);
  return provide(path.join(folder, name), version, () => {
    execFileSync('go', ['install', `${module}@v${version}`], {
      stdio: 'pipe',
      timeout: installMs,
      env: { ...process.env, GOBIN: folder },
    });
  });
}

function checkov(): Provided {
  const folder = path.join(cacheFolder, `checkov-${checkovVersion}`);
  return provide(path.join(folder, 'bin', 'checkov'), checkovVersion, () => {
    // The remains of an interrupted installation would look like a complete one.
    rmSync(folder, { recursive: true, force: true });
    execFileSync('python3', ['-m', 'venv', folder], { stdio: 'pipe' });
    execFileSync(path.join(folder, 'bin', 'pip'), ['install', '--quiet', `checkov==${checkovVersion}`], {
      stdio: 'pipe',
      timeout: installMs,
    });
  });
}

function provide(executable: string, version: string, install: () => void): Provided {
  try {
    if (!existsSync(executable)) {
      console.error(
        `installing ${path.basename(executable)} ${version} into ${path.dirname(executable)}, once; it may take minutes`,
      );
      mkdirSync(path.dirname(executable), { recursive: true });
      install();
    }
    execFileSync(executable, ['--version'], { stdio: 'pipe' });
    return { path: executable, version };
  } catch (error) {
    return {
      missing: `${path.basename(executable)} ${version} can't be installed: ${String(error).slice(0, 300).replaceAll('\n', ' ')}`,
    };
  }
}

function firstLine(executable: string, argument: string): string {
  return execFileSync(executable, [argument], { encoding: 'utf8' }).trim().split('\n')[0] ?? '';
}
