import type { FieldPath } from './field-path.ts';
import { formatLocation } from './location.ts';

/**
 * Why the gate could not evaluate something. A closed list: code (test, report, exit code) matches on the error code, never on text.
 * An error means "could not evaluate", as opposed to "evaluated and rejected", which is a Finding.
 */
export const gateErrorCodes = [
  'INPUT_INVALID', // an action input or command flag
  'CONFIG_INVALID', // .k8s-gate.yaml
  'POLICY_INVALID', // a policy that does not parse or compile
  'SOURCE_UNREADABLE', // a file that cannot be read
  'MANIFEST_INVALID', // broken YAML, duplicate keys, not a Kubernetes object
  'RENDER_FAILED', // a chart or kustomization that does not render
  'RENDER_REFUSED', // remote base, path outside the repository, symlink
  'IMAGE_INVALID', // an invalid image reference
  'IMAGE_UNAVAILABLE', // the registry or archive does not have the image, or denied access
  'TOOL_UNAVAILABLE', // engine binary: not available from any source
  'TOOL_UNTRUSTED', // engine binary: hash mismatch, deny-listed, too young
  'ENGINE_FAILED', // exit code outside the engine's table, killed, crashed
  'ENGINE_TIMEOUT',
  'ENGINE_OUTPUT_INVALID', // no, truncated or unknown output
  'ENGINE_COVERAGE', // an engine did not cover all its targets, or missed its canary
  'RESULT_STALE', // an imported result (kube-bench, SARIF) is too old
  'BASE_UNAVAILABLE', // the base commit, from which the gate is configured, cannot be read
  'REPORT_UNTRUSTED', // a report of another job that does not match the event
  'SHARD_INVALID', // a shard is missing, or its report belongs to another change, gate version or configuration
  'NOTHING_TO_JUDGE', // no manifests although some were expected
  'INTERNAL', // a bug in k8s-gate
] as const;
export type GateErrorCode = (typeof gateErrorCodes)[number];

/** The section of docs/troubleshooting.md about a code. */
export function troubleshootingUrl(code: GateErrorCode): string {
  return `https://github.com/org/k8s-gate/blob/v1/docs/troubleshooting.md#${code.toLowerCase()}`;
}

export interface GateErrorDetails {
  /** What is wrong, in one sentence without a full stop. */
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  /** The field of a resource that file and line are about: if a tool rendered the resource, they are exact only once the field is traced. */
  readonly field?: { readonly resource: string; readonly path: FieldPath };
  /** The setting that is wrong, with its text: whoever knows the lines of the configuration adds file and line. */
  readonly setting?: { readonly path: FieldPath; readonly text?: string };
  /** What was expected instead. */
  readonly expected?: string;
  /** What the reader should do next. */
  readonly next?: string;
  readonly cause?: unknown;
}

/** The only error class that crosses a stage boundary. Its message never contains a secret or unbounded engine output. */
export class GateError extends Error {
  override readonly name = 'GateError';
  readonly code: GateErrorCode;
  readonly details: GateErrorDetails;

  constructor(code: GateErrorCode, details: GateErrorDetails) {
    super(describe(details), details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.details = details;
  }
}

/** `file:line:column: message; expected ...; next step` */
function describe(details: GateErrorDetails): string {
  const where =
    details.file === undefined
      ? ''
      : `${details.line === undefined ? details.file : formatLocation({ ...details, file: details.file, line: details.line })}: `;
  const expected = details.expected === undefined ? '' : `; expected ${details.expected}`;
  const next = details.next === undefined ? '' : `. ${details.next}`;
  return `${where}${details.message}${expected}${next}`;
}

/** Converts anything thrown to a GateError. Other errors are unexpected, so they become INTERNAL (or the caller's code). */
export function toGateError(thrown: unknown, code: GateErrorCode = 'INTERNAL'): GateError {
  if (thrown instanceof GateError) return thrown;
  return new GateError(code, { message: thrown instanceof Error ? thrown.message : String(thrown), cause: thrown });
}
