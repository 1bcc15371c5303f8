import * as z from 'zod';
import type { Located, LocatedDocument } from './located.ts';
import { imageNamed, type Named, namedByPurl } from './purl.ts';
import { type ReadVex, type Statement, statedAt, unknownWord, vulnerabilityNames } from './statements.ts';

/** The fields of OpenVEX that decide; JSON-LD allows others. https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md */
const component = z.object({
  '@id': z.string().optional(),
  identifiers: z.object({ purl: z.string().optional() }).optional(),
});
const product = component.extend({ subcomponents: z.array(z.union([z.string(), component])).optional() });
const statement = z.object({
  vulnerability: z.union([z.string(), z.object({ name: z.string(), aliases: z.array(z.string()).optional() })]),
  products: z.array(z.union([z.string(), product])).optional(),
  status: z.string(),
  justification: z.string().optional(),
  impact_statement: z.string().optional(),
  timestamp: z.string().optional(),
  last_updated: z.string().optional(),
});
const schema = z.object({
  '@context': z.string().startsWith('https://openvex.dev/ns', 'expected https://openvex.dev/ns/v0.2.0'),
  author: z.string().min(1),
  timestamp: z.string().optional(),
  last_updated: z.string().optional(),
  statements: z.array(statement).max(10_000),
});
const clearing: readonly string[] = ['not_affected', 'fixed'];
const open: readonly string[] = ['affected', 'under_investigation'];
const justifications: readonly string[] = [
  'component_not_present',
  'vulnerable_code_not_present',
  'vulnerable_code_not_in_execute_path',
  'vulnerable_code_cannot_be_controlled_by_adversary',
  'inline_mitigations_already_exist',
];
type Document = z.infer<typeof schema>;
type Written = z.infer<typeof statement>;
type Product = z.infer<typeof product>;

/** Throws GateError CONFIG_INVALID with the line of what is wrong. */
export function readOpenVex(document: LocatedDocument, file: string, today: Date): ReadVex {
  const located = document.as(schema);
  const read = located.value.statements.map((written, index) => readStatement(written, index, located, file, today));
  return { statements: read.flatMap((part) => part.statements), ignored: read.flatMap((part) => part.ignored) };
}

function readStatement(written: Written, index: number, located: Located<Document>, file: string, today: Date): ReadVex {
  const path = ['statements', index];
  const { vulnerability, status, justification } = written;
  const [name, aliases] =
    typeof vulnerability === 'string' ? [vulnerability, []] : [vulnerability.name, vulnerability.aliases ?? []];
  const clears = clearing.includes(status);
  const why = written.impact_statement ?? justification;
  if (status === 'not_affected' && why === undefined)
    throw located.at(path, 'is not_affected without a reason', '`justification` or `impact_statement`');
  const { author } = located.value;
  const common = {
    source: 'openvex' as const,
    clears,
    vulnerability: vulnerabilityNames([name, ...aliases], located, [...path, 'vulnerability']),
    stated: statedAt(statedIn(written, located.value), today, located, path),
    author,
    reason: why ?? `fixed, according to ${author}`,
    ...(justification !== undefined && { justification }),
    file,
  };
  const products = (written.products ?? []).map((one) => (typeof one === 'string' ? { '@id': one } : one));
  if (products.length === 0) throw located.at(path, 'names no product', '`products`');
  const at = (key: string) => ({ file, line: located.line([...path, key]) });
  if (clears && justification !== undefined && !justifications.includes(justification))
    return { statements: [], ignored: [unknownWord('justification', justification, justifications, at('justification'))] };
  const statements: Statement[] = [];
  const ignored: ReadVex['ignored'][number][] =
    clears || open.includes(status) ? [] : [unknownWord('status', status, [...clearing, ...open], at('status'))];
  for (const [position, one] of products.entries()) {
    const line = located.line([...path, 'products', position]);
    const about = aboutOf(one);
    if (typeof about !== 'string') statements.push(...about.map((part) => ({ ...common, ...part, line })));
    else if (clears) ignored.push({ file, line, reason: about });
  }
  return { statements, ignored };
}

/** "A timestamp in a statement entry overrides a timestamp defined at the document level." */
function statedIn(written: Written, document: Document): string | undefined {
  return written.last_updated ?? written.timestamp ?? document.last_updated ?? document.timestamp;
}

type About = Pick<Statement, 'product' | 'component'>;

/** What the statement is about, or why it can't be matched to an image. */
function aboutOf(written: Product): readonly About[] | string {
  const named = namedBy(written);
  const parts = (written.subcomponents ?? []).map((part) => namedBy(typeof part === 'string' ? { '@id': part } : part));
  if (named.kind === 'unclear') return named.reason;
  if (named.kind === 'image') {
    if (parts.length === 0) return [{ product: named }];
    const components = parts.flatMap((part) => (part.kind === 'component' ? [part] : []));
    if (components.length < parts.length) return 'a subcomponent is not the package URL of a package';
    return components.map((component) => ({ product: named, component }));
  }
  // The statement is about a library of one program, and findings do not name the program of a library.
  if (parts.length > 0) return `${named.name} is not an image, so its subcomponents can't be matched to one`;
  if (named.version === undefined) return `${named.name} has no version`;
  return [{ product: 'any-image', component: named }];
}

function namedBy(written: z.infer<typeof component>): Named {
  const id = written['@id'];
  const purl = written.identifiers?.purl ?? (id?.startsWith('pkg:') ? id : undefined);
  const named = purl === undefined ? (id === undefined ? undefined : imageNamed(id)) : namedByPurl(purl);
  return (
    named ?? {
      kind: 'unclear',
      reason: `${(purl ?? id ?? 'the product').slice(0, 200)} is neither a package URL nor an image reference`,
    }
  );
}
