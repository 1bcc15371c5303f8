/** A text that is JSON, or the lines of one that has JSON in each. */
export function jsonLines(text: string): readonly string[] {
  try {
    JSON.parse(text);
    return [text];
  } catch {
    return text.split('\n').filter((line) => line.trim() !== '');
  }
}
