import type { EngineRun } from '../model/engine-run.ts';
import { GateError } from '../model/gate-error.ts';
import type { LoadedConfig } from './config-file.ts';

/** An error about a setting, with its line. What an option of the run sets is in no file, so the error is unchanged. */
export function placed(error: GateError, loaded: LoadedConfig): GateError {
  const { setting, ...details } = error.details;
  if (setting === undefined || details.file !== undefined) return error;
  const written = settingAt(loaded.config, setting.path);
  if (written === undefined || (setting.text !== undefined && written !== setting.text)) return error;
  return new GateError(error.code, { ...loaded.place(setting.path), ...details, cause: error });
}

/** The same for a run that a setting made fail. */
export function placedRun(run: EngineRun, loaded: LoadedConfig): EngineRun {
  return run.status === 'failed' ? { ...run, error: placed(run.error, loaded) } : run;
}

function settingAt(config: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce(
    (value: unknown, step) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, step) ? Reflect.get(value, step) : undefined,
    config,
  );
}
