import * as z from 'zod';
import { parseJson } from '../../model/attempt.ts';
import type { Repository } from '../../model/image-name.ts';
import type { LookUp, RegistryDocument } from '../../ports/ports.ts';
import { registryOf } from './args.ts';
import { namedHosts } from './private-host.ts';
import type { TrivyContext } from './process.ts';

const maxPageBytes = 4 * 1024 * 1024;
/** 20,000 tags with pages of 1,000; registries may send smaller pages. */
const maxPages = 20;
const requestMs = 20_000;

/** How the registry of an image is requested. */
export function lookUpOf(context: TrivyContext, registry: string): LookUp {
  const { options, signal } = context;
  return {
    insecure: options.insecureRegistries.includes(registryOf(`${registry}/`)),
    credentials: options.credentials === 'runner',
    named: namedHosts(context),
    timeoutMs: requestMs,
    signal,
  };
}

const pageSchema = z.object({ tags: z.array(z.string().max(128)).nullish() });

/** The tags of a repository, or why they are not all known: part of a list could lack the newest. */
export async function listTags(
  context: TrivyContext,
  { registry, repository }: Repository,
): Promise<readonly string[] | { readonly why: string }> {
  const options = { ...lookUpOf(context, registry), maxBytes: maxPageBytes };
  const tags: string[] = [];
  let path = 'tags/list?n=1000';
  for (let page = 0; page < maxPages; page += 1) {
    const document = await context.ports.registries.read({ registry, repository, path }, options);
    if (document.status !== 'found') return { why: whyNot(document) };
    const found = pageSchema.safeParse(parseJson(Buffer.from(document.bytes).toString('utf8')));
    if (!found.success) return { why: 'its list of tags cannot be read' };
    tags.push(...(found.data.tags ?? []));
    if (document.next === undefined) return tags;
    path = document.next;
  }
  return { why: `it has more than ${maxPages} pages of tags` };
}

export function whyNot(document: Exclude<RegistryDocument, { readonly status: 'found' }>): string {
  if (document.status === 'unavailable') return document.why;
  if (document.status === 'refused') return `no request is sent to ${document.host}, which ${document.why}`;
  return document.status === 'absent' ? 'the registry does not have it' : 'the answer of the registry is too large';
}
