import { readFileSync } from 'node:fs';
import path from 'node:path';
import { attachBundles, attachLegacy, type Place } from './attached.ts';
import type { CosignWorld } from './cosign-world.ts';
import type { OciRegistry } from './oci-registry.ts';
import { startSigstore } from './sigstore-services.ts';
import { customType, type Keys, type TrustCase } from './trust-cases.ts';

const keyNames = ['key', 'other-key', 'rotated-key'] as const;

/** Signs and attests images in every way, attacks them in every way, and returns the questions about them. */
export async function buildWorld(
  world: CosignWorld,
  registry: OciRegistry,
): Promise<{ readonly cases: readonly TrustCase[]; readonly keys: Keys }> {
  for (const name of keyNames) await world.newKey(name);
  const keys = Object.fromEntries(keyNames.map((name) => [name, readFileSync(path.join(world.folder, `${name}.pub`), 'utf8')]));
  const cases: TrustCase[] = [];
  const ask = (
    place: Place,
    by: readonly TrustCase['by'][],
    more: { readonly log?: readonly boolean[]; readonly type?: string } = {},
  ) => {
    for (const one of by)
      for (const transparencyLog of more.log ?? [true])
        cases.push({
          name: `${place.repository}, by ${one}${transparencyLog ? '' : ', without log'}${more.type === undefined ? '' : `, type ${more.type}`}`,
          ...{ ...place, by: one, transparencyLog },
          ...(more.type !== undefined && { type: more.type }),
        });
  };
  const place = (repository: string): Place => ({ repository, digest: world.push(repository) });
  const byKey = ['key', 'other-key', 'identity'] as const;
  const byIdentity = ['identity', 'other-identity', 'other-issuer', 'pattern', 'other-pattern', 'key'] as const;

  const plain = place('unsigned');
  ask(plain, ['key', 'identity'], { log: [true, false] });
  ask(plain, ['key', 'identity'], { type: customType });
  const second = await startSigstore();
  for (const legacy of [true, false]) {
    const name = legacy ? 'legacy' : 'bundle';
    const signed = async (repository: string, by: string, how: Parameters<CosignWorld['sign']>[3] = {}): Promise<Place> => {
      const here = place(`${repository}-${name}`);
      await world.sign(here.repository, here.digest, by, { legacy, ...how });
      return here;
    };
    const attested = async (repository: string, by: string, how: Parameters<CosignWorld['attest']>[3] = {}): Promise<Place> => {
      const here = place(`${repository}-${name}`);
      await world.attest(here.repository, here.digest, by, { legacy, ...how });
      return here;
    };
    /** The same signature, attached to another image. */
    const attack = (
      what: string,
      from: Place,
      edits: { readonly legacy?: Parameters<typeof attachLegacy>[4]; readonly bundle?: Parameters<typeof attachBundles>[3] } = {},
      kind: 'sig' | 'att' = 'sig',
      to?: Place,
    ): Place => {
      const target = to ?? { repository: `${what}-${name}`, digest: from.digest };
      if (to === undefined) registry.copy([from.repository, '1'], [target.repository, '1']);
      for (const { repository, reference, bytes } of registry.contents())
        if (repository === target.repository && (bytes.includes('"subject"') || /\.(sig|att)$/.test(reference)))
          registry.remove(repository, reference);
      if (legacy) attachLegacy(registry, kind, from, target, edits.legacy);
      else attachBundles(registry, from, target, edits.bundle);
      return target;
    };

    const keyed = await signed('key', 'key');
    ask(keyed, byKey, { log: [true, false] });
    const keyless = await signed('identity', 'own');
    ask(keyless, byIdentity);
    const stamped = await signed('stamped', 'own', { stamp: true });
    ask(stamped, ['identity', 'other-identity'], { log: [true, false] });
    ask(await signed('stamped-no-log', 'own', { stamp: true, log: false }), ['identity', 'other-identity'], {
      log: [true, false],
    });
    ask(await signed('key-no-log', 'key', { log: false }), ['key', 'other-key'], { log: [true, false] });
    const foreign = await signed('other', 'other');
    ask(foreign, ['identity', 'other-identity', 'pattern']);
    const rotated = await signed('rotated', 'key');
    await world.sign(rotated.repository, rotated.digest, 'rotated-key', { legacy });
    ask(rotated, ['key', 'rotated-key', 'other-key']);
    ask(await signed('wrong-chain', 'own', { sigstore: second, stamp: true }), ['identity'], { log: [true, false] });

    const review = await attested('review', 'own');
    ask(review, ['identity', 'other-identity', 'key'], { type: customType });
    ask(review, ['identity'], { type: 'https://slsa.dev/provenance/v1' });
    ask(await attested('review-key', 'key'), ['key', 'other-key'], { type: customType, log: [true, false] });
    ask(await attested('review-stamped', 'own', { stamp: true }), ['identity'], { type: customType });

    const victim = place(`replayed-${name}`);
    ask(attack('', keyless, {}, 'sig', victim), ['identity', 'pattern']);
    const victim2 = place(`replayed-key-${name}`);
    ask(attack('', keyed, {}, 'sig', victim2), ['key'], { log: [true, false] });
    const victim3 = place(`replayed-review-${name}`);
    ask(attack('', review, {}, 'att', victim3), ['identity'], { type: customType });

    ask(
      attack('stripped', keyless, {
        legacy: ({ manifest }) => delete manifest.layers[0].annotations['dev.sigstore.cosign/bundle'],
        bundle: (bundle) => delete bundle.verificationMaterial.tlogEntries,
      }),
      ['identity'],
      { log: [true, false] },
    );
    ask(
      attack('stripped-key', keyed, {
        legacy: ({ manifest }) => delete manifest.layers[0].annotations['dev.sigstore.cosign/bundle'],
        bundle: (bundle) => delete bundle.verificationMaterial.tlogEntries,
      }),
      ['key'],
      { log: [true, false] },
    );
    ask(
      attack('later', keyless, {
        legacy: ({ manifest }) => editLog(manifest, (log) => (log.Payload.integratedTime += 60)),
        bundle: (bundle) => (bundle.verificationMaterial.tlogEntries[0].integratedTime = '1900000000'),
      }),
      ['identity'],
    );
    const otherLog = legacy ? legacyLog(registry, foreign) : bundleLog(registry, foreign);
    ask(
      attack('swapped-log', keyless, {
        legacy: ({ manifest }) => (manifest.layers[0].annotations['dev.sigstore.cosign/bundle'] = otherLog),
        bundle: (bundle) => (bundle.verificationMaterial.tlogEntries = otherLog),
      }),
      ['identity'],
    );
    ask(
      attack('swapped-certificate', foreign, {
        legacy: ({ manifest }) =>
          (manifest.layers[0].annotations['dev.sigstore.cosign/certificate'] = legacyCertificate(registry, keyless)),
        bundle: (bundle) => (bundle.verificationMaterial.certificate = bundleCertificate(registry, keyless)),
      }),
      ['identity', 'other-identity'],
    );
    ask(
      attack('no-certificate', keyless, {
        legacy: ({ manifest }) => delete manifest.layers[0].annotations['dev.sigstore.cosign/certificate'],
        bundle: (bundle) => {
          delete bundle.verificationMaterial.certificate;
          bundle.verificationMaterial.publicKey = { hint: 'own' };
        },
      }),
      ['identity', 'key'],
    );
    ask(
      attack('flipped', keyed, {
        legacy: ({ manifest }) =>
          (manifest.layers[0].annotations['dev.cosignproject.cosign/signature'] = flip(
            manifest.layers[0].annotations['dev.cosignproject.cosign/signature'],
          )),
        bundle: (bundle) => (bundle.dsseEnvelope.signatures[0].sig = flip(bundle.dsseEnvelope.signatures[0].sig)),
      }),
      ['key'],
      { log: [true, false] },
    );
    const target = place(`changed-${name}`);
    ask(
      attack(
        '',
        keyed,
        {
          legacy: ({ payloads }) => (payloads[0] = Buffer.from(String(payloads[0]).replaceAll(keyed.digest, target.digest))),
          bundle: (bundle) => {
            const text = Buffer.from(bundle.dsseEnvelope.payload, 'base64').toString('utf8');
            const changed = text.replaceAll(keyed.digest.slice(7), target.digest.slice(7));
            bundle.dsseEnvelope.payload = Buffer.from(changed).toString('base64');
          },
        },
        'sig',
        target,
      ),
      ['key'],
      { log: [true, false] },
    );

    const multi = world.pushIndex(`index-${name}`);
    await world.sign(`index-${name}`, multi.index, 'key', { legacy });
    ask({ repository: `index-${name}`, digest: multi.index }, ['key']);
    for (const digest of multi.platforms.slice(0, 1))
      cases.push({ name: `index-${name}, its platform`, repository: `index-${name}`, digest, by: 'key', transparencyLog: true });
    const platforms = world.pushIndex(`platform-${name}`);
    const [first = '', last = ''] = platforms.platforms;
    await world.sign(`platform-${name}`, first, 'key', { legacy });
    for (const [what, digest] of [
      ['signed', first],
      ['other', last],
      ['index', platforms.index],
    ] as const)
      cases.push({ name: `platform-${name}, ${what}`, repository: `platform-${name}`, digest, by: 'key', transparencyLog: true });
    const all = world.pushIndex(`recursive-${name}`);
    await world.sign(`recursive-${name}`, all.index, 'key', { legacy, recursive: true });
    for (const digest of [all.index, ...all.platforms])
      cases.push({
        name: `recursive-${name}, ${digest.slice(7, 15)}`,
        repository: `recursive-${name}`,
        digest,
        by: 'key',
        transparencyLog: true,
      });
  }
  await second.stop();
  return { cases, keys };
}

