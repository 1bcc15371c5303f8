export const categories = ['vulnerability', 'misconfiguration', 'secret', 'policy', 'best-practice', 'benchmark'] as const;
export type Category = (typeof categories)[number];
