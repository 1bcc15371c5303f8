import { discover } from '../../src/discover/discover.ts';
import { parseInputs } from '../../src/inputs/inputs.ts';
import type { RawInputs } from '../../src/inputs/raw-inputs.ts';
import { loadWaivers } from '../../src/inputs/waivers.ts';
import { onlyEnvironment } from '../../src/render/only-environment.ts';
import { render } from '../../src/render/render.ts';
import { unusedSettings } from '../../src/settings/unused.ts';
import { ports, repository } from '../render/bench.ts';
import { root } from './root.ts';
import { emptyFolder } from './temp-folders.ts';

export type Files = Readonly<Record<string, string>>;

export const deployment = (name: string, namespace: string) => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: ${namespace}, labels: { team: a } }
spec: { template: { spec: { containers: [{ name: a, image: "registry.example.com/web:1" }] } } }
`;
export const config = (text: string): Files => ({ '.k8s-gate.yaml': `version: 1\n${text}` });

/**
 * Unused settings of a repository with these files and a Deployment `shop/web` in k8s/web.yaml, as `severity file:line title`; plain manifests
 * only. `base`: what the change is to be merged into, where the settings are.
 */
export async function found(
  files: Files,
  { base, ...part }: Partial<RawInputs> & { readonly base?: Files } = {},
): Promise<readonly string[]> {
  const web = { 'k8s/web.yaml': deployment('web', 'shop') };
  const workspace = repository({ ...web, ...files });
  const trusted = base === undefined ? {} : { trusted: repository({ ...web, ...base }) };
  const raw = { workspace, cores: 2, paths: [], exclude: [], engines: 'strict', outputs: [], publish: [], ...trusted, ...part };
  const inputs = await parseInputs(raw, ports);
  const sources = await discover(inputs.config, ports);
  const tools = () => Promise.reject(new Error('there is no tool'));
  const signal = new AbortController().signal;
  const everything = await render(sources, inputs.config, { ports, tools, tempDir: emptyFolder(), signal });
  const set = onlyEnvironment(everything, inputs.config.environment);
  const waivers = await loadWaivers(inputs.config.trusted, ports, new Date('2026-11-28'));
  const runs = await unusedSettings({ inputs, waivers, set }, { ports, gateRoot: root, gateVersion: '1.0.0' });
  return runs
    .flatMap((run) => (run.status === 'completed' ? run.findings : []))
    .map(({ engine, rule, severity, subject, title }) => {
      const place = subject.kind === 'file' ? `${subject.location.file}:${subject.location.line}` : 'nowhere';
      return `${engine === 'gate' && rule === 'setting-unused' ? '' : `${engine}/${rule} `}${severity} ${place} ${title}`;
    });
}
