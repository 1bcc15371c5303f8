/** The grammar of distribution/reference: [host[:port]/]path[:tag][@digest]. */
const host =
  /^(?:localhost|[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9a-fA-F:]+\])(?::\d+)?$/;
const component = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;

export function isReference(text: string): boolean {
  const match = /^([^@]+?)(?::(\w[\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}))?$/.exec(text);
  const name = match?.[1];
  if (name === undefined || name.length > 255) return false;
  const [first = '', ...rest] = name.split('/');
  const hasHost = rest.length > 0 && (/[.:[]/.test(first) || first === 'localhost' || first !== first.toLowerCase());
  return hasHost
    ? host.test(first) && rest.every((part) => component.test(part))
    : [first, ...rest].every((part) => component.test(part));
}

interface Placeholder {
  readonly pattern: RegExp;
  readonly what: string;
  readonly next: string;
}

const replaced = 'Render the manifests with it before the gate runs, or name the image itself.';

/** What tools write in the place of an image, and what replaces it before it reaches a cluster. */
const placeholders: readonly Placeholder[] = [
  { pattern: /^ko:\/\//, what: 'a placeholder that ko replaces (https://ko.build)', next: replaced },
  { pattern: /^bazel:|^\/\/[\w/.-]*:/, what: 'a placeholder that rules_k8s replaces', next: replaced },
  { pattern: /\{\{.*\}\}/, what: 'a template that was not rendered', next: 'Render it before the gate runs.' },
  { pattern: /\$\{[^}]*\}|\$\w/, what: 'a variable that envsubst or Flux replaces', next: replaced },
  { pattern: /\$\(/, what: 'a variable that a pipeline or kustomize replaces', next: replaced },
  { pattern: /^skaffold|^image:\/\//, what: 'a placeholder that a build tool such as Skaffold replaces', next: replaced },
  {
    pattern: /[<>{}[\]]|__\w+__|@@/,
    what: 'a placeholder',
    next: 'Name the image, or render the manifests before the gate runs.',
  },
  { pattern: /^$/, what: 'empty', next: 'Name the image, or leave the field out where something else sets it.' },
  {
    pattern: /[A-Z][A-Z0-9_]+/,
    what: 'a placeholder, or a repository in capital letters, which no registry has',
    next: 'Correct the reference.',
  },
];

/** What an invalid reference is meant to be. */
export function describeText(text: string): Pick<Placeholder, 'what' | 'next'> {
  return placeholders.find(({ pattern }) => pattern.test(text)) ?? { what: 'no image reference', next: 'Correct the reference.' };
}

/** Argo Workflows, Tekton and OpenShift templates get these from whoever starts them. */
export function isParameter(text: string): boolean {
  return /\{\{.*\}\}|\$\(.*\)|\$\{\{?.*\}\}?/.test(text);
}
