import * as z from 'zod';
import { once } from '../../model/once.ts';
import { type ConfigFile, keySchemas } from '../schema.ts';

/** Keys that are about one repository's files. */
export const ofRepository = ['extends', 'paths', 'generated', 'kustomizations'];

const waiverRules = () =>
  z.strictObject({
    maxDays: z.int().min(1).max(366).optional().describe('Maximum number of days from today to `expires` of a waiver.'),
    never: z
      .array(z.string().min(1))
      .optional()
      .describe('Globs of rules that cannot be waived or accepted in a baseline file: `cel/privileged`.'),
    owners: z.array(z.string().min(1)).optional().describe('Globs of the allowed owners of waivers: `@org/*`.'),
    selfWaiver: z.literal('deny').optional().describe('Waivers never apply to changes by their owner.'),
  });

/** Keys that are about an organization. */
export const ofOrganization = ['final', 'waivers', 'extends'];

/** What an organization's file has in addition to the keys of a configuration. */
const own = once(() =>
  z.object({
    final: z
      .array(z.string().min(1))
      .optional()
      .describe('Settings of this file that a repository may tighten and never loosen.'),
    waivers: waiverRules().optional().describe('Rules for the waivers of each repository.'),
    extends: z
      .never({ error: 'an organization’s file cannot extend another one' })
      .optional()
      .describe('Not allowed: an organization’s file cannot extend another one.'),
  }),
);

export type OrganizationFile = ConfigFile & z.infer<ReturnType<typeof own>>;

/** The shape of the file that `extends` names, and the source of schemas/organization.schema.json: `.k8s-gate.yaml` without what is about one repository, and with `final` and `waivers`. */
export const organizationSchema = once(build);

function build(): z.ZodType<OrganizationFile>;
function build(): z.ZodType {
  const shared = Object.entries(keySchemas()).filter(([key]) => !ofRepository.includes(key));
  return z.strictObject({ ...Object.fromEntries(shared), ...own().shape });
}
