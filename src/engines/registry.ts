import { createCrdRules } from './cel/crd-rules.ts';
import { celEngine } from './cel/engine.ts';
import { defineEngine, type EngineEntry } from './engine.ts';
import { gatekeeperEngine } from './gatekeeper/engine.ts';
import { kubeBenchEngine } from './kube-bench/engine.ts';
import { kubeLinterEngine } from './kube-linter/engine.ts';
import { kyvernoEngine } from './kyverno/engine.ts';
import { opaEngine } from './opa/engine.ts';
import { sarifEngine } from './sarif/engine.ts';
import { createSchemaEngine } from './schema/engine.ts';
import { signaturesEngine } from './signatures/engine.ts';
import { trivyEngine } from './trivy/engine.ts';

/** Every engine has a folder next to this file and a line here (`defineEngine(xEngine)`); test/architecture.test.ts checks that both agree. */
export const engines: readonly EngineEntry[] = [
  defineEngine(createSchemaEngine(createCrdRules)),
  defineEngine(celEngine),
  defineEngine(trivyEngine),
  defineEngine(kyvernoEngine),
  defineEngine(opaEngine),
  defineEngine(gatekeeperEngine),
  defineEngine(kubeLinterEngine),
  defineEngine(signaturesEngine),
  defineEngine(kubeBenchEngine),
  defineEngine(sarifEngine),
];
