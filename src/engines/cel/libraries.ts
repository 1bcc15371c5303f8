import type { Environment } from '@marcbachmann/cel-js';
import type { Spend } from './budget.ts';
import { conversions } from './libraries/conversions.ts';
import type { CreateLibrary, Library } from './libraries/library.ts';
import { listLibrary, setLibrary } from './libraries/lists.ts';
import { networkLibrary } from './libraries/network.ts';
import { optionalLibrary } from './libraries/optionals.ts';
import { quantityLibrary } from './libraries/quantity.ts';
import { regexLibrary } from './libraries/regex.ts';
import { selection } from './libraries/selection.ts';
import { stringLibrary } from './libraries/strings.ts';
import { urlLibrary } from './libraries/urls.ts';

/** All that is added to the language of cel-js. A new library is a file in libraries/ and a line here. */
const libraries: readonly (Library | CreateLibrary)[] = [
  selection,
  optionalLibrary,
  conversions,
  regexLibrary,
  stringLibrary,
  listLibrary,
  setLibrary,
  quantityLibrary,
  networkLibrary,
  urlLibrary,
];

export function registerLibraries(environment: Environment, spend: Spend): void {
  for (const entry of libraries) {
    const { types = {}, constants = {}, functions = {}, operators = {} } = typeof entry === 'function' ? entry(spend) : entry;
    for (const [name, definition] of Object.entries(types)) environment.registerType(name, definition);
    for (const [name, [type, value]] of Object.entries(constants)) environment.registerConstant(name, type, value);
    // Without `async: false` cel-js looks for a promise in each argument and result.
    for (const [signature, handler] of Object.entries(functions))
      environment.registerFunction(signature, handler, { async: false });
    for (const [signature, handler] of Object.entries(operators)) environment.registerOperator(signature, handler);
  }
}
