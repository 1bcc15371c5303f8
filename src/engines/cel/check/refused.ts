/** An API server refuses the expression, with the reason. */
export class Refused extends Error {}

/** An API server takes the expression, but k8s-gate does not. */
export class Unsupported extends Error {}
