import type { Row } from './row.ts';
import { cancelRows } from './rows/cancel.ts';
import { engineRows } from './rows/engines.ts';
import { githubRows } from './rows/github.ts';
import { registryRows } from './rows/registry.ts';
import { repositoryRows } from './rows/repository.ts';
import { sbomRows } from './rows/sboms.ts';
import { signatureRows } from './rows/signatures.ts';
import { toolRows } from './rows/tools.ts';
import { trivyRows } from './rows/trivy.ts';

/** The fault table. Each row is a run of the real gate, or two: of a repository that is clean, and of one that must block. */
export const rows: readonly Row[] = [
  ...engineRows,
  ...toolRows,
  ...trivyRows,
  ...registryRows,
  ...signatureRows,
  ...sbomRows,
  ...repositoryRows,
  ...cancelRows,
  ...githubRows,
];
