import { lexTemplate } from './template-lexer.ts';

/** Functions of Sprig and Helm whose result differs from one rendering to the next. https://masterminds.github.io/sprig/ */
const random =
  /\b(?:rand(?:Alpha|AlphaNum|Ascii|Numeric|Bytes|Int)|shuffle|uuidv4|now|ago|gen(?:PrivateKey|CA|CAWithKey|SelfSignedCert|SelfSignedCertWithKey|SignedCert|SignedCertWithKey)|htpasswd|bcrypt|encryptAES)\b/;

export function mayBeRandom(texts: readonly string[]): boolean {
  return texts.some(
    (text) => random.test(text) && text.includes('{{') && lexTemplate(text).some(({ code }) => random.test(code)),
  );
}

const anotherTime = '(toDate "2006-01-02T15:04:05" "2001-02-03T04:05:06")';

/** A template that asks for a fixed time instead of the present one. */
export function withoutClock(text: string): string {
  if (!/\bnow\b/.test(text)) return text;
  return lexTemplate(text)
    .map(({ kind, start, end }) => {
      const part = text.slice(start, end);
      return kind === 'text' || part.includes('/*') ? part : part.replace(/"(?:[^"\\]|\\.)*"|`[^`]*`|(?<![\w.$-])now\b/g, fixed);
    })
    .join('');
}

function fixed(found: string): string {
  return found === 'now' ? anotherTime : found;
}
