/** The text of docs/policies.md. */
export declare function policiesPage(): string;
