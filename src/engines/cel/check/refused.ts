/** An API server refuses the expression, with the reason. */
export class Refused extends Error {}
