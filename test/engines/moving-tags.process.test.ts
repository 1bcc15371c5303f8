import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { refuseMovedTags } from '../../src/findings/moved-tags.ts';
import { createNodeRegistries } from '../../src/ports/node-registries.ts';
import type { Registries } from '../../src/ports/ports.ts';
import { resolvedOnce } from '../../src/ports/resolved-once.ts';
import { nodePorts } from '../support/node-ports.ts';
import { blob } from '../support/oci-image.ts';
import { type OciRegistry, startOciRegistry } from '../support/oci-registry.ts';
import { OwnKey } from '../support/own-signatures.ts';
import { answers, judgeSignatures } from '../support/signatures-bench.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';
import { imageFindings, imageOf, runTrivyEngine } from '../support/trivy-bench.ts';
import { fakeTrivy } from '../support/trivy-fake.ts';

/** Both engines on one tag, which whoever may push moves between them: from an image that is signed and weak to one that is not. */
const manifestType = 'application/vnd.oci.image.manifest.v1+json';
const dates = { UpdatedAt: new Date().toISOString(), NextUpdate: new Date(Date.now() + 86_400_000).toISOString() };
const key = new OwnKey();
const trivy = fakeTrivy();
let registry: OciRegistry | undefined;
const started = (): OciRegistry => {
  if (registry === undefined) throw new Error('nothing was started');
  return registry;
};
const push = (content: object): string =>
  started().push('shop/app', '1', blob(manifestType, JSON.stringify({ schemaVersion: 2, layers: [], ...content })));
const reference = () => `${started().host}/shop/app:1`;

beforeAll(async () => {
  registry = await startOciRegistry();
  registry.push('db', '2', blob(manifestType, JSON.stringify({ database: 'CVE-2021-44228 CVE-2025-9230', dates })));
});
afterEach(() => started().intercept(undefined));
afterAll(async () => {
  await started().stop();
  removeTempFolders();
});

const scan = (registries: Registries) =>
  runTrivyEngine({
    tool: trivy.tool,
    images: [imageOf(reference())],
    named: [started().host],
    cacheDir: emptyFolder(),
    options: { scanners: ['vuln'], db: { repository: `${started().host}/db:2` } },
    ports: (real) => ({ ...real, registries }),
  });
const verify = (registries: Registries) =>
  judgeSignatures({
    images: [reference()],
    options: { rules: [{ images: `${started().host}/**`, keys: [{ pem: key.pem }], transparencyLog: false }] },
    registries,
  });
const open = () =>
  createNodeRegistries({ env: { HOME: '/nonexistent' }, processes: nodePorts.processes, log: nodePorts.log, pausesMs: [5] });

describe('a tag that moves during a run', () => {
  it.each([true, false])('is one image for every engine; signatures first: %s', async (signaturesFirst) => {
    const signed = push({ weakness: 'CVE-2025-9230' });
    key.sign(started(), 'shop/app', signed);
    const registries = resolvedOnce(open());
    const first = signaturesFirst ? await verify(registries) : await scan(registries);
    push({ other: true });
    const second = signaturesFirst ? await scan(registries) : await verify(registries);
    const [verified, scanned] = signaturesFirst ? [first, second] : [second, first];
    expect(answers(verified)).toEqual([]);
    expect(imageFindings(scanned, reference())).toEqual(['CVE-2025-9230 a 1']);
    expect([first.digests, second.digests]).toEqual([{ [reference()]: signed }, { [reference()]: signed }]);
    // The next run is about what the tag is now.
    expect(answers(await verify(resolvedOnce(open())))).toEqual(['unsigned']);
  });

  it('is an error if the registry does not report its digest, so that the engines have different images', async () => {
    const signed = push({ weakness: 'CVE-2025-9230' });
    key.sign(started(), 'shop/app', signed);
    started().intercept((request, response) => request.method === 'HEAD' && response.writeHead(405).end() !== undefined);
    const registries = resolvedOnce(open());
    const scanned = await scan(registries);
    push({ other: true });
    const runs = refuseMovedTags([scanned, await verify(registries)]);
    const faults = runs
      .flatMap((run) => (run.status === 'completed' ? run.coverage : []))
      .filter(({ status }) => status === 'failed');
    expect(faults).toMatchObject([
      { error: { code: 'IMAGE_UNAVAILABLE', message: expect.stringContaining('moved while it was evaluated') } },
    ]);
  });

  it('is not looked up again if the manifest was read by its tag', async () => {
    const digest = push({ weakness: 'CVE-2025-9230' });
    started().intercept((request, response) => request.method === 'HEAD' && response.writeHead(405).end() !== undefined);
    const registries = resolvedOnce(open());
    await verify(registries);
    push({ other: true });
    expect((await scan(registries)).digests).toEqual({ [reference()]: digest });
  });
});
