import { gatekeeperSuites } from './gatekeeper.ts';
import type { PolicyTestRunner } from './runner.ts';

export const policyTestRunners: readonly PolicyTestRunner[] = [gatekeeperSuites];
