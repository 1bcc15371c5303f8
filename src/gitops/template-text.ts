import { parameterAt, type RenderText } from './parameters.ts';

/** Without Go templates `{{ name }}` is the parameter, and one that does not exist is kept. */
export const renderPlaceholders: RenderText = (texts, parameters) =>
  Promise.resolve(
    texts.map((text) =>
      text.replaceAll(/\{\{\s*([^{}]+?)\s*\}\}/g, (all, name: string) => {
        const value = parameterAt(parameters, name);
        return value === undefined || (typeof value === 'object' && value !== null) ? all : String(value);
      }),
    ),
  );

/** Only texts with an action need a template engine. */
export function onlyTemplates(render: RenderText): RenderText {
  return async (texts, parameters) => {
    const wanted = texts.filter((text) => text.includes('{{'));
    if (wanted.length === 0) return texts;
    const answers = await render(wanted, parameters);
    let next = 0;
    return texts.map((text) => (text.includes('{{') ? (answers[next++] ?? text) : text));
  };
}
