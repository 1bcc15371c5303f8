import path from 'node:path';
import type { ExamineContext } from './examine.ts';
import type { Inputs } from './inputs/inputs.ts';
import { once } from './model/once.ts';
import type { Sources } from './model/sources.ts';
import { createGoTemplates } from './render/go-template.ts';
import { hostsNamedIn } from './sources/named-hosts.ts';
import { createSources } from './sources/sources.ts';

/**
 * What is fetched from outside of the repository, once for the change and its base. Hosts are those of the trusted configuration and files: of the
 * base where there is one.
 */
export function openSources(
  { config }: Pick<Inputs, 'config'>,
  {
    ports,
    rendererTools: tools,
    cacheDir,
    tempDir,
    signal,
  }: Pick<ExamineContext, 'ports' | 'rendererTools' | 'cacheDir' | 'tempDir' | 'signal'>,
): Sources {
  const folder = path.join(tempDir, 'sources');
  const goTemplate = createGoTemplates(config.sandbox, { ports, tools, tempDir: folder, signal });
  return createSources({
    ...{ config: config.sources, ports, cacheDir, tempDir: folder, signal },
    // Helm's own comparison: ranges have as many dialects as there are libraries.
    satisfies: async (range, versions) => {
      const texts = versions.map((_version, index) => `{{ semverCompare .range (index .versions ${index}) }}`);
      return (await goTemplate(texts, { range, versions })).map((answer) => answer === 'true');
    },
    namedHosts: once(() => hostsNamedIn(config.trusted, ports.files)),
  });
}
