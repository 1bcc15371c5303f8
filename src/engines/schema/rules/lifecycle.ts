import * as z from 'zod';
import data from '../api-lifecycle.json' with { type: 'json' };
import type { ObjectRule } from '../rule.ts';

const entry = z.object({ deprecated: z.string().optional(), removed: z.string().optional(), replacement: z.string().optional() });
const { apis } = z.object({ apis: z.record(z.string(), entry) }).parse(data);

/** 25 of 1.25. */
const minorOf = (release: string | undefined) =>
  release === undefined ? Number.POSITIVE_INFINITY : Number(release.split('.')[1]);

/** Where the modules name no replacement: the version of the same kind, as in Kubernetes' deprecation guide. */
const replacements: Readonly<Record<string, string>> = {
  'apps/v1beta1': 'apps/v1',
  'apps/v1beta2': 'apps/v1',
};

/** An API that is removed in this version of Kubernetes, or deprecated. https://kubernetes.io/docs/reference/using-api/deprecation-guide/ */
export const apiLifecycle: ObjectRule = function* (_object, { group, version, kind, minor }) {
  const apiVersion = group === '' ? version : `${group}/${version}`;
  const api = apis[`${apiVersion} ${kind}`];
  if (api === undefined) return;
  const other = api.replacement ?? (replacements[apiVersion] === undefined ? undefined : `${replacements[apiVersion]} ${kind}`);
  const [replacedBy, ofKind] = other?.split(' ') ?? [];
  const advice =
    replacedBy === undefined
      ? `There is no replacement in Kubernetes for ${kind} of ${apiVersion}: remove the object.`
      : `Use apiVersion ${replacedBy}${ofKind === kind ? '' : ` and kind ${ofKind}`}, and check the fields that changed.`;
  const suggestion = `${advice} See https://kubernetes.io/docs/reference/using-api/deprecation-guide/`;
  if (minorOf(api.removed) <= minor)
    yield {
      path: ['apiVersion'],
      rule: 'removed-api',
      severity: 'critical',
      message: `${apiVersion} ${kind} was removed in Kubernetes ${api.removed}, and 1.${minor} refuses it`,
      suggestion,
    };
  else if (minorOf(api.deprecated) <= minor)
    yield {
      path: ['apiVersion'],
      rule: 'deprecated-api',
      severity: 'medium',
      message: `${apiVersion} ${kind} is deprecated since Kubernetes ${api.deprecated}${api.removed === undefined ? '' : ` and removed in ${api.removed}`}`,
      suggestion,
    };
};
