import path from 'node:path';
import type { RenderText } from '../gitops/parameters.ts';
import type { SandboxMode } from '../model/config.ts';
import { GateError } from '../model/gate-error.ts';
import { isObject, stringifyJson } from '../model/json.ts';
import { parseYaml } from '../yaml/yaml.ts';
import type { RenderContext } from './context.ts';
import { excerpt, runTool } from './run-tool.ts';

/**
 * Go templates of an ApplicationSet by Helm's own engine: both use text/template with Sprig. A chart of the gate evaluates each text with
 * `tpl`, whose root is then the parameters. What Argo CD adds to Sprig are templates of that chart.
 * https://argo-cd.readthedocs.io/en/stable/operator-manual/applicationset/GoTemplate/
 */
export function createGoTemplates(sandbox: SandboxMode, context: RenderContext): RenderText {
  let count = 0;
  return async (texts, parameters) => {
    const { files } = context.ports;
    const chart = path.join(context.tempDir, `go-template-${count++}`);
    const items = texts.map((text) => text.replaceAll(/\b(normalize|slugify)\b/g, 'include "$1"'));
    await files.write(path.join(chart, 'Chart.yaml'), '{"apiVersion":"v2","name":"x","version":"0.0.0"}\n');
    await files.write(path.join(chart, 'values.yaml'), stringifyJson({ texts: items, parameters }));
    await files.write(path.join(chart, 'templates', '_functions.tpl'), functions);
    await files.write(path.join(chart, 'templates', 'texts.yaml'), template);
    const result = await runTool('helm', ['template', 'x', chart], chart, context, sandbox);
    const answer = result.exitCode === 0 ? parseYaml({ file: 'template', text: result.stdout })[0]?.value : undefined;
    const data = isObject(answer) && isObject(answer.data) ? answer.data : undefined;
    if (data === undefined)
      throw new GateError('RENDER_FAILED', {
        message: `the Go template cannot be evaluated: ${excerpt(result, [[chart, '']])}`,
        next: isTooLarge(result.stderr) ? 'Reduce the output of the template.' : 'Correct the template or its parameters.',
      });
    return texts.map((_, index) => String(data[`t${index}`] ?? ''));
  };
}

/** How Go reports that there is no more memory. */
function isTooLarge(stderr: string): boolean {
  return /out of memory|cannot allocate memory|makeslice: len out of range|exceeded its limit/.test(stderr);
}

const template = `apiVersion: v1
kind: ConfigMap
metadata: {name: x}
data:
{{- range $index, $text := .Values.texts }}
  t{{ $index }}: {{ tpl $text $.Values.parameters | toJson }}
{{- end }}
`;

const functions = `{{- define "normalize" -}}
{{- regexReplaceAll "[^-a-z0-9.]" (lower (toString .)) "-" | trunc 253 | trimAll "-_." -}}
{{- end -}}
{{- define "slugify" -}}
{{- regexReplaceAll "[^a-z0-9]+" (lower (toString .)) "-" | trunc 50 | trimAll "-" -}}
{{- end -}}
`;
