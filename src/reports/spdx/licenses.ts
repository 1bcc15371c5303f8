import { createHash } from 'node:crypto';
import { formatLicense, type LicenseExpression, parseLicense } from '../../licenses/expression.ts';
import { oneLine } from '../text.ts';

/** What a package declares, as the format has it: an expression, whose parts that SPDX does not list are in the document. */
export interface DeclaredLicense {
  readonly expression: string;
  readonly extracted: readonly ExtractedLicense[];
}
interface ExtractedLicense {
  readonly licenseId: string;
  readonly extractedText: string;
  readonly name: string;
}

/** Several licenses are joined by AND, as Trivy joins them: which of them apply is not known. */
export function declaredLicense(stated: readonly string[]): DeclaredLicense {
  const parts = [...new Set(stated)].filter((text) => text.trim() !== '').map(partOf);
  const several = parts.length > 1;
  const terms = parts.map(({ expression, isAlternative }) => (several && isAlternative ? `(${expression})` : expression));
  return {
    expression: terms.length === 0 ? 'NOASSERTION' : terms.join(' AND '),
    extracted: parts.flatMap(({ extracted }) => extracted),
  };
}

function partOf(text: string): DeclaredLicense & { readonly isAlternative: boolean } {
  const parsed = parseLicense(text);
  if (parsed === undefined || hasReference(parsed)) {
    const licenseId = `LicenseRef-k8s-gate-${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
    return {
      expression: licenseId,
      isAlternative: false,
      extracted: [{ licenseId, extractedText: text, name: oneLine(text).slice(0, 200) }],
    };
  }
  return {
    expression: formatLicense(parsed),
    isAlternative: 'conjunction' in parsed && parsed.conjunction === 'or',
    extracted: [],
  };
}

/** `LicenseRef-…` of a package refers to a document that is not here. */
function hasReference(expression: LicenseExpression): boolean {
  if ('conjunction' in expression) return hasReference(expression.left) || hasReference(expression.right);
  return /^(?:LicenseRef|DocumentRef)-/.test(expression.license);
}
