export const schemaFile: string;
export const docsFile: string;
export function schemaText(schema: object): string;
export function docsText(docs: string, schema: object): string;
