import { all, type Faults, forbidden, invalid, membersOf, missing, outside, required, unsupported } from './faults.ts';
import type { Field } from './field.ts';
import { labelSelector } from './labels.ts';
import { dnsLabel, dnsSubdomain, qualifiedName } from './names.ts';
import { filePath } from './paths.ts';
import { downwardFile, keyToPath } from './volume-files.ts';

const rule = 'volume';
const keyTypes = ['RSA3072', 'RSA4096', 'ECDSAP256', 'ECDSAP384', 'ECDSAP521', 'ED25519'];

/** Several sources as the files of one volume. */
export function* projected(volume: Field): Faults {
  yield* outside(volume.at('defaultMode'), rule, 0, 0o777);
  const seen = new Set<string>();
  for (const source of volume.at('sources').items()) {
    const kinds = membersOf(source, [
      'secret',
      'configMap',
      'downwardAPI',
      'serviceAccountToken',
      'clusterTrustBundle',
      'podCertificate',
    ]);
    if (kinds.length > 1) yield forbidden(source, rule, 'may not specify more than 1 volume type per source');
    for (const kind of kinds) {
      yield* projection(kind);
      for (const path of pathsOf(kind)) {
        if (path.text === '') continue;
        if (seen.has(path.text)) yield invalid(path, rule, 'conflicting duplicate paths');
        seen.add(path.text);
      }
    }
  }
}

function pathsOf(kind: Field): readonly Field[] {
  if (kind.step === 'serviceAccountToken') return [];
  if (kind.step === 'clusterTrustBundle') return [kind.at('path')];
  if (kind.step === 'podCertificate')
    return ['credentialBundlePath', 'keyPath', 'certificateChainPath'].map((name) => kind.at(name));
  return kind
    .at('items')
    .items()
    .map((item) => item.at('path'));
}

function* projection(kind: Field): Faults {
  if (kind.step === 'secret' || kind.step === 'configMap') {
    yield* missing(kind.at('name'), rule);
    for (const item of kind.at('items').items()) yield* keyToPath(item);
  }
  if (kind.step === 'downwardAPI') for (const file of kind.at('items').items()) yield* downwardFile(file);
  if (kind.step === 'serviceAccountToken') yield* token(kind);
  if (kind.step === 'clusterTrustBundle') yield* trustBundle(kind);
  if (kind.step === 'podCertificate') yield* certificate(kind);
}

function* token(kind: Field): Faults {
  const seconds = kind.at('expirationSeconds');
  if (seconds.number !== undefined && seconds.number < 600)
    yield invalid(seconds, rule, 'may not specify a duration less than 10 minutes');
  if (seconds.number !== undefined && seconds.number > 2 ** 32)
    yield invalid(seconds, rule, 'may not specify a duration larger than 2^32 seconds');
  yield* missing(kind.at('path'), rule);
  yield* filePath(kind.at('path'), rule);
}

function* trustBundle(kind: Field): Faults {
  const [name, signer, selector, path] = [kind.at('name'), kind.at('signerName'), kind.at('labelSelector'), kind.at('path')];
  if (name.isSet && signer.isSet) yield invalid(kind, rule, 'only one of name and signerName may be used');
  else if (name.isSet) {
    if (name.text === '') yield required(name, rule, 'must be a valid object name');
    else yield* all(name, rule, dnsSubdomain(name.text.slice(name.text.lastIndexOf(':') + 1)));
    if (selector.isSet) yield invalid(selector, rule, 'labelSelector must be unset if name is specified');
  } else if (signer.isSet) {
    yield* signerName(signer);
    yield* labelSelector(selector);
  } else yield required(kind, rule, 'either name or signerName must be specified');
  yield* missing(path, rule);
  yield* filePath(path, rule);
}

/** As example.com/signer. */
export function* signerName(field: Field): Faults {
  if (field.text === '') return yield required(field, rule, 'must be a valid signer name');
  const [domain = '', path, ...others] = field.text.split('/');
  if (path === undefined || others.length > 0)
    return yield invalid(field, rule, "must be a fully qualified domain and path of the form 'example.com/signer-name'");
  if (path === '') yield invalid(field, rule, 'path part must not be empty');
  yield* all(field, rule, dnsSubdomain(domain));
  if (domain.split('.').length < 2) yield invalid(field, rule, 'should be a domain with at least two segments separated by dots');
  for (const part of domain.split('.')) yield* all(field, rule, dnsLabel(part));
}

function* certificate(kind: Field): Faults {
  const [type, seconds, annotations] = [kind.at('keyType'), kind.at('maxExpirationSeconds'), kind.at('userAnnotations')];
  yield* signerName(kind.at('signerName'));
  yield* missing(type, rule);
  yield* unsupported(type, rule, keyTypes);
  if (seconds.number !== undefined) {
    const most = kind.at('signerName').text.startsWith('kubernetes.io/') ? 86_400 : 7_862_400;
    if (seconds.number < 3600) yield invalid(seconds, rule, 'if provided, maxExpirationSeconds must be >= 3600');
    if (seconds.number > most) yield invalid(seconds, rule, `if provided, maxExpirationSeconds must be <= ${most}`);
  }
  for (const [key, value] of annotations.entries()) {
    yield* all(value, 'annotation-key', qualifiedName(key.toLowerCase()));
    if (!key.includes('/')) yield invalid(value, 'annotation-key', 'must be a domain-prefixed key (such as "acme.io/foo")');
  }
  const paths = pathsOf(kind).filter(({ text }) => text !== '');
  if (paths.length === 0)
    yield required(kind, rule, 'specify at least one of credentialBundlePath, keyPath, and certificateChainPath');
  for (const path of paths) yield* filePath(path, rule);
}
