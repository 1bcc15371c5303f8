import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';

const require = createRequire(import.meta.url);

/**
 * A page that shows Markdown as near to GitHub as is possible here: its style sheet, a parser of its dialect, Mermaid. GitHub's own
 * sanitizer and its links for mentions are missing: raw tags are let through, so that a smuggled one shows. `data-drawing` is on the
 * body until Mermaid is done; what it can't draw becomes `.mermaid-error`.
 */
export function markdownPage(markdown: string): string {
  const body = micromark(markdown, { allowDangerousHtml: true, extensions: [gfm()], htmlExtensions: [gfmHtml()] });
  const css = readFileSync(require.resolve('github-markdown-css/github-markdown.css'), 'utf8');
  const draw = body.includes('class="language-mermaid"') ? mermaidScripts() : '';
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Markdown</title><style>${css}
body { margin: 0; padding: 24px; } @media (prefers-color-scheme: dark) { body { background: #0d1117; } } .markdown-body { max-width: 920px; margin: 0 auto; } .diagram { text-align: center; }</style></head>
<body${draw === '' ? '' : ' data-drawing'}><article class="markdown-body">${body}</article>${draw}</body></html>\n`;
}

/** From the installed package's file: nothing is loaded from the network. */
function mermaidScripts(): string {
  const source = pathToFileURL(require.resolve('mermaid/dist/mermaid.min.js')).href;
  return `<script src="${source}"></script><script>
(async () => {
  mermaid.initialize({ startOnLoad: false, securityLevel: 'strict', theme: matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'default' });
  for (const [index, code] of [...document.querySelectorAll('code.language-mermaid')].entries()) {
    const place = document.createElement('div');
    try {
      place.className = 'diagram';
      place.innerHTML = (await mermaid.render('diagram-' + index, code.textContent)).svg;
    } catch (error) {
      place.className = 'mermaid-error';
      place.textContent = String(error);
    }
    code.parentElement.replaceWith(place);
  }
  document.body.removeAttribute('data-drawing');
})();
</script>`;
}
