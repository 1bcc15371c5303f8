import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inParallel } from '../../src/model/concurrency.ts';
import { cosignVersion, findCosign } from '../oracle/cosign.ts';
import { CosignWorld } from '../support/cosign-world.ts';
import { type OciRegistry, startOciRegistry } from '../support/oci-registry.ts';
import { answers, judgeSignatures } from '../support/signatures-bench.ts';
import { type SigstoreServices, startSigstore } from '../support/sigstore-services.ts';
import { removeTempFolders } from '../support/temp-folders.ts';
import { cosignArgs, optionsFor, record, type TrustCase } from '../support/trust-cases.ts';
import { buildWorld } from '../support/trust-world.ts';

const cosign = findCosign();
const why = cosign === undefined ? ' (skipped: cosign is not built; run `node test/oracle/build-cosign.mjs`)' : '';

/** Without a log entry or timestamp, cosign checks the certificate by the current time, so its answer changes after ten minutes. */
const stricter: readonly string[] = ['stripped-legacy, by identity, without log'];

describe.skipIf(cosign === undefined)(`signatures, as cosign ${cosignVersion} verifies them${why}`, () => {
  let [registry, sigstore, world]: [OciRegistry?, SigstoreServices?, CosignWorld?] = [];
  let built: Awaited<ReturnType<typeof buildWorld>> | undefined;
  beforeAll(async () => {
    registry = await startOciRegistry();
    sigstore = await startSigstore();
    world = new CosignWorld(cosign ?? '', registry, sigstore);
    built = await buildWorld(world, registry);
  }, 300_000);
  afterAll(async () => {
    await registry?.stop();
    await sigstore?.stop();
    removeTempFolders();
  });

  it('are accepted and refused alike', async () => {
    if (registry === undefined || world === undefined || built === undefined) throw new Error('nothing was built');
    const [{ host }, { cases, keys }, { folder }] = [registry, built, world];
    const root = readFileSync(path.join(folder, 'root.json'), 'utf8');
    const judged = await inParallel(2, cases, async (one: TrustCase) => {
      const reference = `${host}/${one.repository}@${one.digest}`;
      const theirs = await world?.cosign(cosignArgs(one, reference));
      const ours = answers(
        await judgeSignatures({ images: [reference], options: optionsFor(one, host, keys), files: { 'root.json': root } }),
      );
      return { ...one, accepted: theirs?.accepted === true, reason: theirs?.reason.replaceAll(host, 'registry') ?? '', ours };
    });
    expect(cases.length).toBeGreaterThan(100);
    expect(judged.filter(({ accepted }) => accepted).length).toBeGreaterThan(30);
    const differing = judged.filter(({ accepted, ours, name }) => accepted !== (ours.length === 0) && !stricter.includes(name));
    expect(differing.map(({ name, reason, ours }) => `${name}: cosign ${reason || 'accepts'}; ours ${ours.join()}`)).toEqual([]);
    if (process.env.K8S_GATE_RECORD === undefined) return;
    record({
      version: cosignVersion,
      signedAt: new Date().toISOString(),
      root,
      keys,
      registry,
      cases: judged.filter(({ name }) => !stricter.includes(name)),
    });
  }, 300_000);
});
