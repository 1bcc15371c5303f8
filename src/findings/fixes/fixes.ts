import type { Finding } from '../../model/finding.ts';
import type { ManifestSet } from '../../model/manifest-set.ts';
import type { CauseOf } from '../cause.ts';
import { causeFixes, ruleFixes } from './table.ts';

/**
 * Adds a patch to findings whose cause has one fix that is the same for every engine. A patch of the engine itself takes precedence, and so does
 * the text of its rule.
 */
export function causeFixer(causeOf: CauseOf, set: ManifestSet): (finding: Finding) => Finding {
  const objects = new Map(set.resources.map(({ uid, object }) => [uid, object]));
  return (finding) => {
    const { engine, rule, subject, fix, severity, title } = finding;
    // `unknown`: the engine could not evaluate it, so nothing is known to be wrong.
    if (subject.kind !== 'resource' || fix?.patch !== undefined || severity === 'unknown') return finding;
    const object = objects.get(subject.resource);
    const fixer = ruleFixes[`${engine}/${rule}`] ?? causeFixes[finding.cause ?? causeOf(finding)?.id ?? ''];
    if (object === undefined || fixer === undefined) return finding;
    const patch = fixer.patch({ object, path: subject.path, rule: `${engine}/${rule}`, title });
    return patch === undefined ? finding : { ...finding, fix: { text: fixer.text, ...fix, patch } };
  };
}