// biome-ignore lint/suspicious/noExplicitAny: as in attached.ts
function editLog(manifest: any, edit: (log: any) => void): void {
  const { annotations } = manifest.layers[0];
  const log = JSON.parse(annotations['dev.sigstore.cosign/bundle']);
  edit(log);
  annotations['dev.sigstore.cosign/bundle'] = JSON.stringify(log);
}

function legacyLog(registry: OciRegistry, place: Place): string {
  return annotation(registry, place, 'dev.sigstore.cosign/bundle');
}
function legacyCertificate(registry: OciRegistry, place: Place): string {
  return annotation(registry, place, 'dev.sigstore.cosign/certificate');
}
function annotation(registry: OciRegistry, { repository, digest }: Place, name: string): string {
  return JSON.parse(String(registry.get(repository, `${digest.replace(':', '-')}.sig`))).layers[0].annotations[name];
}

// biome-ignore lint/suspicious/noExplicitAny: as in attached.ts
function bundleOf(registry: OciRegistry, place: Place): any {
  for (const { repository, bytes } of registry.contents()) {
    if (repository !== place.repository || !bytes.includes('"subject"')) continue;
    const manifest = JSON.parse(bytes.toString('utf8'));
    if (manifest.subject?.digest === place.digest) return JSON.parse(String(registry.get(repository, manifest.layers[0].digest)));
  }
  throw new Error(`${place.repository} has no bundle`);
}
const bundleLog = (registry: OciRegistry, place: Place) => bundleOf(registry, place).verificationMaterial.tlogEntries;
const bundleCertificate = (registry: OciRegistry, place: Place) => bundleOf(registry, place).verificationMaterial.certificate;

function flip(text: string): string {
  const bytes = Buffer.from(text, 'base64');
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  return bytes.toString('base64');
}
