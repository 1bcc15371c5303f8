import type { FieldPath } from '../model/field-path.ts';
import type { Finding } from '../model/finding.ts';
import type { Image } from '../model/image.ts';
import type { JudgedFinding } from '../model/verdict.ts';
import type { Remark } from './compare-manifests.ts';

const actionWords = { block: 'must be fixed', warn: 'warning' } as const;

/** Findings that block or warn, by the resource that they are about: `critical cel/privileged: container web is privileged (must be fixed)`. */
export function remarksOf(findings: readonly JudgedFinding[], images: readonly Image[]): ReadonlyMap<string, readonly Remark[]> {
  const usesOf = new Map(images.map(({ reference, uses }) => [reference, uses]));
  const remarks = new Map<string, Remark[]>();
  for (const { finding, action, state } of findings) {
    if (action === 'allow') continue;
    const text = `${finding.severity} ${finding.engine}/${finding.rule}: ${finding.title} (${actionWords[action]}${state === 'unchanged' ? ', not new' : ''})`;
    for (const { resource, path } of fieldsOf(finding, usesOf)) {
      const own = remarks.get(resource) ?? [];
      remarks.set(resource, own);
      own.push({ path, text, always: state !== 'unchanged' });
    }
  }
  return remarks;
}

type Field = { readonly resource: string; readonly path: FieldPath };

function fieldsOf(
  { subject, fields }: Pick<Finding, 'subject' | 'fields'>,
  usesOf: ReadonlyMap<string, readonly Field[]>,
): readonly Field[] {
  if (subject.kind === 'image') return usesOf.get(subject.reference) ?? [];
  return fields ?? (subject.kind === 'resource' ? [subject] : []);
}
