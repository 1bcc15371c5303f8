import { readFileSync } from 'node:fs';
import path from 'node:path';
import { cosignVersion, findCosign } from '../../test/oracle/cosign.ts';
import { CosignWorld } from '../../test/support/cosign-world.ts';
import { startOciRegistry } from '../../test/support/oci-registry.ts';
import { startSigstore, workflowIssuer } from '../../test/support/sigstore-services.ts';
import { own } from '../../test/support/trust-cases.ts';
import { type Bench, type Measure, newFolder, writeFiles } from '../bench.ts';
import { engineMs, newCache, profileGate, runGate } from '../gate.ts';
import { measured } from '../measured.ts';
import { row, seconds, skipped } from '../row.ts';
import { interleaved, medianBy } from '../statistics.ts';

const what = 'signatures of 100 images, per image';

export const signatures: Measure = {
  id: 'h',
  title: 'the engine for signatures and cosign',
  how: 'A hundred images, each signed by cosign with an identity of its own Sigstore on this machine, in a registry on this machine. The engine `signatures` and one process of `cosign verify` verify all of them, alternately; medians. Of the gate the time of the engine counts, with the requests to the registry. Both must accept every image. The figure is the time of the engine for one image.',
  run: async (bench) => {
    const cosign = findCosign();
    if (cosign === undefined) return [skipped(what, 'cosign is not built (test/oracle/build-cosign.mjs)')];
    bench.tools.versions.cosign = `cosign ${cosignVersion}`;
    const [registry, sigstore] = [await startOciRegistry(), await startSigstore()];
    try {
      const world = new CosignWorld(cosign, registry, sigstore);
      const images: string[] = [];
      for (let index = 0; index < (bench.quick ? 2 : 100); index++) {
        const repository = `shop/app-${index}`;
        const digest = world.push(repository);
        await world.sign(repository, digest, 'own');
        images.push(`${registry.host}/${repository}@${digest}`);
      }
      return [await compare(bench, { cosign, world, images, host: registry.host })];
    } finally {
      await registry.stop();
      await sigstore.stop();
    }
  },
};

interface Signed {
  readonly cosign: string;
  readonly world: CosignWorld;
  readonly images: readonly string[];
  readonly host: string;
}

async function compare(bench: Bench, { cosign, world, images, host }: Signed) {
  const workspace = newFolder(bench, 'signed');
  const rules = [{ images: `${host}/**`, signedBy: [{ issuer: workflowIssuer, identity: own }], roots: 'root.json' }];
  const config = { version: 1, images: { privateRegistries: [host] }, engines: { signatures: { rules } } };
  const files = [
    ['root.json', readFileSync(path.join(world.folder, 'root.json'), 'utf8')],
    ['.k8s-gate.yaml', JSON.stringify(config)],
    ['deploy/pods.yaml', images.map(pod).join('---\n')],
  ] as const;
  writeFiles(workspace, new Map(files));
  const wanted = { workspace, engines: ['schema', 'signatures'], cacheDir: newCache(bench) };
  const identity = ['--certificate-identity', own, '--certificate-oidc-issuer', workflowIssuer];
  const args = ['verify', ...identity, '--trusted-root', 'root.json', '--allow-http-registry', ...images];
  const runs = await interleaved(
    bench.quick ? 1 : 5,
    () => runGate(bench, wanted),
    () => measured({ executable: cosign, args, cwd: world.folder, answers: [0] }, bench.folder),
  );
  const ours = medianBy(runs.ours, ({ report }) => engineMs(report, 'signatures'));
  const other = medianBy(runs.other, ({ wallMs }) => wallMs);
  const about = ours.report.findings.filter(({ engine }) => engine === 'signatures');
  if (about.length > 0) throw new Error(`${about.length} of ${images.length} images were refused: ${about[0]?.title}`);
  const ourMs = engineMs(ours.report, 'signatures');
  const parts = {
    what,
    ours: `${(ourMs / images.length).toFixed(1)} ms (${seconds(ourMs)} in all)`,
    other: `${(other.wallMs / images.length).toFixed(1)} ms cosign (${seconds(other.wallMs)} in all)`,
    value: ourMs / images.length,
    unit: 'ms',
    target: { sense: 'at most', limit: 100 },
  } as const;
  return row(parts, () => profileGate(bench, wanted));
}

function pod(image: string, index: number): string {
  return `apiVersion: v1\nkind: Pod\nmetadata: { name: app-${index}, namespace: shop }\nspec: { containers: [{ name: app, image: "${image}" }] }\n`;
}
