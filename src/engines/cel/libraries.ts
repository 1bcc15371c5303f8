import type { Environment } from '@marcbachmann/cel-js';
import type { Spend } from './budget.ts';
import { conversions } from './libraries/conversions.ts';
import { Format, formatLibrary } from './libraries/formats.ts';
import type { CreateLibrary, Library } from './libraries/library.ts';
import { listLibrary, setLibrary } from './libraries/lists.ts';
import { Cidr, Ip, networkLibrary } from './libraries/network.ts';
import { optionalLibrary } from './libraries/optionals.ts';
import { patchLibrary } from './libraries/patches.ts';
import { Quantity, quantityLibrary } from './libraries/quantity.ts';
import { regexLibrary } from './libraries/regex.ts';
import { Semver, semverLibrary } from './libraries/semver.ts';
import { stringLibrary } from './libraries/strings.ts';
import { timeLibrary } from './libraries/times.ts';
import { Url, urlLibrary } from './libraries/urls.ts';
import { Message } from './semantics/messages.ts';
import { Instant, Span } from './semantics/time.ts';
import { Uint } from './semantics/uint.ts';
import { TypeValue } from './semantics/values.ts';

/** All functions of CEL. A new library is a file in libraries/ and a line here. */
const libraries: readonly (Library | CreateLibrary)[] = [
  conversions,
  timeLibrary,
  regexLibrary,
  stringLibrary,
  listLibrary,
  setLibrary,
  optionalLibrary,
  quantityLibrary,
  networkLibrary,
  urlLibrary,
  semverLibrary,
  formatLibrary,
  patchLibrary,
];

export function createLibrary(spend: Spend): Library {
  return Object.assign({}, ...libraries.map((library) => (typeof library === 'function' ? library(spend) : library)));
}

/** cel-js passes on only values whose classes it knows. */
export function registerTypes(environment: Environment): void {
  const classes = { Cidr, Format, Instant, Ip, Message, Quantity, Semver, Span, TypeValue, Uint, Url };
  for (const [name, ctor] of Object.entries(classes)) environment.registerType(name, { ctor, fields: {} });
}
