import * as z from 'zod';

/** The parts of a ValidatingAdmissionPolicy and its binding that are read. Unknown fields are rejected: one may narrow what the policy matches. */
const selectorSchema = z.strictObject({
  matchLabels: z.record(z.string(), z.string()).optional(),
  matchExpressions: z
    .array(
      z.strictObject({
        key: z.string(),
        operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
        values: z.array(z.string()).nullish(),
      }),
    )
    .optional(),
});
const ruleSchema = z.strictObject({
  apiGroups: z.array(z.string()).min(1),
  apiVersions: z.array(z.string()).min(1),
  resources: z.array(z.string()).min(1),
  operations: z.array(z.enum(['CREATE', 'UPDATE', 'DELETE', 'CONNECT', '*'])).min(1),
  scope: z.enum(['Cluster', 'Namespaced', '*']).optional(),
  resourceNames: z.array(z.string()).optional(),
});
export const matchSchema = z.strictObject({
  namespaceSelector: selectorSchema.nullish(),
  objectSelector: selectorSchema.nullish(),
  resourceRules: z.array(ruleSchema).optional(),
  excludeResourceRules: z.array(ruleSchema).optional(),
  matchPolicy: z.enum(['Exact', 'Equivalent']).optional(),
});
const expression = z.string().min(1);

export const policySpecSchema = z.strictObject({
  failurePolicy: z.enum(['Fail', 'Ignore']).default('Fail'),
  paramKind: z.strictObject({ apiVersion: z.string(), kind: z.string() }).nullish(),
  matchConstraints: matchSchema.extend({ resourceRules: z.array(ruleSchema).min(1) }),
  matchConditions: z.array(z.strictObject({ name: z.string(), expression })).default([]),
  variables: z.array(z.strictObject({ name: z.string().regex(/^[A-Za-z_]\w*$/), expression })).default([]),
  validations: z
    .array(
      z.strictObject({
        expression,
        message: z.string().optional(),
        messageExpression: z.string().optional(),
        reason: z.string().optional(),
      }),
    )
    .default([]),
  auditAnnotations: z.array(z.looseObject({ key: z.string() })).optional(),
});

const mutationSchema = z.discriminatedUnion('patchType', [
  z.strictObject({ patchType: z.literal('ApplyConfiguration'), applyConfiguration: z.strictObject({ expression }) }),
  z.strictObject({ patchType: z.literal('JSONPatch'), jsonPatch: z.strictObject({ expression }) }),
]);

/** A MutatingAdmissionPolicy. */
export const mutatingSpecSchema = policySpecSchema
  .omit({ validations: true, auditAnnotations: true })
  .extend({ reinvocationPolicy: z.enum(['Never', 'IfNeeded']), mutations: z.array(mutationSchema).min(1) });

const boundSchema = z.strictObject({
  policyName: z.string().min(1),
  paramRef: z
    .strictObject({
      name: z.string().min(1).optional(),
      namespace: z.string().min(1).optional(),
      selector: selectorSchema.nullish(),
      parameterNotFoundAction: z.enum(['Allow', 'Deny']).optional(),
    })
    .nullish(),
  matchResources: matchSchema.nullish(),
});
export const bindingSpecSchema = boundSchema.extend({ validationActions: z.array(z.enum(['Deny', 'Warn', 'Audit'])).min(1) });
/** A MutatingAdmissionPolicyBinding has no actions. */
export const mutatingBindingSchema = boundSchema.transform((spec) => ({ ...spec, validationActions: [] }));

export type ResourceRule = z.infer<typeof ruleSchema>;
export type MatchResources = z.infer<typeof matchSchema>;
export type PolicySpec = z.infer<typeof policySpecSchema>;
export type MutatingSpec = z.infer<typeof mutatingSpecSchema>;
export type BindingSpec = z.infer<typeof bindingSpecSchema>;
