import { GateError } from '../../model/gate-error.ts';
import type { PullProblem } from '../../ports/ports.ts';
import { reason, tail } from './log-lines.ts';

interface Cause {
  readonly pattern: RegExp;
  readonly message: string;
  readonly next: string;
}

/** Why an image is unavailable, by Trivy's stderr: the first match applies. */
const causes: readonly Cause[] = [
  {
    pattern: /MANIFEST_UNKNOWN|NAME_UNKNOWN|NOT_FOUND|status code 404|404 Not Found/,
    message: 'its registry has no such image',
    next: 'Correct the reference, or push the image before its manifest is merged.',
  },
  {
    pattern: /UNAUTHORIZED|DENIED|status code 40[13]|40[13] (Unauthorized|Forbidden)/,
    message: 'its registry refused access (or has no such image)',
    next: 'Give the gate read access, or provide the image as an archive under `images.sources`.',
  },
  {
    pattern: /TOOMANYREQUESTS|status code 429|429 Too Many/,
    message: 'its registry rejected the request because of too many requests',
    next: 'Run again later, or use a mirror of the registry.',
  },
  {
    pattern:
      /no such host|connection refused|network is unreachable|no route to host|i\/o timeout|TLS handshake|x509:|unexpected EOF|: EOF|reset by peer|server misbehaving/,
    message: 'its registry could not be reached',
    next: 'Check the name of the registry and the network, or provide the image as an archive under `images.sources`.',
  },
  {
    pattern: /UNAVAILABLE: the registry answered|status code 5\d\d/,
    message: 'its registry returned an error',
    next: 'Run again later, or provide the image as an archive under `images.sources`.',
  },
  {
    pattern: /no child with platform|unsupported artifact type|failed to parse the image name/,
    message: 'its reference does not point to an image that Trivy can read',
    next: 'Check the reference and the platforms of the image.',
  },
  {
    pattern:
      /unable to open .* as (a Docker image|an OCI Image)|invalid OCI image|no valid manifest|unable to retrieve index\.json|unable to find the specified image/,
    message: 'it could not be read',
    next: 'Check the reference, or the archive or OCI directory under `images.sources`.',
  },
];

/** The error for one image: IMAGE_UNAVAILABLE if it is unavailable, otherwise ENGINE_FAILED. */
export function imageError(reference: string, stderr: string): GateError {
  const fatal = stderr.slice(Math.max(0, stderr.indexOf('\tFATAL\t')));
  const cause = causes.find(({ pattern }) => pattern.test(fatal));
  if (cause === undefined) {
    return new GateError('ENGINE_FAILED', {
      message: `Trivy failed on image ${reference}: ${tail(stderr)}`,
      next: 'Run again with debug logging.',
    });
  }
  return new GateError('IMAGE_UNAVAILABLE', {
    message: `the image ${reference} was not scanned: ${cause.message} (${reason(stderr)})`,
    next: cause.next,
  });
}

/** The error if the relay could not pull the image for Trivy. */
export function pullError(reference: string, { kind, why }: PullProblem): GateError {
  const reached = kind === 'unreachable' ? `its registry could not be reached: ${why}` : why;
  return new GateError('IMAGE_UNAVAILABLE', {
    message: `the image ${reference} was not scanned: ${reached}`,
    next: 'Check the name of the registry and the network, or provide the image as an archive under `images.sources`.',
  });
}

/** `docker save` writes a manifest.json; a tar without one may be an OCI layout, which Trivy reads only as a folder. */
export function isUnknownArchive(stderr: string): boolean {
  return /as a Docker image: .*(manifest\.json not found|not found in tar)/.test(stderr);
}

/** A JAR without coordinates needs Trivy's Java index, which is only downloaded then. */
export function needsJavaDatabase(stderr: string): boolean {
  return /skip-java-db-update' cannot be specified on the first run/.test(stderr);
}
