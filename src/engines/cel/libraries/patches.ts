import type { Library } from './library.ts';

/** https://github.com/kubernetes/apiserver/blob/v0.36.3/pkg/cel/library/jsonpatch.go */
export const patchLibrary: Library = {
  string_jsonpatch_escapeKey_string: (key: string) => key.replaceAll('~', '~0').replaceAll('/', '~1'),
};
