import { valueAt } from '../../model/field-path.ts';
import type { EngineFinding } from '../../model/finding.ts';
import { isObject, type JsonValue } from '../../model/json.ts';
import type { Resource } from '../../model/resource.ts';

export const placeholderRule = 'placeholder';

/**
 * `${APP}` and `$APP` of envsubst and Flux, `$(NAME)` of kustomize's variables, `{{ name }}` of templates, `<name>` of examples, `__NAME__`,
 * `@NAME@`, `%NAME%` and `{NAME}` of sed and build tools, and what SOPS encrypted.
 */
const placeholder =
  /\$\{[^{}]+\}|\$\([\w.-]+\)|\$[A-Z][A-Z0-9_]*|\{\{[^{}]+\}\}|\{[A-Z][A-Z0-9_]*\}|<[A-Za-z*][\w .*-]*>|(__|[@%])[A-Z][A-Z0-9_]*\1|^ENC\[[A-Z0-9_]+,data:/;

/**
 * What the API server would refuse in a value with a placeholder tells nothing about the value that is deployed in its place: no name, number or
 * quantity may contain these characters. It is not evaluated, and reported once for a resource. Findings about other values stay.
 */
export function withoutPlaceholders(resource: Resource, findings: readonly EngineFinding[]): readonly EngineFinding[] {
  const placeholders = new Set<string>();
  let first: EngineFinding | undefined;
  const isEncrypted = isSops(resource.object.sops);
  const others = findings.filter((finding) => {
    // Whoever decrypts the object removes it.
    if (isEncrypted && finding.subject.kind === 'resource' && finding.subject.path?.[0] === 'sops') return false;
    const value = finding.subject.kind === 'resource' ? valueAt(resource.object, finding.subject.path ?? []) : undefined;
    const found = typeof value === 'string' ? placeholder.exec(value)?.[0] : undefined;
    if (found === undefined) return true;
    first ??= finding;
    placeholders.add(found);
    return false;
  });
  if (first === undefined) return others;
  const names = [...placeholders]
    .slice(0, 3)
    .map((one) => (one.startsWith('ENC[') ? 'what SOPS encrypted' : one))
    .join(', ');
  return [
    ...others,
    {
      engine: first.engine,
      category: first.category,
      rule: placeholderRule,
      title: `not validated where it contains ${names}, which is replaced before it is deployed`,
      severity: 'unknown',
      undecided: true,
      subject: first.subject,
      fix: {
        text: 'Render it in a step before the gate and list the output under `generated` of .k8s-gate.yaml, or exclude the file if it is an example.',
      },
    },
  ];
}

/** What SOPS adds to a file that it encrypts. https://github.com/getsops/sops#encrypting-using-age */
function isSops(value: JsonValue | undefined): boolean {
  return isObject(value) && typeof value.mac === 'string' && value.mac.startsWith('ENC[') && typeof value.version === 'string';
}
