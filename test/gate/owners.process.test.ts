import { afterAll, expect, it } from 'vitest';
import { createResults } from '../../src/engines/results.ts';
import { runGate } from '../../src/gate.ts';
import { createNodePorts } from '../../src/ports/node-ports.ts';
import { checkOut } from '../support/pull-request.ts';
import { root } from '../support/root.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';

afterAll(removeTempFolders);

const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const pod =
  'apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec: { hostNetwork: true, containers: [{ name: a, image: "a:1" }] }\n';

it('a finding has the owners of its file by CODEOWNERS of the base, whatever the change makes of it', async () => {
  const { folder, baseSha } = await checkOut({
    base: { '.github/CODEOWNERS': '* @org/all\n/shop/ @org/shop\n', CODEOWNERS: '* @org/other\n', 'a.yaml': '# empty\n' },
    head: { '.github/CODEOWNERS': '* @author\n', 'shop/pod.yaml': pod, 'pod.yaml': pod.replace('name: a', 'name: b') },
  });
  const none = () => Promise.reject(new Error('there is nothing to render here'));
  const { verdict } = await runGate(
    { workspace: folder, paths: [], exclude: [], engines: 'cel', cores: 2, outputs: [], publish: [] },
    {
      ...{ ports: createNodePorts({ log, env: { PATH: process.env.PATH } }), engineTools: none, rendererTools: none },
      ...{ gateRoot: root, cacheDir: emptyFolder(), results: createResults(), tempDir: emptyFolder() },
      ...{ signal: new AbortController().signal, stdout: () => {}, terminal: { color: false, width: 120 } },
      ...{ gateVersion: '0.0.0', baseSha },
    },
  );
  const owners = verdict.findings
    .filter(({ finding }) => finding.rule === 'host-namespaces')
    .map(({ finding }) => `${finding.locations[0]?.file} ${finding.owners?.join()}`);
  expect(owners.toSorted()).toEqual(['pod.yaml @org/all', 'shop/pod.yaml @org/shop']);
});
