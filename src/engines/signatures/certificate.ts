import { ASN1Obj } from '@sigstore/core';
import type { Signer } from '@sigstore/verify';

/** What the authority attests about the signer: https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md */
export interface CertificateFacts {
  /** Subject alternative name: an email address, or the URL of a workflow. */
  readonly identity: string;
  readonly issuer: string;
  /** Repository and ref of the workflow run, if it was one. */
  readonly source?: string;
  readonly ref?: string;
}

export function factsOf({ identity }: Signer): CertificateFacts {
  const text = (suffix: string): string | undefined => {
    const found = identity?.oids?.find(({ oid }) => oid?.id.join('.') === `1.3.6.1.4.1.57264.1.${suffix}`);
    return found === undefined ? undefined : textIn(found.value);
  };
  const [source, ref] = [text('12'), text('14')];
  return {
    identity: identity?.subjectAlternativeName ?? '',
    issuer: identity?.extensions?.issuer ?? '',
    ...(source !== undefined && { source }),
    ...(ref !== undefined && { ref }),
  };
}

/** A DER-encoded string. */
function textIn(value: Uint8Array): string {
  return ASN1Obj.parseBuffer(Buffer.from(value)).value.toString('utf8');
}
