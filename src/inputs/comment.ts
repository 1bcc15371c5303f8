import { GateError } from '../model/gate-error.ts';

/** No value makes a verdict greener, so the gate does not report a change of it. It is in force once it is in the base. */
export const commentModes = ['always', 'on-findings', 'never'] as const;
type CommentMode = (typeof commentModes)[number];

/** The value of the input `comment`. Throws GateError INPUT_INVALID. */
export function parseCommentMode(text: string): CommentMode {
  const mode = { true: 'always', false: 'never' }[text.toLowerCase()] ?? text;
  const known = commentModes.find((one) => one === mode);
  if (known !== undefined) return known;
  throw new GateError('INPUT_INVALID', {
    message: `comment: \`${text}\` is not a valid value`,
    expected: `one of ${commentModes.join(', ')}`,
  });
}
