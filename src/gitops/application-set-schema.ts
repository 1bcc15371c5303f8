import * as z from 'zod';
import type { JsonObject } from '../model/json.ts';
import { jsonObject, jsonValue, text } from './schema-basics.ts';

const values = z.record(z.string(), text).nullish();
const git = z.looseObject({
  repoURL: z.string(),
  revision: text.nullish(),
  directories: z.array(z.looseObject({ path: z.string(), exclude: z.boolean().nullish() })).nullish(),
  files: z.array(z.looseObject({ path: z.string(), exclude: z.boolean().nullish() })).nullish(),
  pathParamPrefix: z.string().nullish(),
  values,
});
const requirement = z.looseObject({ key: z.string(), operator: z.string(), values: z.array(text).nullish() });
export const labelSelector = z.looseObject({
  matchLabels: z.record(z.string(), text).nullish(),
  matchExpressions: z.array(requirement).nullish(),
});
export type LabelSelector = z.infer<typeof labelSelector>;

/** https://argo-cd.readthedocs.io/en/stable/operator-manual/applicationset/Generators/ */
export interface Generator {
  readonly list?:
    | { readonly elements?: readonly JsonObject[] | null | undefined; readonly elementsYaml?: string | null | undefined }
    | null
    | undefined;
  readonly git?: z.infer<typeof git> | null | undefined;
  readonly clusters?:
    | {
        readonly selector?: LabelSelector | null | undefined;
        readonly values?: Readonly<Record<string, string>> | null | undefined;
      }
    | null
    | undefined;
  readonly matrix?: { readonly generators: readonly Generator[] } | null | undefined;
  readonly merge?: { readonly generators: readonly Generator[]; readonly mergeKeys: readonly string[] } | null | undefined;
  readonly selector?: LabelSelector | null | undefined;
  readonly [other: string]: unknown;
}
const generator: z.ZodType<Generator> = z.lazy(() =>
  z.looseObject({
    list: z.looseObject({ elements: z.array(jsonObject).nullish(), elementsYaml: z.string().nullish() }).nullish(),
    git: git.nullish(),
    clusters: z.looseObject({ selector: labelSelector.nullish(), values }).nullish(),
    matrix: z.looseObject({ generators: z.array(generator) }).nullish(),
    merge: z.looseObject({ generators: z.array(generator), mergeKeys: z.array(z.string()) }).nullish(),
    selector: labelSelector.nullish(),
  }),
);

export const applicationSetSpec = z.looseObject({
  goTemplate: z.boolean().nullish(),
  goTemplateOptions: z.array(z.string()).nullish(),
  generators: z.array(generator),
  template: z.looseObject({ metadata: jsonObject.nullish(), spec: jsonValue.nullish() }),
  templatePatch: z.string().nullish(),
});
export type ApplicationSetSpec = z.infer<typeof applicationSetSpec>;

const withTemplate = z.looseObject({ template: jsonObject });

/** The template that a generator has of its own: `list.template`. */
export function templateOf(generator: Generator): { readonly template: JsonObject; readonly of: string } {
  for (const [of, part] of Object.entries(generator)) {
    const found = withTemplate.safeParse(part);
    if (found.success) return { template: found.data.template, of };
  }
  return { template: {}, of: '' };
}
