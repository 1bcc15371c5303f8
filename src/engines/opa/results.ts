import * as z from 'zod';
import { type FieldPath, parsePath } from '../../model/field-path.ts';
import type { EngineFinding, Subject } from '../../model/finding.ts';
import { GateError } from '../../model/gate-error.ts';
import { parseSeverity } from '../../model/severity.ts';
import type { MissingData } from './missing-data.ts';
import type { JudgingRule } from './modules.ts';

export const engineId = 'opa';

/** The object form of one result of a rule; a plain string is also allowed. Unknown keys are ignored. */
const complaintSchema = z.looseObject({
  msg: z.string(),
  severity: z.unknown().optional(),
  path: z.unknown().optional(),
  fix: z.unknown().optional(),
  url: z.unknown().optional(),
  id: z.unknown().optional(),
  uid: z.unknown().optional(),
  details: z.unknown().optional(),
});
type Complaint = z.infer<typeof complaintSchema>;

/** The subject of a document's findings: the resource, or in combined mode the one with the finding's `uid`. */
export type SubjectOf = (path: FieldPath, uid: string | undefined) => Subject;

/** Converts a rule's value for one document to findings. Throws POLICY_INVALID for any other value. */
export function findingsOf(rule: JudgingRule, value: unknown, label: string, subjectOf: SubjectOf): readonly EngineFinding[] {
  return complaintsOf(rule, value, label).map((complaint) => finding(rule, complaint, subjectOf));
}

/** A rule that rejected nothing and reads data that is defined nowhere. */
export function undecided(
  rule: JudgingRule,
  [first, ...more]: readonly MissingData[],
  subjectOf: SubjectOf,
): readonly EngineFinding[] {
  if (first === undefined) return [];
  const { name, file, line } = first;
  const others = more.length === 0 ? '' : ` (and ${more.map((one) => one.name).join(', ')})`;
  return [
    {
      engine: engineId,
      rule: `${rule.packageName}.${rule.name}${rule.id === undefined ? '' : `:${rule.id}`}`,
      category: 'policy',
      title: `cannot determine whether ${rule.packageName}.${rule.name} allows this: ${name}${others} is undefined`,
      detail: `${file}:${line} reads ${name}, which no policy, data file or configuration defines.`,
      severity: 'unknown',
      undecided: true,
      independent: true,
      subject: subjectOf([], undefined),
      fix: {
        text: `Define it in \`engines.opa.data\` or in a data file next to the policies${name.includes('.', 5) ? '' : `, for example \`${name.slice(5)}: []\` if it is empty`}.`,
      },
    },
  ];
}

function complaintsOf(rule: JudgingRule, value: unknown, label: string): readonly Complaint[] {
  if (value === undefined || value === false) return [];
  if (value === true) return [complaintSchema.parse({ msg: rule.title ?? `rejected by ${rule.packageName}.${rule.name}` })];
  return (Array.isArray(value) ? value : [value]).map((item: unknown) => {
    const parsed = complaintSchema.safeParse(typeof item === 'string' ? { msg: item } : item);
    if (parsed.success) return parsed.data;
    throw new GateError('POLICY_INVALID', {
      file: rule.file,
      line: rule.line,
      message: `${rule.packageName}.${rule.name} returns ${JSON.stringify(item)?.slice(0, 200)} for ${label}`,
      expected: 'strings, or objects with the string `msg`',
      next: 'Write `deny contains msg if { … }`; in Rego v1 `deny[msg] if { … }` makes an object, not a set.',
    });
  });
}

function finding(rule: JudgingRule, complaint: Complaint, subjectOf: SubjectOf): EngineFinding {
  const [title = '', ...rest] = complaint.msg.trim().split('\n');
  const detail = [rest.join('\n').trim(), rule.description?.trim() ?? '', detailsText(complaint)].filter((text) => text !== '');
  const id = typeof complaint.id === 'string' ? complaint.id : rule.id;
  const helpUrl = isHttps(complaint.url) ? complaint.url : rule.helpUrl;
  return {
    engine: engineId,
    rule: `${rule.packageName}.${rule.name}${id === undefined ? '' : `:${id}`}`,
    category: 'policy',
    title: title === '' ? (rule.title ?? `rejected by ${rule.packageName}.${rule.name}`) : title,
    ...(detail.length > 0 && { detail: detail.join('\n\n') }),
    severity: complaint.severity === undefined ? rule.severity : parseSeverity(textOf(complaint.severity)),
    subject: subjectOf(pathOf(complaint.path), textOf(complaint.uid)),
    ...(typeof complaint.fix === 'string' && { fix: { text: complaint.fix } }),
    ...(helpUrl !== undefined && { helpUrl }),
  };
}

function pathOf(value: unknown): FieldPath {
  if (typeof value === 'string') return parsePath(value);
  const steps = z.array(z.union([z.string(), z.number().int().nonnegative()])).safeParse(value);
  return steps.success ? steps.data : [];
}

function detailsText(complaint: Complaint): string {
  const { details } = complaint;
  if (details === undefined) return '';
  return typeof details === 'string' ? details : JSON.stringify(details);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function isHttps(value: unknown): value is string {
  return typeof value === 'string' && /^https:\/\/\S+$/.test(value);
}
