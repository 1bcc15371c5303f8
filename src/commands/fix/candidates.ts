import { locateImageTag } from '../../edits/image-tag.ts';
import { locateTarget } from '../../edits/locate.ts';
import { readSource } from '../../edits/source.ts';
import { type Operation, readOperation } from '../../edits/value.ts';
import { locateInValues } from '../../edits/values.ts';
import type { Finding } from '../../model/finding.ts';
import type { SourceLocation } from '../../model/location.ts';
import { withoutCarriageReturns } from './apply.ts';
import type { Edit } from './edit.ts';
import { changeTemplate, valuesFor } from './template.ts';

type Candidate = Pick<Edit, 'file' | 'change'>;
/** The text of a file that may be edited, or why it may not. */
export type Read = (file: string) => Promise<{ readonly text: string } | { readonly refused: string }>;

/** The ways to apply a finding's patch at one of its places, the best first, or why there is none. */
export async function candidates(finding: Finding, place: SourceLocation, read: Read): Promise<readonly Candidate[] | string> {
  const operations = (finding.fix?.patch ?? []).map(readOperation);
  if (finding.subject.kind !== 'resource' || !operations.every((operation) => operation !== undefined))
    return 'its suggestion removes or replaces more than one value';
  const found = await read(place.file);
  if ('refused' in found) return found.refused;
  const text = withoutCarriageReturns(found.text);
  const subject = finding.subject.path.map(String);
  const changes = text.includes('{{')
    ? await inTemplate(operations, place, text, read)
    : inDocuments(finding, operations, subject, place, text);
  return changes.length === 0 ? 'it is not reported at the field that the suggestion changes' : changes;
}

function inDocuments(
  finding: Finding,
  operations: readonly Operation[],
  subject: readonly string[],
  place: SourceLocation,
  text: string,
): readonly Candidate[] {
  const source = readSource(text);
  if (source === undefined) return [];
  const tag = subject.at(-1) === 'image' ? locateImageTag(operations, place, source) : undefined;
  const target =
    locateTarget(finding, operations, place, source, 'checked') ?? tag ?? locateInValues(operations, subject, place, source);
  return target === undefined ? [] : [{ file: place.file, change: { kind: 'document', ...target } }];
}

async function inTemplate(
  operations: readonly Operation[],
  place: SourceLocation,
  text: string,
  read: Read,
): Promise<readonly Candidate[]> {
  const [operation] = operations;
  if (operation === undefined || operations.length > 1) return [];
  const chart = /^(.*?)(?:^|\/)templates\//.exec(place.file)?.[1];
  const steps = chart === undefined || operation.op !== 'add' ? undefined : valuesFor(operation.path, place, text);
  const values = chart === undefined || steps === undefined ? undefined : await inValues(chart, steps, operation, read);
  const change = changeTemplate(operation, place, text);
  return [...(values === undefined ? [] : [values]), ...(change === undefined ? [] : [{ file: place.file, change }])];
}

/** In the values of the chart, which each release gets unless its own replace them. */
async function inValues(
  chart: string,
  path: readonly string[],
  operation: Operation,
  read: Read,
): Promise<Candidate | undefined> {
  const file = chart === '' ? 'values.yaml' : `${chart}/values.yaml`;
  const found = await read(file);
  if ('refused' in found || readSource(found.text) === undefined) return undefined;
  const { value } = operation;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const operations = Object.entries(value).map(([key, item]) => ({ op: 'add' as const, path: [...path, key], value: item }));
  return { file, change: { kind: 'document', document: 0, operations } };
}
