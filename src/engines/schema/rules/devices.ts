import { all, type Faults, invalid, missing, required } from './faults.ts';
import type { Field } from './field.ts';
import { repeated } from './metadata.ts';
import { dnsLabel, dnsSubdomain } from './names.ts';

const rule = 'device';

/** Of resource.k8s.io/v1: what a claim requests. */
function* claimSpec(spec: Field): Faults {
  const requests = spec.at('devices', 'requests').items();
  yield* repeated(
    requests.map((request) => request.at('name')),
    rule,
  );
  for (const request of requests) {
    const [name, exactly, first] = [request.at('name'), request.at('exactly'), request.at('firstAvailable')];
    yield* missing(name, rule);
    if (name.text !== '') yield* all(name, rule, dnsLabel(name.text));
    if (exactly.isSet === first.size > 0)
      yield required(request, rule, 'exactly one of `exactly` or `firstAvailable` is required');
    for (const one of exactly.isSet ? [exactly] : first.items()) {
      const className = one.at('deviceClassName');
      yield* missing(className, rule);
      if (className.text !== '') yield* all(className, 'reference-name', dnsSubdomain(className.text));
      if ((one.at('count').number ?? 1) < 0) yield invalid(one.at('count'), rule, 'must be greater than zero');
      yield* selectors(one);
    }
  }
}

function* selectors(field: Field): Faults {
  for (const selector of field.at('selectors').items()) {
    if (!selector.at('cel').isSet) yield required(selector.at('cel'), rule);
    else yield* missing(selector.at('cel', 'expression'), rule);
  }
}

export function* deviceClass(object: Field): Faults {
  yield* selectors(object.at('spec'));
}

export function* resourceClaim(object: Field): Faults {
  yield* claimSpec(object.at('spec'));
}

export function* resourceClaimTemplate(object: Field): Faults {
  yield* claimSpec(object.at('spec', 'spec'));
}
