import { type Outcome, outcomes } from '../../src/model/verdict.ts';

/** One run of the gate under a fault, on a repository whose true verdict is known. */
export interface Trial {
  readonly truth: 'clean' | 'blocking';
  readonly outcome: Outcome;
  readonly exitCode: number | null;
  /** What a reader sees: the errors, one per line. */
  readonly said: string;
  /** Errors that tell no next step and nothing expected. */
  readonly helpless: readonly string[];
  /** Anything else that must not be: a raw workflow command in the log, a child left running. */
  readonly problems?: readonly string[];
}

export interface Row {
  readonly id: string;
  readonly area: string;
  /** What goes wrong, in a few words. */
  readonly fault: string;
  /**
   * `error`: evidence is gone, so nothing but error will do, or block with the error next to it. `true`: the fault takes nothing away, so the verdict is the true one.
   * `true or error`: either is honest.
   */
  readonly expects: 'error' | 'true' | 'true or error';
  /** Why it can't be run on this machine, or undefined. */
  readonly missing?: string;
  run(): Promise<readonly Trial[]>;
}

export interface RowResult {
  readonly row: Row;
  readonly problems: readonly string[];
  readonly falsePasses: number;
  readonly durationMs: number;
}

const green: readonly Outcome[] = ['pass', 'warn'];
/** 130 and 143: a second signal ends the run at once, with the shell's code for it. */
const mapped: Readonly<Record<Outcome, readonly number[]>> = { pass: [0], warn: [0], block: [1], error: [1, 2, 130, 143] };

function isTrue({ truth, outcome }: Trial): boolean {
  return truth === 'clean' ? green.includes(outcome) : outcome === 'block';
}

/** What the gate must never say: that all is well where it is not, or where nobody looked. */
function isFalsePass(row: Row, trial: Trial): boolean {
  const saysWell = green.includes(trial.outcome) || trial.exitCode === 0;
  return saysWell && (trial.truth === 'blocking' || row.expects === 'error');
}

export async function runRow(row: Row): Promise<RowResult> {
  const started = performance.now();
  try {
    const trials = await row.run();
    const problems = trials.length === 0 ? ['it ran nothing'] : trials.flatMap((trial) => problemsOf(row, trial));
    return done(problems, trials.filter((trial) => isFalsePass(row, trial)).length);
  } catch (thrown) {
    return done([`the row itself broke: ${thrown instanceof Error ? thrown.stack : String(thrown)}`], 0);
  }
  function done(problems: readonly string[], falsePasses: number): RowResult {
    return { row, problems, falsePasses, durationMs: Math.round(performance.now() - started) };
  }
}

function problemsOf(row: Row, trial: Trial): readonly string[] {
  const { outcome, exitCode, said } = trial;
  const say = (what: string): string => `${trial.truth}: ${what}: ${outcome}, exit code ${exitCode}: ${said.slice(0, 600)}`;
  const saysBoth = outcome === 'block' && isTrue(trial) && said !== '';
  const honest = outcome === 'error' ? row.expects !== 'true' : (row.expects !== 'error' && isTrue(trial)) || saysBoth;
  return [
    ...(isFalsePass(row, trial) ? [say('FALSE PASS')] : []),
    ...(honest ? [] : [say(`expected ${row.expects}`)]),
    ...(outcomes.includes(outcome) && exitCode !== null && mapped[outcome].includes(exitCode)
      ? []
      : [say('the exit code is another')]),
    ...trial.helpless.map((error) => say(`names neither what was expected nor what to do: ${error}`)),
    ...(trial.problems ?? []).map(say),
  ];
}
