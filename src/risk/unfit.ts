/** Data that is not used, with the reason as the end of a sentence. */
export class Unfit extends Error {}
