import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import type { EngineFinding } from '../../src/model/finding.ts';
import type { PolicyFile } from '../../src/model/policy.ts';
import type { Resource } from '../../src/model/resource.ts';
import { readObjects } from '../../src/yaml/objects.ts';
import { parseYaml } from '../../src/yaml/yaml.ts';
import { resource } from '../support/model.ts';

const caseSchema = z.looseObject({
  name: z.string(),
  object: z.string(),
  inventory: z.array(z.string()).default([]),
  skip: z.boolean().default(false),
  assertions: z.array(
    z.looseObject({
      // YAML 1.1 reads `yes` and `no` as booleans.
      violations: z.union([z.number(), z.boolean(), z.enum(['yes', 'no'])]).default('yes'),
      message: z.string().optional(),
    }),
  ),
});
const suiteSchema = z.looseObject({
  tests: z.array(
    z.looseObject({
      name: z.string(),
      template: z.string(),
      constraint: z.string(),
      expansion: z.string().default(''),
      invalid: z.boolean().default(false),
      skip: z.boolean().default(false),
      cases: z.array(caseSchema).default([]),
    }),
  ),
});
type SuiteCase = z.infer<typeof caseSchema>;

/** One case of a suite, as the engine's input. */
export interface PublishedCase {
  readonly name: string;
  readonly policies: readonly PolicyFile[];
  /** The object comes first. */
  readonly resources: readonly Resource[];
  readonly assertions: SuiteCase['assertions'];
  /** Not an object that can be deployed, but a request of a kind that a change never makes. */
  readonly isRequest: boolean;
}

export function suitesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => path.basename(file) === 'suite.yaml')
    .map((file) => path.join(folder, file))
    .toSorted();
}

export function casesOf(file: string): readonly PublishedCase[] {
  const folder = path.dirname(file);
  const suite = suiteSchema.parse(parseYaml({ file, text: readFileSync(file, 'utf8') })[0]?.value);
  return suite.tests
    .filter(({ skip, invalid }) => !skip && !invalid)
    .flatMap((test) => {
      const policies = [test.template, test.constraint, test.expansion]
        .filter((one) => one !== '')
        .map((one) => policyAt(folder, one));
      return test.cases
        .filter(({ skip }) => !skip)
        .map((one) => {
          const resources = [one.object, ...one.inventory].flatMap((name) => resourcesAt(path.join(folder, name)));
          return {
            name: `${path.basename(folder)}/${test.name}/${one.name}`,
            policies,
            resources: resources.map((own, index) => ({ ...own, uid: `obj-${index}` })),
            assertions: one.assertions,
            isRequest: /^kind: AdmissionReview$/m.test(readFileSync(path.join(folder, one.object), 'utf8')),
          };
        });
    });
}

function policyAt(folder: string, name: string): PolicyFile {
  return { file: name, language: 'gatekeeper', text: readFileSync(path.join(folder, name), 'utf8') };
}

function resourcesAt(file: string): readonly Resource[] {
  return parseYaml({ file, text: readFileSync(file, 'utf8') }).flatMap(({ value }) =>
    readObjects(value).flatMap((reading) => {
      if (reading.is !== 'object') return [];
      const { namespace: _shop, ...bare } = resource({ uid: 'x', ...reading.identity });
      const { namespace } = reading.identity;
      return [{ ...bare, ...(namespace !== undefined && { namespace }) }];
    }),
  );
}

/** Whether the findings about the object are those that the suite asserts. */
export function holds(assertions: SuiteCase['assertions'], findings: readonly EngineFinding[]): boolean {
  return assertions.every(({ violations, message }) => {
    const pattern = message === undefined ? undefined : new RegExp(message);
    const count = findings.filter(({ title }) => pattern?.test(title) ?? true).length;
    if (typeof violations === 'number') return count === violations;
    return violations === 'yes' || violations === true ? count > 0 : count === 0;
  });
}
