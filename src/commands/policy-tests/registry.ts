import { gatekeeperSuites } from './gatekeeper.ts';
import { kyvernoTests } from './kyverno.ts';
import type { PolicyTestRunner } from './runner.ts';

export const policyTestRunners: readonly PolicyTestRunner[] = [gatekeeperSuites, kyvernoTests];
