/** `ci` with everything that it may need; the command line brings the runtimes in only where models are run. */
import { runModel } from '../assess/run-model.ts'
import type { Config } from '../config/config.ts'
import { prove } from '../prove/prove.ts'
import { type CiAnswer, type CiOptions, ci } from './ci.ts'

/**
 * All models of a config: checked against their targets, and run where the config asks for that. `asks` says what
 * `deploycheck run` and `compare` ask instead: `asksOfRun(false)`, `asksOfCompare()`. Paths of the config are taken from
 * the working directory.
 * @throws Problem for what cannot be asked: targets, profiles, a known-problems file
 */
export const runCi = (config: Config, options: CiOptions = {}): Promise<CiAnswer> =>
  ci(config, {
    runModel,
    prove: (path, answers) =>
      prove(path, answers, {
        asIs: (options.overrides?.asIs ?? config.asIs) === true,
        ...(options.signal && { signal: options.signal }),
      }),
    ...options,
  })
