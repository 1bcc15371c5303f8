import { jsonReporter } from './json/reporter.ts';
import type { Reporter } from './reporter.ts';
import { sarifReporter } from './sarif/reporter.ts';
import { terminalReporter } from './terminal/reporter.ts';

/** Every reporter: a folder beside this file and a line here; test/architecture.test.ts checks that both agree. */
export const reporters: readonly Reporter[] = [terminalReporter, jsonReporter, sarifReporter];
